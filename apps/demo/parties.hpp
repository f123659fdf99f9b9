// Who trades in the demo: order flow that buys, a venue that fills. Each writes what arrives into its own ledger before it says
// `handled`, so that the ledgers can be held against the engines' stores.
#pragma once

#include "actors/application.hpp"
#include "apps/demo/ledger.hpp"

#include <atomic>
#include <cstdint>

namespace troupe::demo {

inline const protocol::session_id buyer_id{"FIX.4.2", "BUYER", "VENUE", ""};
inline const protocol::session_id venue_id{"FIX.4.2", "VENUE", "BUYER", ""};

// ClOrdID(11) of the n-th order, and back; 0: it is none.
[[nodiscard]] std::string order_name(std::uint64_t n);
[[nodiscard]] std::uint64_t order_number(std::string_view cl_ord_id);
[[nodiscard]] protocol::outgoing_message make_order(std::uint64_t n);

// What became of the orders so far; written by the application, read by the demo's own thread.
struct flow_counts {
  std::atomic<std::uint64_t> submitted{0};      // orders are numbered from 1 in this order
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> last_accepted{0};  // number of that order
  std::atomic<std::uint64_t> reported{0};
  std::atomic<std::uint64_t> last_reported{0};

  // Every order has its outcome, and every accepted one its report.
  [[nodiscard]] bool is_settled() const { return submitted == accepted + refused && last_reported >= last_accepted; }
};

class order_flow final : public actors::application {
 public:
  // The counts live longer than the engine.
  order_flow(flow_counts& counts, const std::filesystem::path& ledger_file, const std::filesystem::path& accepted_file)
      : counts_(counts), ledger_(ledger_file), accepted_(accepted_file) {}
  actors::handling on_message(actors::session_reference& session, const protocol::message_view& message, const actors::message_info& info) override;
  void on_outcome(actors::session_reference& session, const actors::submit_outcome& outcome) override;

 private:
  flow_counts& counts_;
  ledger ledger_;
  ledger accepted_;  // what the engine said it will not lose
};

class venue final : public actors::application {
 public:
  explicit venue(const std::filesystem::path& ledger_file) : ledger_(ledger_file) {}
  actors::handling on_message(actors::session_reference& session, const protocol::message_view& message, const actors::message_info& info) override;

 private:
  ledger ledger_;
};

}  // namespace troupe::demo
