// A list that is built once and then handed about: copies share it. Who appends to a copy gets a list of its own.
//
// Not thread-safe as an object; copies may live on different threads as long as nobody appends.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace troupe::protocol {

template <class T>
class shared_list {
 public:
  using value_type = T;
  using const_iterator = const T*;

  shared_list() = default;
  shared_list(std::vector<T> list) {  // NOLINT: a list is a list
    if (!list.empty()) list_ = std::make_shared<std::vector<T>>(std::move(list));
  }

  shared_list(std::initializer_list<T> list) : shared_list(std::vector<T>(list)) {}

  [[nodiscard]] const_iterator begin() const { return list_ ? list_->data() : nullptr; }
  [[nodiscard]] const_iterator end() const { return begin() + size(); }
  [[nodiscard]] std::size_t size() const { return list_ ? list_->size() : 0; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const T& operator[](std::size_t at) const { return (*list_)[at]; }

  void push_back(T value) {
    if (!list_) list_ = std::make_shared<std::vector<T>>();
    if (list_.use_count() > 1) list_ = std::make_shared<std::vector<T>>(*list_);
    list_->push_back(std::move(value));
  }

 private:
  std::shared_ptr<std::vector<T>> list_;
};

}  // namespace troupe::protocol
