// Outbound replay: what the peer asked for with ResendRequest(2), page by page from the store.
//
// A range is frozen when it is asked for. Messages that we assign a number meanwhile are a backlog: when all ranges are
// served they follow from the store in the order of their numbers, as first sendings. Requests that come during a replay wait in
// a short queue; the same request again while it is served changes nothing; the same request over and over is a loop.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace troupe::protocol {

// Where the frames of a page go. Numbers are told in ascending order.
struct replay_sink {
  virtual ~replay_sink() = default;
  virtual void resend(const stored_record& message) = 0;          // PossDupFlag(43)=Y
  virtual void send_first(const stored_record& message) = 0;      // never on the wire before
  virtual void fill(seq_num begin, seq_num next) = 0;             // SequenceReset-GapFill
};

struct replay_range {
  seq_num begin{};
  seq_num end{};
  bool operator==(const replay_range&) const = default;
};

class session_replay {
 public:
  struct limits {
    std::size_t waiting = 8;     // requests
    unsigned repetitions = 10;   // of the same request in a row
    bool fills_damaged = false;  // gap-fill what the store has lost, or stop there
    bool resends_messages = true;  // false: all is gap-filled
    bool resends_rejects = false;  // Reject(3) too
  };
  explicit session_replay(limits how) : limits_(how) {}

  enum class answer : std::uint8_t { serving, already_serving, too_many_waiting, looping };
  // A range that is not empty and was sent before.
  answer request(replay_range range);
  // For a request that is not served: asked for once more than often enough in a row.
  [[nodiscard]] bool is_loop(replay_range range);
  // First sendings that wait in the store; may be called again with a later end.
  void stream(replay_range backlog);

  [[nodiscard]] bool is_idle() const { return std::holds_alternative<idle>(state_); }
  // A ResendRequest is being served (and not just a backlog).
  [[nodiscard]] bool is_serving() const;
  // The page at hand was asked for by the peer.
  [[nodiscard]] bool is_resending() const;

  [[nodiscard]] bool wants_page() const { return std::holds_alternative<ready>(state_); }
  // What to fetch, if a page is wanted; then the answer to `question()` is awaited, and no earlier one.
  [[nodiscard]] std::optional<replay_range> next_fetch();
  [[nodiscard]] std::uint64_t question() const { return question_; }
  [[nodiscard]] bool awaits(std::uint64_t answered) const;
  // Keeps a page until `withheld` is known. Its question is that of the fetch.
  void keep(replay_page page);
  // The page that was kept; nullopt: none is, or not for this question.
  [[nodiscard]] std::optional<replay_page> release(std::uint64_t answered);

  struct progress {
    std::optional<seq_num> lost;      // stopped here: damaged or missing in the store
    std::optional<seq_num> streamed;  // of the backlog: sent up to and including
  };
  // Sends a page to the sink. `withheld`: numbers that must not be sent again.
  progress emit(const replay_page& page, std::span<const seq_num> withheld, replay_sink& sink);

  void clear();

 private:
  enum class kind : std::uint8_t { again, first };
  struct job {
    kind what = kind::again;
    seq_num cursor{};   // next number to look at
    seq_num end{};
    seq_num run{};      // begin of a run that will be gap-filled; 0: none
  };
  struct idle {};
  struct ready {
    job now;
  };
  struct fetching {
    job now;
  };
  struct deciding {
    job now;
    replay_page page;
  };

  [[nodiscard]] const job* current() const;
  [[nodiscard]] bool is_resendable(const stored_record& record, std::span<const seq_num> withheld) const;
  bool emit_record(job& now, const stored_record& record, std::span<const seq_num> withheld, replay_sink& sink);
  bool emit_missing(job& now, seq_num up_to);
  static void close_run(job& now, replay_sink& sink);
  progress stop_at(job& now, replay_sink& sink);
  void next_job();

  limits limits_;
  std::variant<idle, ready, fetching, deciding> state_;
  std::deque<replay_range> waiting_;
  std::uint64_t question_ = 0;  // of the latest fetch; goes on over links
  replay_range last_{};        // the latest request
  unsigned repetitions_ = 0;   // how often in a row
};

}  // namespace troupe::protocol
