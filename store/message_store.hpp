// What must outlive a process: numbers and sent messages of many sessions, behind one interface.
//
// A store belongs to one thread at a time (its actor's) and blocks in whatever it does; whether that may happen on a
// reactor is told by `is_blocking`. Failures that can pass (disk full, database away) are values, not exceptions, so
// that the same batch can be tried again. Opening the wrong file, or one that somebody else owns, throws store_error.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/types.hpp"

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::store {

// The store cannot be used at all: says what, where, what was expected and what to do.
class store_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Somebody else owns the store now, and nothing of ours is stored any more: any call may throw it.
class store_taken : public store_error {
  using store_error::store_error;
};

enum class commit_status : unsigned char {
  done,
  failed,           // nothing of it is stored; the same batch may be tried again
  unknown,          // it may be stored: read back before anything else
  wrong_incarnation,  // a newer `load` owns this session
  out_of_order,     // its id is not the next one of its incarnation
};

struct commit_result {
  commit_status status = commit_status::done;
  std::string reason;  // empty when done
};

// One batch of one session, for group commit.
struct session_batch {
  const protocol::session_id* session = nullptr;
  const protocol::commit_batch* batch = nullptr;
};

struct stored_session {
  protocol::session_id id;
  protocol::session_snapshot snapshot;
};

// The messages of a numbering behind which a reset has begun another.
struct finished_numbering {
  protocol::numbering_generation generation{};
  protocol::seq_num last{};  // the greatest number that is stored
};

class message_store {
 public:
  virtual ~message_store() = default;

  // Opens a new incarnation of a session, creating it (numbers 1 and 1, `now` as creation time) if it is unknown.
  // Every later commit of an older incarnation is refused.
  virtual protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) = 0;

  // All batches in one transaction, in order; each gets its own result. A batch refused for its incarnation or order does
  // not hold up the others. A batch whose id is already stored with this incarnation is `done` (a retry after `unknown`).
  virtual void commit(std::span<const session_batch> batches, std::span<commit_result> results) = 0;

  // Records of [begin, end] of the present generation, ascending, at most so many records and (but for the first) bytes.
  virtual protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end,
                                      std::size_t max_records, std::size_t max_bytes) = 0;

  // The number a token was given in the present generation or, failing that, in the one before, if it was committed; of several,
  // which an application should not do, the first. So whoever asks behind a reset learns that his message was sent.
  virtual std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) = 0;

  // Is a submit with this token parked: durable, and without a number until the session is logged on?
  virtual bool is_parked(const protocol::session_id& id, protocol::submit_token token) = 0;

  // Numbers only: what is parked comes with `load`.
  virtual std::vector<stored_session> sessions() = 0;

  // Drops a session that was only ever loaded: nothing was committed, so nothing is lost. False: it is kept, because it was
  // used, a newer incarnation owns it, or the store cannot do so now.
  virtual bool forget_unused(const protocol::session_id& /*id*/, protocol::session_incarnation /*of*/) { return false; }

  // -- numberings that are over (retaining_store.hpp); a store that forgets them by itself has none

  // Those of which messages are there and needed, ascending.
  virtual std::vector<finished_numbering> finished(const protocol::session_id& /*id*/) { return {}; }
  // As `fetch`, of any numbering that is kept.
  virtual protocol::replay_page fetch_of(const protocol::session_id& /*id*/, protocol::numbering_generation generation, protocol::seq_num begin, protocol::seq_num end,
                                         std::size_t /*max_records*/, std::size_t /*max_bytes*/) {
    return {generation, begin, end, true, {}};
  }
  // Messages of this numbering and of older ones are not needed any more. They go beside later commits.
  virtual void retire(const protocol::session_id& /*id*/, protocol::numbering_generation /*through*/) {}
  // Bytes that are in use; nullopt: something is on its way out, and it is not known how much that is.
  virtual std::optional<std::uint64_t> size() { return 0; }

  // Is told, a sentence each, what does not go as it should beside what is asked of the store, and is tried again. On the thread of the call.
  virtual void report_to(std::function<void(const std::string&)> /*whom*/) {}

  // What was found wrong on opening, and gone around: each a sentence for the operator.
  [[nodiscard]] virtual std::vector<std::string> findings() const { return {}; }

  // True if commit or fetch may wait for a disk or a network: its actor is then detached from the reactors.
  [[nodiscard]] virtual bool is_blocking() const = 0;
  [[nodiscard]] virtual std::string describe() const = 0;  // "sqlite /var/lib/x.db (process)"
};

}  // namespace troupe::store
