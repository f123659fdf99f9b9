#include "actors/link_seat.hpp"

namespace troupe::actors {

bool link_seat::is_free(protocol::steady_time now) const {
  return state_ == state::free || (state_ == state::promised && now >= until_);
}

std::uint64_t link_seat::promise(protocol::steady_time now) {
  if (!is_free(now)) return 0;
  state_ = state::promised;
  until_ = now + promise_lasts;
  return ++last_ticket_;
}

bool link_seat::take(std::uint64_t ticket, protocol::connection_epoch epoch, protocol::steady_time now) {
  if (state_ != state::promised || ticket != last_ticket_ || now >= until_) return false;
  take(epoch);
  return true;
}

void link_seat::take(protocol::connection_epoch epoch) {
  state_ = state::taken;
  epoch_ = epoch;
}

void link_seat::give_back(std::uint64_t ticket) {
  if (state_ == state::promised && ticket == last_ticket_) state_ = state::free;
}

bool link_seat::leave(protocol::connection_epoch epoch) {
  if (state_ != state::taken || epoch != epoch_) return false;
  state_ = state::free;
  return true;
}

std::string_view link_seat::why_not() const {
  return state_ == state::taken ? "already connected" : "another connection is being handed over";
}

}  // namespace troupe::actors
