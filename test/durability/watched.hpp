// What stands around a party's store, network, messages and application: passes the fault points, and writes down what came.
#pragma once

#include "actors/application_adapter.hpp"
#include "actors/events.hpp"
#include "actors/link.hpp"
#include "apps/demo/forwarding_store.hpp"
#include "apps/demo/ledger.hpp"
#include "test/durability/fault_points.hpp"

#include <filesystem>
#include <mutex>

namespace troupe::durability {

// Besides, it can be read by another thread while its actor uses it.
class watched_store final : public demo::forwarding_store {
 public:
  watched_store(std::unique_ptr<store::message_store> inner, fault_plan& faults) : forwarding_store(std::move(inner)), faults_(faults) {}

  // All that is stored now, as records.hpp has it.
  void write_stored_to(const std::filesystem::path& file);

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override;
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override;

 private:
  [[nodiscard]] bool advances_target(std::span<const store::session_batch> batches);

  fault_plan& faults_;
  std::mutex mutex_;
  protocol::seq_num next_target_{1};
};

// Passes the points of transmission. `faults` lives longer than the engine.
[[nodiscard]] actors::network_decorator watch_streams(fault_plan& faults);

// Every frame that comes is in the file before anybody looks at it.
class watched_messages final : public actors::message_sink {
 public:
  watched_messages(const std::filesystem::path& file, fault_plan& faults) : file_(file), faults_(faults) {}
  void in(const protocol::session_id& session, std::string_view frame) noexcept override;
  void out(const protocol::session_id&, std::string_view) noexcept override {}

 private:
  demo::ledger file_;
  fault_plan& faults_;
};

// Ways to handle messages that the proof must find out.
enum class handling_fault : unsigned char {
  none,
  early,     // says `handled` first, and writes and submits behind its turn
  unmarked,  // takes every message for a first one
};

// What an application is watched by; lives longer than the engine.
struct application_watch {
  fault_plan& faults;
  demo::ledger outcomes;            // what the engine said it will not lose, by token
  handling_fault fault = handling_fault::none;
  std::atomic<bool> is_on{false};   // between on_logon and on_logout
};

[[nodiscard]] actors::application_source watch_application(actors::application_factory make, application_watch& watch);

// A store that at its second opening gives the last number once more, and stores nothing from then on.
[[nodiscard]] std::unique_ptr<store::message_store> repeating(std::unique_ptr<store::message_store> inner);

}  // namespace troupe::durability
