// Keeps events for a test to look at. On one thread.
#pragma once

#include "actors/events.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace troupe::actors::testing {

struct noted_event {
  std::string code;
  std::string session;
  std::string text;
};

class noted_events final : public event_sink {
 public:
  void record(severity, std::string_view code, std::string_view session, std::string_view text) noexcept override {
    list.push_back({std::string{code}, std::string{session}, std::string{text}});
  }
  [[nodiscard]] std::size_t count(std::string_view code) const {
    return static_cast<std::size_t>(std::count_if(list.begin(), list.end(), [&](const auto& e) { return e.code == code; }));
  }
  std::vector<noted_event> list;
};

}  // namespace troupe::actors::testing
