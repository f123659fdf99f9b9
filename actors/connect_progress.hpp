// What an attempt to connect may tell before its end: those that look names up are one of these, too. On the thread of their reactor.
#pragma once

#include <functional>
#include <string>

namespace troupe::actors {

class connect_progress {
 public:
  virtual ~connect_progress() = default;
  // The name that is being looked up just now; empty: none, or it is known.
  [[nodiscard]] virtual std::string looks_up() const = 0;
  // Called once when every name is known, and not at all if there was none to look up: what comes now is the peer's time. For the
  // moment after `connect` has returned.
  virtual void on_names_known(std::function<void()> then) = 0;
};

}  // namespace troupe::actors
