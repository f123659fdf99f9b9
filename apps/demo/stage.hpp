// What the demo acts on: the buyer's engine in this process, the venue's in another, their stores, ledgers and switches.
#pragma once

#include "actors/engine.hpp"
#include "apps/demo/audit.hpp"
#include "apps/demo/losing_network.hpp"
#include "apps/demo/parties.hpp"
#include "apps/demo/screen.hpp"
#include "apps/demo/switched_store.hpp"
#include "apps/demo/venue_process.hpp"

#include <deque>
#include <mutex>

namespace troupe::demo {

// Remembers the last messages of the buyer, as people read them.
class last_messages final : public actors::message_sink {
 public:
  void in(const protocol::session_id&, std::string_view frame) noexcept override { keep("<- ", frame); }
  void out(const protocol::session_id&, std::string_view frames) noexcept override { keep("-> ", frames); }
  [[nodiscard]] std::vector<std::string> list() const;

 private:
  void keep(std::string_view way, std::string_view bytes) noexcept;
  static constexpr std::size_t most = 40;
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
};

class stage {
 public:
  // Starts both sides. Throws std::runtime_error.
  stage(std::filesystem::path folder, bool is_lying);

  // Submits so many further orders; each gets an outcome.
  void submit(std::uint64_t orders);
  [[nodiscard]] actors::group_status buyer() const;
  [[nodiscard]] bool is_trading() const { return buyer().session.state == protocol::session_state::Active; }
  // Both stores against both ledgers, as they are in the files now.
  [[nodiscard]] verdict compare_all() const;
  [[nodiscard]] std::vector<side_view> sides();
  // Says Logout, flushes; false: something had to be cut or killed.
  bool stop();

  flow_counts counts;
  losses wire;
  store_switches store;
  last_messages messages;
  venue_process venue;

  actors::command_result tell(actors::operator_command what) { return engine_->tell(buyer_id, what); }

 private:
  [[nodiscard]] actors::engine_config config();
  [[nodiscard]] side_view ask_venue();

  std::filesystem::path folder_;
  std::unique_ptr<actors::engine> engine_;
};

}  // namespace troupe::demo
