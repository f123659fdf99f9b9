// Application messages that were delivered and not handled yet: they hold back the number that may be made durable, and are
// delivered again, marked, if the application is replaced.
#pragma once

#include "protocol/session_io.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

namespace troupe::protocol {

class session_unhandled {
 public:
  // Messages share the reads they came with, but only so many reads are kept alive: beyond that a message is to be a copy.
  static constexpr std::size_t max_shared = 16;
  [[nodiscard]] bool is_to_be_copied(const std::shared_ptr<const void>& owner) const { return shared_ >= max_shared && !ends_with(owner); }

  void add(inbound_message message) {
    bytes_ += message.frame.size();
    if (!ends_with(message.owner)) ++shared_;
    waiting_.push_back(std::move(message));
  }
  // One that the application does not get, with a number behind theirs: it is handled with the last of them.
  void add_refused(inbound_message message) {
    refused_.push_back(message.number);
    add(std::move(message));
  }
  // Takes them off, and gives back what was refused and has nothing in front of it any more.
  std::vector<inbound_message> handled(seq_num up_to);
  void clear();

  // The next number the application has not handled, if the next one of the session is `expected`.
  [[nodiscard]] seq_num next_target(seq_num expected) const { return is_empty() ? expected : waiting_[first_].number; }
  [[nodiscard]] bool is_empty() const { return first_ == waiting_.size(); }
  [[nodiscard]] std::size_t count() const { return waiting_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // All that the application was given, marked as possible duplicates.
  [[nodiscard]] std::vector<inbound_message> again() const;
  // nullptr: handled, or never delivered.
  [[nodiscard]] const inbound_message* find(seq_num number) const;

 private:
  [[nodiscard]] bool ends_with(const std::shared_ptr<const void>& owner) const { return !is_empty() && waiting_.back().owner == owner; }

  void take_first();

  std::vector<inbound_message> waiting_;  // ascending, from first_ on
  std::deque<seq_num> refused_;           // of them
  std::size_t shared_ = 0;                // owners among them
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace troupe::protocol
