// The numbers and identities that a FIX session must never mix up, each a type of its own.
//
// All of them are plain values: copyable, comparable, without I/O. Times are arguments everywhere in this
// room; nothing here reads a clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace troupe::protocol {

// A number that cannot be assigned from, or compared with, a number of another meaning.
template <class Tag>
struct strong_number {
  std::uint64_t value = 0;

  constexpr strong_number() = default;
  constexpr explicit strong_number(std::uint64_t v) : value(v) {}

  constexpr auto operator<=>(const strong_number&) const = default;
  constexpr strong_number& operator++() {
    ++value;
    return *this;
  }
  [[nodiscard]] constexpr strong_number next() const { return strong_number{value + 1}; }
  [[nodiscard]] constexpr strong_number previous() const { return strong_number{value - 1}; }
};

// MsgSeqNum(34). Numbers of messages start at 1; 0 stands for "none", and for infinity in EndSeqNo(16).
using seq_num = strong_number<struct seq_num_tag>;
// Which TCP connection of a session: grows with every link. Transmits of an older one are dropped.
using connection_epoch = strong_number<struct connection_epoch_tag>;
// Which life of the session actor: opened by the store's `load`. Commits of an older one are refused.
using session_incarnation = strong_number<struct session_incarnation_tag>;
// Which numbering since the session was created: every sequence reset to 1 starts a new one.
using numbering_generation = strong_number<struct numbering_generation_tag>;
// Commits of one incarnation are numbered 1, 2, 3 …; the store takes them in this order and no other.
using commit_id = strong_number<struct commit_id_tag>;
// Chosen by the application, unique in its session; kept in the record of the message. 0: no token.
using submit_token = strong_number<struct submit_token_tag>;

// Nanoseconds of a monotonic clock. Only differences mean anything. All intervals use it.
struct steady_tag;
using steady_time = std::chrono::nanoseconds;
// UTC, for SendingTime(52), OrigSendingTime(122) and session schedules; never for intervals.
using utc_time = std::chrono::sys_time<std::chrono::nanoseconds>;

// The same moment on both clocks; handed in by whoever drives a state machine.
struct instant {
  steady_time steady{};
  utc_time utc{};
};

// Who talks to whom, as *we* send it: sender is us. The qualifier tells two sessions of the same pair apart.
struct session_id {
  std::string begin_string;    // BeginString(8)
  std::string sender_comp_id;  // SenderCompID(49) of our messages
  std::string target_comp_id;  // TargetCompID(56) of our messages
  std::string qualifier;       // SessionQualifier setting; not on the wire

  auto operator<=>(const session_id&) const = default;
};

// "FIX.4.2:SENDER->TARGET", with ":QUALIFIER" behind it if there is one. The name in files, logs and tables.
[[nodiscard]] std::string to_string(const session_id& id);

}  // namespace troupe::protocol

template <>
struct std::hash<troupe::protocol::session_id> {
  std::size_t operator()(const troupe::protocol::session_id& id) const noexcept;
};
