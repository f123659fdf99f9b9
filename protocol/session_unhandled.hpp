// Application messages that were delivered and not handled yet: they hold back the number that may be made durable, and are
// delivered again, marked, if the application is replaced.
#pragma once

#include "protocol/session_io.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace troupe::protocol {

class session_unhandled {
 public:
  // Messages share the reads they came with, but only so many reads are kept alive: beyond that a message is to be a copy.
  static constexpr std::size_t max_shared = 16;
  [[nodiscard]] bool is_to_be_copied(const std::shared_ptr<const void>& owner) const { return !ends_with(owner) && reads_.size() - first_read_ >= max_shared; }

  void add(const inbound_message& message) {
    bytes_ += message.frame.size();
    if (!ends_with(message.owner)) begin_read(message.owner);
    ++reads_.back().messages;
    waiting_.push_back({message.number, message.frame, message.is_possible_duplicate, message.invalid});
    ++count_;
  }
  // One that the application does not get, with a number behind theirs: it is handled with the last of them.
  void add_refused(const inbound_message& message) {
    refused_.push_back(message.number);
    add(message);
  }
  // Takes them off, and gives back what was refused and has nothing in front of it any more.
  std::vector<inbound_message> handled(seq_num up_to);
  void clear();

  // The next number the application has not handled, if the next one of the session is `expected`.
  [[nodiscard]] seq_num next_target(seq_num expected) const { return is_empty() ? expected : waiting_[first_].number; }
  [[nodiscard]] bool is_empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // All that the application was given, marked as possible duplicates.
  [[nodiscard]] std::vector<inbound_message> again() const;
  // nullopt: handled, or never delivered.
  [[nodiscard]] std::optional<std::string_view> find(seq_num number) const;

 private:
  struct kept {
    seq_num number{};
    std::string_view frame;
    bool is_possible_duplicate = false;
    std::shared_ptr<const objection> invalid;
  };
  // What keeps the bytes of some messages in a row.
  struct read {
    std::shared_ptr<const void> owner;
    std::size_t messages = 0;
  };

  [[nodiscard]] bool ends_with(const std::shared_ptr<const void>& owner) const { return !is_empty() && reads_.back().owner == owner; }
  [[nodiscard]] static inbound_message told(const kept& m, const read& from) {
    return {m.number, m.frame, m.is_possible_duplicate, from.owner, 0, m.invalid};
  }

  void begin_read(const std::shared_ptr<const void>& owner);
  void take_first();

  std::vector<kept> waiting_;     // ascending, from first_ on
  std::size_t first_ = 0;
  std::size_t count_ = 0;         // from there on
  std::vector<read> reads_;       // theirs, in order, from first_read_ on; none is without messages
  std::size_t first_read_ = 0;
  std::deque<seq_num> refused_;   // of them
  std::size_t bytes_ = 0;
};

}  // namespace troupe::protocol
