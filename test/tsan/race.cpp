// Is ThreadSanitizer awake, and does it see through CAF? race threads | actors | turns
//
// `threads` and `actors` have a race on purpose: one between two threads, one between two actors with a thread each
// that write to a number without a message in between. In `turns` the same actors write in turns, ordered by messages alone: a CAF
// that is not instrumented would make a race of that too.
#include "actors/caf.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>

namespace {

volatile long number = 0;  // shared, unguarded; volatile, so that no optimiser makes one write of many

void write_often() {
  for (int i = 0; i < 100'000; ++i) number = number + 1;
}

int threads() {
  std::thread other{write_often};
  write_often();
  other.join();
  return 0;
}

caf::behavior writer() {
  return {[](int rounds) {
    for (int i = 0; i < rounds; ++i) write_often();
    return rounds;
  }};
}

caf::behavior turn_taker() {
  return {[](int round) {
    number = number + 1;
    return round + 1;
  }};
}

int actors(caf::actor_system& system) {
  const auto first = system.spawn<caf::detached>(writer), second = system.spawn<caf::detached>(writer);
  caf::scoped_actor self{system};
  self->send(first, 10);
  self->send(second, 10);
  int answers = 0;
  self->receive_for(answers, 2)([](int) {});
  return 0;
}

int turns(caf::actor_system& system) {
  const auto first = system.spawn<caf::detached>(turn_taker), second = system.spawn<caf::detached>(turn_taker);
  caf::scoped_actor self{system};
  for (int round = 0; round < 1000;) {
    self->request(round % 2 == 0 ? first : second, caf::infinite, round).receive([&](int next) { round = next; }, [](const caf::error&) { std::abort(); });
  }
  return number == 1000 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 2 ? argv[1] : "";
  if (kind == "threads") return threads();
  caf::actor_system_config config;
  caf::actor_system system{config};
  if (kind == "actors") return actors(system);
  if (kind == "turns") return turns(system);
  std::cerr << "race threads | actors | turns\n";
  return 2;
}
