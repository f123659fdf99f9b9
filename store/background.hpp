// A thread for what nobody should wait for: jobs one after the other, all of them done before it ends.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::store {

class background {
 public:
  // Without a thread each job is done at once, by whoever posts it.
  explicit background(bool has_thread);
  ~background();
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  // Must not throw.
  void post(std::function<void()> job);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool is_over_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace troupe::store
