// A store that cannot commit: when to try again, and when the peer has waited long enough.
#pragma once

#include "protocol/types.hpp"

#include <optional>
#include <variant>

namespace troupe::protocol {

class session_stall {
 public:
  struct pace {
    steady_time first{};  // to the first retry; doubled from try to try
    steady_time most{};
    steady_time limit{};  // after so long the connection is given up; the retries go on
  };
  explicit session_stall(pace how) : pace_(how) {}

  [[nodiscard]] bool is_stalled() const { return !std::holds_alternative<flowing>(state_); }
  // Nothing goes to the store before it is time for the next retry.
  [[nodiscard]] bool is_waiting() const { return std::holds_alternative<waiting>(state_); }
  // The store has refused everything from this id on; a repetition of what is known changes nothing.
  void refuse(commit_id from, steady_time now);
  void recover() { state_ = flowing{}; }

  // The id to hand out from now, if it is time; then silent until `refuse` or `recover`.
  [[nodiscard]] std::optional<commit_id> retry(steady_time now);
  // Told once per stall.
  [[nodiscard]] bool gives_up(steady_time now);
  [[nodiscard]] std::optional<steady_time> next_deadline() const;

 private:
  struct flowing {};
  struct stall {
    commit_id from{};
    steady_time interval{};
    std::optional<steady_time> give_up_at;  // nullopt: told
  };
  struct waiting : stall {
    steady_time retry_at{};
  };
  struct retrying : stall {};

  [[nodiscard]] stall* current();
  [[nodiscard]] const stall* current() const;

  pace pace_;
  std::variant<flowing, waiting, retrying> state_;
};

}  // namespace troupe::protocol
