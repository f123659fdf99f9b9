// What survives every restart of a session's actors. Shared by the references and the group; not for users.
//
// Submits from outside wait here until the group fetches them: one that dies, with whatever was in its mailbox, loses none.
#pragma once

#include "actors/messages.hpp"
#include "actors/submit_ledger.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace troupe::actors {

enum class submit_result : std::uint8_t {
  taken,             // an outcome will come: application::on_outcome
  too_much_in_flight,
  no_token,          // 0 names nothing: the outcome could not be told
  stopped,           // the engine is not running, or this session is given up until the operator's logon
};
[[nodiscard]] std::string_view to_string(submit_result result);

struct session_anchor {
  session_id id;
  std::size_t max_in_flight = 10'000;
  std::size_t max_in_flight_bytes = 16 * 1024 * 1024;
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> in_flight_bytes{0};

  // Any thread. Takes a place for it; the first is always taken, whatever its size. The group is woken once for all that wait.
  [[nodiscard]] submit_result put(submit s);
  // Of the group: what came since, oldest first.
  [[nodiscard]] std::vector<submit> take();
  // One that was taken has its outcome.
  void give_place(std::size_t bytes);

  [[nodiscard]] session_group_actor group();
  // From now on submits are taken, for this group and those that replace it; it is woken if some wait already.
  void open(session_group_actor g);
  // The group is gone and another one will come: submits wait for it.
  void group_lost();
  // Nobody will come: submits are refused, and what waits stays without an outcome, unless it is opened again.
  void close();

  // Of the group that lives; never two at a time.
  submit_ledger open_submits;
  std::set<std::uint64_t> parked;  // tokens that wait for a logon, of submits from outside: bounded by MaxParkedSubmits
  std::set<std::uint64_t> dropping;  // of these: the operator has asked for it
  connection_epoch last_epoch{};
  // Of the supervisor.
  std::optional<std::size_t> counted_for{};  // which template has this identity among those it knows
  std::uint64_t restarts = 0;
  std::uint64_t connects = 0;

 private:
  [[nodiscard]] bool take_place(std::size_t bytes);

  std::mutex mutex_;
  bool is_open_ = false;
  session_group_actor group_;
  std::vector<submit> waiting_;  // each has a place
};

}  // namespace troupe::actors
