// The switches of a faulty_store: what is to go wrong, from which commit on, and for how long.
//
// Shared by whoever turns the switches (a test, an operator's drill) and the store, which asks before it does anything. Any
// thread may turn them at any time. They outlive the store: one that is opened again is under the same switches.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace troupe::actors::testing {

enum class store_fault : std::uint8_t {
  none,
  failed,              // commit_status::failed: nothing is stored
  unknown_not_stored,  // commit_status::unknown, and nothing is stored
  unknown_stored,      // commit_status::unknown, and all is stored
  dies_before,         // throws store_error, nothing is stored: the store actor ends
  dies_after,          // all is stored, then throws store_error: nobody learns that it was
};

class store_faults {
 public:
  // `name` is what the store calls itself; empty: as the one it wraps.
  explicit store_faults(std::string name = {}) : name_(std::move(name)) {}

  // Every commit, until `heal`.
  void always(store_fault what);
  // So many commits, after `after` good ones; several calls queue up.
  void next(store_fault what, std::uint64_t count = 1, std::uint64_t after = 0);
  // `load` throws store_error (the file is there, and cannot be read) …
  void fail_loads(bool on = true);
  // … or the store cannot even be opened; empty: it can again.
  void refuse_to_open(std::string reason);
  // Pages of a replay cannot be read: throws store_error.
  void fail_fetches(bool on = true);
  // Everything works again.
  void heal();

  // As after kill -9: stores that were opened before now throw store_error whatever they are asked; they commit nothing any more.
  void end_life();

  [[nodiscard]] std::uint64_t commits() const;   // that were asked for
  [[nodiscard]] std::uint64_t failures() const;  // of those, with a fault
  [[nodiscard]] std::uint64_t opened() const;

  // -- for the store
  [[nodiscard]] const std::string& name() const { return name_; }
  std::uint64_t open();  // throws store_error if it is to be refused; the life of the opened one
  [[nodiscard]] bool is_alive(std::uint64_t life) const;
  [[nodiscard]] store_fault take();
  [[nodiscard]] bool loads_fail() const;
  [[nodiscard]] bool fetches_fail() const;

 private:
  struct run {
    store_fault what = store_fault::none;
    std::uint64_t count = 0;
    std::uint64_t after = 0;
  };
  store_fault next_fault();

  const std::string name_;
  mutable std::mutex mutex_;
  store_fault always_ = store_fault::none;
  std::deque<run> runs_;
  bool loads_fail_ = false;
  bool fetches_fail_ = false;
  std::string refusal_;
  std::uint64_t life_ = 1;
  std::uint64_t commits_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t opened_ = 0;
};

}  // namespace troupe::actors::testing
