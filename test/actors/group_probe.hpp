// A session group that says yes or no as a test likes, and keeps what it is given.
#pragma once

#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/pinned.hpp"

#include <string>
#include <vector>

namespace troupe::actors::test {

struct seen_by_group {
  bound answer{true, 7, {}};
  std::vector<bind> binds;
  std::vector<adopt> adopted;
  std::vector<std::uint64_t> unbound;
  std::vector<std::string> failed_connects;
  bool is_silent = false;  // never answers a bind
  std::vector<caf::typed_response_promise<bound>> promises;
};

session_group_actor spawn_group_probe(reactor& home, seen_by_group& seen);

// Events as "code session text".
class noted_events final : public event_sink {
 public:
  void record(severity, std::string_view code, std::string_view session, std::string_view text) noexcept override {
    list.push_back(std::string{code} + ' ' + std::string{session} + ' ' + std::string{text});
  }
  std::vector<std::string> list;
};

}  // namespace troupe::actors::test
