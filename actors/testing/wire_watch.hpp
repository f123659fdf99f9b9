// Looks at every frame that arrives, and whether the sender's store had it before: no transmit overtakes its commit.
//
// For tests in virtual time, on one thread. Frames that are no first sendings (PossDupFlag(43)=Y, SequenceReset(4)) are made anew for
// each replay and looked at for nothing.
#pragma once

#include "actors/events.hpp"
#include "actors/testing/store_history.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::actors::testing {

class wire_watch final : public message_sink {
 public:
  // The history of the session that is the peer's; nullptr: the peer is none of ours.
  using find_history = std::function<const store_history*(const protocol::session_id& sender)>;
  explicit wire_watch(find_history find) : find_(std::move(find)) {}

  void in(const protocol::session_id& receiver, std::string_view frame) noexcept override;
  void out(const protocol::session_id&, std::string_view) noexcept override {}

  [[nodiscard]] const std::vector<std::string>& findings() const { return findings_; }
  [[nodiscard]] std::uint64_t looked_at() const { return looked_at_; }

 private:
  find_history find_;
  std::vector<std::string> findings_;
  std::uint64_t looked_at_ = 0;
};

}  // namespace troupe::actors::testing
