// The session layer of FIX as a state machine: no thread, socket, file, clock or actor.
//
//   session s{config, snapshot};
//   s.on(event::link_up{epoch}, now);  s.take(actions);  … carry them out …
//
// A caller hands in every event of one read (or one timer, one message) and then takes the actions once: records of
// these events are one commit, bytes for the wire one write. Time is an argument and never goes back.
//
// Numbers: the machine keeps `expected` (what the next message must carry) and `handled` (what is durable) apart; only
// the second is ever committed as next_target. It pipelines commits and keeps those that are not yet confirmed: a
// failed one is handed out again unchanged.
#pragma once

#include "protocol/session_config.hpp"
#include "protocol/session_io.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace troupe::protocol {

class session {
 public:
  session(session_config config, session_snapshot snapshot, instant now);
  ~session();
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;

  // -- facts in
  void on(const event::connecting& e, instant now);
  void on(const event::link_up& e, instant now);
  void on(const event::link_down& e, instant now);
  void on(const event::frame& e, instant now);
  void on(const event::garbled& e, instant now);
  void on(const event::deadline& e, instant now);
  void on(event::submit&& e, instant now);
  void on(event::handled&& e, instant now);
  void on(const event::application_restarted& e, instant now);
  void on(const event::orders_cancelled& e, instant now);
  void on(const event::unsupported& e, instant now);
  void on(const event::logout_requested& e, instant now);
  void on(const event::period_began& e, instant now);
  void on(const event::reset_requested& e, instant now);
  void on(const event::drop_parked& e, instant now);
  void on(event::replay_page&& e, instant now);
  void on(const event::committed& e, instant now);
  void on(const event::commit_failed& e, instant now);
  void on(const event::wrote& e, instant now);
  void on(const event::authenticated& e, instant now);
  void on(const event::logon_prepared& e, instant now);
  void on(const event::resend_decided& e, instant now);

  // -- requests out
  // Moves the requests of all events since the last call to the end of `into`, in the order they are to be carried out.
  void take(std::vector<any_action>& into);
  // The lists of a delivery, once it was told, may be given back: the next one needs no new ones. What is in them is let go.
  void reuse(action::deliver&& told);
  // When event::deadline is due, on the steady clock; nullopt: nothing to wait for.
  [[nodiscard]] std::optional<steady_time> next_deadline() const;

  // -- for status pages and tests
  [[nodiscard]] session_state state() const;
  [[nodiscard]] seq_num next_sender() const;     // the next MsgSeqNum we assign
  [[nodiscard]] seq_num expected_target() const; // the next MsgSeqNum we want from the peer
  [[nodiscard]] seq_num handled_target() const;  // the next MsgSeqNum the application has not handled
  [[nodiscard]] numbering_generation generation() const;
  [[nodiscard]] connection_epoch epoch() const;
  [[nodiscard]] std::size_t parked() const;  // submits that wait for a logon
  [[nodiscard]] std::size_t parked_bytes() const;
  [[nodiscard]] std::optional<utc_time> oldest_parked() const;
  // Copies of those behind a place, so many and (but for the first) so many bytes at most; 0: from the beginning.
  [[nodiscard]] std::vector<parked_submit> parked_page(std::uint64_t after, std::size_t most, std::size_t most_bytes) const;
  [[nodiscard]] const session_config& config() const;
  // Of messages that wait: for a gap to close, a hook, the store, or the application to handle them.
  [[nodiscard]] std::size_t kept_bytes() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace troupe::protocol
