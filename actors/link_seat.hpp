// The one place of a session where a link may sit: free, promised to a link that is on its way, or taken.
//
// Pure. Whether a second connection is a duplicate is decided here and nowhere else. A promise expires, so that a link
// that dies between `bind` and `adopt` does not lock its session out.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace troupe::actors {

class link_seat {
 public:
  static constexpr protocol::steady_time promise_lasts = std::chrono::seconds{5};

  // A ticket for the seat; 0: it is not to be had.
  [[nodiscard]] std::uint64_t promise(protocol::steady_time now);
  // The link is here. False: that ticket is void, the link is to be closed.
  [[nodiscard]] bool take(std::uint64_t ticket, protocol::connection_epoch epoch, protocol::steady_time now);
  // A link of our own making (an initiator's) sits down; the seat must be free.
  void take(protocol::connection_epoch epoch);
  void give_back(std::uint64_t ticket);
  // That link is over; a later one is not disturbed. True if it sat here.
  bool leave(protocol::connection_epoch epoch);

  [[nodiscard]] bool is_free(protocol::steady_time now) const;
  [[nodiscard]] bool is_taken() const { return state_ == state::taken; }
  [[nodiscard]] std::string_view why_not() const;  // for the log

 private:
  enum class state : std::uint8_t { free, promised, taken };
  state state_ = state::free;
  std::uint64_t last_ticket_ = 0;       // promised: its ticket
  protocol::steady_time until_{};       // promised
  protocol::connection_epoch epoch_{};  // taken
};

}  // namespace troupe::actors
