// A callback that is set once and called each time it is waited for; may be forgotten or replaced while it runs.
#pragma once

#include <functional>
#include <utility>

namespace troupe::actors {

class io_wait {
 public:
  using callback = std::function<void()>;

  void set(callback then) {
    then_ = std::move(then);
    is_void_ = false;
  }
  void want() { is_wanted_ = true; }
  void forget() {
    then_ = nullptr;
    is_wanted_ = false;
    is_void_ = true;
  }
  [[nodiscard]] bool is_wanted() const { return is_wanted_; }

  void fire() {
    if (!std::exchange(is_wanted_, false) || !then_) return;
    auto then = std::exchange(then_, nullptr);
    then();
    if (!then_ && !is_void_) then_ = std::move(then);
  }

 private:
  callback then_;
  bool is_wanted_ = false;
  bool is_void_ = false;
};

}  // namespace troupe::actors
