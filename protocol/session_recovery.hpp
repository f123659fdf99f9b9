// Inbound recovery: messages that came too early, and asking for those that are missing.
//
// Of one gap one ResendRequest(2) is outstanding: from the first missing number to infinity, so that its answer reaches at
// least everything seen so far; or to the end of the hole, or in chunks, by setting. What came early is held, bounded by count and bytes, and handed out in its turn. A held
// message that finds no room is dropped: the fill will show the hole, and it is asked for again.
#pragma once

#include "protocol/session_config.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace troupe::protocol {

// A copy: a view would keep the whole read alive that the message came with, a hundred times its size.
using held_message = std::shared_ptr<const std::string>;  // empty: dealt with when it came, only its number is kept

class session_recovery {
 public:
  explicit session_recovery(const session_config& config);

  // A message ahead of `expected`. False if it was dropped for want of room.
  bool hold(seq_num number, std::string_view frame);
  // The message with this number, if it is held; forgets those below it.
  [[nodiscard]] std::optional<held_message> take(seq_num expected);

  // What is due. `ask`: send a ResendRequest from `expected` on. `give_up`: asked often enough, told once.
  enum class need : std::uint8_t { nothing, ask, give_up };
  // Looks at the gap after `expected` has moved, time has passed or a message was held. `may_ask`: false while the peer's
  // own ResendRequest is being served, which comes first (scenario 20).
  [[nodiscard]] need poll(seq_num expected, steady_time now, bool may_ask);

  // After `ask`: up to where; 0: to infinity.
  [[nodiscard]] seq_num ask_end() const;
  // The peer has been told by our Logon(A) from where on to send: as if it had been asked.
  void asked_by_logon(seq_num expected, steady_time now);

  [[nodiscard]] bool is_open() const { return !std::holds_alternative<closed>(gap_); }
  [[nodiscard]] std::optional<steady_time> next_deadline() const;
  [[nodiscard]] std::size_t held_count() const { return held_.size(); }
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }

  // While we do not read, a gap cannot close.
  void postpone(steady_time now);
  // The connection or the numbering has ended: what is held may not fit what comes next, and is asked for again.
  void clear();

 private:
  struct closed {};
  struct unasked {};
  struct asked {
    seq_num from{};      // `expected` when we asked last, or what the fill has come to since
    seq_num through{};   // last number asked for; if to infinity, the highest seen when we asked
    unsigned times = 1;  // without progress
    steady_time deadline{};
  };
  struct escalated {
    seq_num from{};
  };

  [[nodiscard]] need poll_asked(asked& gap, seq_num expected, steady_time now);
  [[nodiscard]] seq_num last_of_request(seq_num expected) const;
  need ask(seq_num expected, unsigned times, steady_time now);

  const session_config* config_;
  std::variant<closed, unasked, asked, escalated> gap_;
  std::map<seq_num, held_message> held_;
  std::size_t held_bytes_ = 0;
  seq_num highest_seen_{};
  bool is_again_ = false;  // a message came ahead of a gap that had been asked for
};

}  // namespace troupe::protocol
