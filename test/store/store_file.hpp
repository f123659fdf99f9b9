// What tests of stores that are files have in common: their bytes, messages that tell their number, and a process that commits until it is killed.
#pragma once

#include "store/message_store.hpp"
#include "test/store/batches.hpp"

#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::test {

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

inline std::string message(std::uint64_t n) { return "8=FIX.4.2|34=" + std::to_string(n) + "|" + std::string(150, 'm') + "|"; }

// Runs `work` in a child process, which reports through the pipe it is given.
template <class Work>
pid_t fork_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (...) {
      ::_exit(3);
    }
    ::_exit(0);
  }
  return child;
}

// How many of [1, count] come back as they were; none may come back as another.
inline std::uint64_t count_whole(message_store& store, std::uint64_t count) {
  std::uint64_t whole = 0;
  for (std::uint64_t from = 1; from <= count;) {
    const auto page = store.fetch(alpha, seq_num{from}, seq_num{count}, 500, 1 << 20);
    for (const auto& r : page.records) {
      if (r.is_damaged) continue;
      BOOST_TEST_REQUIRE(r.frame == message(r.number.value));
      ++whole;
    }
    if (page.is_last) break;
    from = page.end.value + 1;
  }
  return whole;
}

// What else happens before each commit.
using meanwhile = std::function<void()>;

// A child commits and says how far it came; what it said must be there, whenever it was killed. `open` makes the store, each time anew, and each
// time it lives for longer.
template <class Open>
void kill_while_it_commits(Open open, std::uint64_t more_each_time, const std::function<meanwhile(message_store&)>& around = [](message_store&) { return [] {}; }) {
  std::uint64_t said_before = 0;
  for (std::uint64_t round = 0; round < 25; ++round) {
    int said[2];
    BOOST_TEST_REQUIRE(::pipe(said) == 0);
    const pid_t child = fork_child([&] {
      const auto store = open();
      hand h{*store, alpha};
      const auto other = around(*store);
      for (;;) {
        other();
        auto b = h.next(record_kind::application, message(h.state().next_sender.value));
        b.next_target = b.next_sender;
        if (h.commit(b).status != commit_status::done) ::_exit(5);
        const std::uint64_t n = h.state().next_sender.value;
        if (::write(said[1], &n, sizeof n) != sizeof n) ::_exit(6);
      }
    });
    ::close(said[1]);
    std::uint64_t acknowledged = 0, n = 0;
    const std::uint64_t stop_at = said_before + 20 + round * more_each_time;
    while (acknowledged < stop_at && ::read(said[0], &n, sizeof n) == sizeof n) acknowledged = n;
    ::kill(child, SIGKILL);
    while (::read(said[0], &n, sizeof n) == sizeof n) acknowledged = n;  // what it said before it died
    ::close(said[0]);
    ::waitpid(child, nullptr, 0);
    BOOST_TEST_REQUIRE(acknowledged >= stop_at);
    const auto store = open();
    BOOST_TEST_REQUIRE(store->findings().size() == 0u);
    const auto all = store->sessions();
    const auto state = std::find_if(all.begin(), all.end(), [](const auto& s) { return s.id == alpha; })->snapshot;
    BOOST_TEST_REQUIRE(state.next_sender.value >= acknowledged);
    BOOST_TEST_REQUIRE(state.next_sender.value == state.next_target.value);
    BOOST_TEST_REQUIRE(count_whole(*store, state.next_sender.value - 1) == state.next_sender.value - 1);
    said_before = state.next_sender.value;
  }
}

}  // namespace troupe::test
