// What applications saw and were told: written before a message counts as handled, and kept when they die.
//
// One log may serve many sessions and several lives of an engine. Any thread; `all` copies.
#pragma once

#include "actors/application.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::actors::testing {

struct log_entry {
  enum class kind : std::uint8_t { logon, message, outcome, logout, cancel };
  session_id session;
  kind what{};
  // -- message
  seq_num number{};
  std::string msg_type{};
  std::string id{};  // ExecID(17) if it has one, else ClOrdID(11)
  bool is_marked = false;
  // -- outcome
  submit_outcome outcome{};
  // -- logout, cancel
  std::string text{};
};

class application_log {
 public:
  void add(log_entry e);
  [[nodiscard]] std::vector<log_entry> all(const session_id& of) const;
  // The messages of one session, "A1 A2? A3": those that came marked have a question mark behind them.
  [[nodiscard]] std::string messages(const session_id& of) const;
  [[nodiscard]] std::size_t count(const session_id& of, log_entry::kind what) const;

 private:
  mutable std::mutex mutex_;
  std::vector<log_entry> entries_;
};

}  // namespace troupe::actors::testing
