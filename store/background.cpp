#include "store/background.hpp"

#include <utility>

namespace troupe::store {

background::background(bool has_thread) {
  if (has_thread) thread_ = std::thread{[this] { run(); }};
}

background::~background() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void background::post(std::function<void()> job) {
  if (!thread_.joinable()) return job();
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void background::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return is_over_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::exchange(jobs_.front(), {});
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

}  // namespace troupe::store
