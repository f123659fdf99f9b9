#include "actors/testing/store_faults.hpp"

#include "store/message_store.hpp"

namespace troupe::actors::testing {

void store_faults::always(store_fault what) {
  const std::lock_guard lock{mutex_};
  always_ = what;
}

void store_faults::next(store_fault what, std::uint64_t count, std::uint64_t after) {
  const std::lock_guard lock{mutex_};
  runs_.push_back({what, count, after});
}

void store_faults::fail_loads(bool on) {
  const std::lock_guard lock{mutex_};
  loads_fail_ = on;
}

void store_faults::refuse_to_open(std::string reason) {
  const std::lock_guard lock{mutex_};
  refusal_ = std::move(reason);
}

void store_faults::fail_fetches(bool on) {
  const std::lock_guard lock{mutex_};
  fetches_fail_ = on;
}

void store_faults::heal() {
  const std::lock_guard lock{mutex_};
  always_ = store_fault::none;
  runs_.clear();
  loads_fail_ = fetches_fail_ = false;
  refusal_.clear();
}

void store_faults::end_life() {
  const std::lock_guard lock{mutex_};
  ++life_;
}

std::uint64_t store_faults::commits() const {
  const std::lock_guard lock{mutex_};
  return commits_;
}

std::uint64_t store_faults::failures() const {
  const std::lock_guard lock{mutex_};
  return failures_;
}

std::uint64_t store_faults::opened() const {
  const std::lock_guard lock{mutex_};
  return opened_;
}

std::uint64_t store_faults::open() {
  const std::lock_guard lock{mutex_};
  if (!refusal_.empty()) throw store::store_error{refusal_};
  ++opened_;
  return life_;
}

bool store_faults::is_alive(std::uint64_t life) const {
  const std::lock_guard lock{mutex_};
  return life == life_;
}

store_fault store_faults::take() {
  const std::lock_guard lock{mutex_};
  ++commits_;
  const auto what = next_fault();
  if (what != store_fault::none) ++failures_;
  return what;
}

store_fault store_faults::next_fault() {
  if (always_ != store_fault::none || runs_.empty()) return always_;
  auto& first = runs_.front();
  if (first.after > 0) {
    --first.after;
    return store_fault::none;
  }
  const auto what = first.what;
  if (--first.count == 0) runs_.pop_front();
  return what;
}

bool store_faults::loads_fail() const {
  const std::lock_guard lock{mutex_};
  return loads_fail_;
}

bool store_faults::fetches_fail() const {
  const std::lock_guard lock{mutex_};
  return fetches_fail_;
}

}  // namespace troupe::actors::testing
