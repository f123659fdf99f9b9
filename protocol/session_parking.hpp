// Submits that wait for a logon, and the moment when they may get their numbers (scenario 16).
//
// After a logon the peer may have a gap of its own to ask about, which is not known before it does. So a TestRequest(1) goes first: its
// answer, in its turn, shows that the peer has everything in front of it, or has asked for it by then. A peer that does not answer
// within the patience gets it all the same; while we do not read, the patience does not run.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::protocol {

class session_parking {
 public:
  static constexpr std::string_view test_req_id = "PARKED";

  struct limits {
    std::size_t messages = 0;
    std::size_t bytes = 0;
    std::chrono::seconds age{};  // 0: they wait for ever
    steady_time patience{};      // for the answer to our TestRequest
  };
  // `stored`: what the store has of an earlier life, ascending by place.
  session_parking(limits how, std::vector<parked_submit> stored);

  [[nodiscard]] bool is_empty() const { return waiting_.empty(); }
  [[nodiscard]] std::size_t count() const { return waiting_.size(); }
  [[nodiscard]] bool has_room_for(const outgoing_message& message) const;
  // Takes it at the end. What is returned is to be made durable.
  const parked_submit& add(submit_token token, outgoing_message message, utc_time now);

  enum class need : std::uint8_t { nothing, test_request, send };
  // Of a session that is up. `is_reading`: its peer could have been heard.
  [[nodiscard]] need poll(steady_time now, bool is_reading);
  // A Heartbeat(0) came in its turn.
  void heard(std::string_view answered);
  // Reading goes on.
  void resume(steady_time now);
  void link_ended() { asking_ = unasked{}; }
  [[nodiscard]] std::optional<steady_time> next_deadline() const;

  // The first one, if it has waited for too long; again until there is none.
  [[nodiscard]] std::optional<parked_submit> take_expired(utc_time now);
  [[nodiscard]] std::optional<utc_time> next_expiry() const;
  // All of them, to be given numbers or refused.
  [[nodiscard]] std::vector<parked_submit> take();
  // Those with this token, or all of them, that the operator does not want to be sent.
  [[nodiscard]] std::vector<parked_submit> drop(std::optional<submit_token> token);

  // For the operator: copies of those behind a place, so many and (but for the first) so many bytes at most.
  [[nodiscard]] std::vector<parked_submit> page(std::uint64_t after, std::size_t most, std::size_t most_bytes) const;
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::optional<utc_time> oldest() const { return is_empty() ? std::nullopt : std::optional{waiting_.front().since}; }

 private:
  struct unasked {};
  struct asked {
    steady_time deadline{};
  };
  struct answered {};

  limits limits_;
  std::deque<parked_submit> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t last_place_ = 0;  // goes on while commits are under way that name earlier ones
  std::variant<unasked, asked, answered> asking_;
};

}  // namespace troupe::protocol
