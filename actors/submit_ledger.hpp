// What was given to a session from outside its message handling and has no outcome yet, in the order it was given.
//
// Belongs to the group. A session actor that dies takes its mailbox along; what it had not answered is then looked up
// in the store by its token: committed, or to be given to the next incarnation.
#pragma once

#include "actors/messages.hpp"

#include <map>
#include <optional>
#include <unordered_map>

namespace troupe::actors {

class submit_ledger {
 public:
  // What is kept of it, until it is answered; nullptr, and `s` untouched: a submit with this token is without outcome already.
  [[nodiscard]] const submit* add(submit&& s);
  // The size of what has its outcome now; nullopt: not ours.
  std::optional<std::size_t> answered(submit_token token);
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Everything that is without outcome, oldest first.
  [[nodiscard]] std::vector<submit> open() const;

 private:
  std::map<std::uint64_t, submit> open_;                    // by the order of their coming
  std::unordered_map<std::uint64_t, std::uint64_t> order_;  // token -> place in that order
  std::uint64_t last_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace troupe::actors
