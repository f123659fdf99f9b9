// Names of hosts become addresses on threads of their own: getaddrinfo blocks for as long as a dead name server likes, and nothing ends it early.
//
// A name is looked up once at a time, however many ask for it. What comes when nobody waits any more is kept for the next who asks soon, so that
// a name that takes longer than anybody's limit is found all the same. Such a name is slow from then on: slow names take some of the threads only,
// so that dead ones never keep the others waiting. Nobody waits for a thread, not even the end of the process.
//
// Memory: an entry for each name that was ever asked for, and those are the settings'.
#pragma once

#include "protocol/types.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

struct looked_up {
  std::vector<std::string> addresses{};  // as numbers: 192.0.2.7, 2001:db8::7, fe80::1%eth0; in the order of the system
  std::string error{};                   // why there are none
};

// Blocks.
[[nodiscard]] looked_up addresses_of(const std::string& name);

struct name_lookup_limits {
  unsigned threads = 8;   // they end when there is nothing to look up
  unsigned for_slow = 4;  // of them
};

class name_lookup {
 public:
  using resolver = std::function<looked_up(const std::string& name)>;
  using answer = std::function<void(const looked_up&)>;

  explicit name_lookup(resolver resolve = addresses_of, name_lookup_limits limits = {});

  // Destroyed before the answer, it takes the question back: the answer is not called any more, on no thread.
  class question {
   public:
    virtual ~question() = default;
  };
  // The answer comes once, under a lock: it may post and nothing else. It may come from inside this call. Any thread.
  [[nodiscard]] std::unique_ptr<question> ask(const std::string& name, protocol::steady_time now, answer then);

 private:
  struct state;
  std::shared_ptr<state> state_;  // also the threads'
};

// The one that all networks share.
[[nodiscard]] name_lookup& names_of_process();

}  // namespace troupe::actors
