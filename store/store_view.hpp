// Looks into a store without owning it: beside its engine, or when there is none. Takes no lock, makes, changes and removes nothing.
//
// What it tells is as of the moment it is asked. Memory: a page, and what is parked. Throws store_error: it cannot be read, and why;
// store_unavailable, of a database: not just now, which says nothing of what is stored.
#pragma once

#include "protocol/commit.hpp"
#include "store/open_store.hpp"
#include "store/session_row.hpp"
#include "store/store_damage.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

// A store that is not made yet, or that somebody was stopped in making: there is nothing in it.
class store_unbegun : public store_error {
 public:
  explicit store_unbegun(const std::string& place, const std::string& what = "is empty: it was stopped while it was made")
      : store_error(place + ": " + what + ". The engine makes it when it runs.") {}
};

struct viewed_session {
  protocol::session_id id;
  std::uint64_t key = 0;             // its row, or its slot
  protocol::session_snapshot state;  // without what is parked
  protocol::commit_id last_commit{};
  bool is_damaged = false;           // the numbers do not fit their checksum
  bool is_lower_bound = false;       // and that is because newer ones may be lost: they had come that far at least
  bool is_behind = false;            // of a journal: they may be lower than what was given, for something is damaged behind the last that says them
  bool is_unnamed = false;           // of a journal: no entry names it that its engine would read
};

struct numbered_token {
  protocol::seq_num number{};
  protocol::submit_token token{};
};

// As whoever reads a table wants it.
[[nodiscard]] session_row row_of(const viewed_session& s);

class store_view {
 public:
  virtual ~store_view() = default;

  // All of them, the damaged ones, too. What else is asked is about one of these.
  [[nodiscard]] virtual std::vector<viewed_session> sessions() = 0;
  // Those that have records, ascending.
  [[nodiscard]] virtual std::vector<protocol::numbering_generation> numberings(const viewed_session& s) = 0;
  // As message_store::fetch, of any numbering.
  [[nodiscard]] virtual protocol::replay_page fetch(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num begin, protocol::seq_num end,
                                                    std::size_t max_records, std::size_t max_bytes) = 0;
  // Ascending by place, from behind `after` on, so many at most.
  [[nodiscard]] virtual std::vector<protocol::parked_submit> parked(const viewed_session& s, std::uint64_t after = 0,
                                                                    std::size_t most = std::numeric_limits<std::size_t>::max() >> 1) = 0;
  // Tokens of messages that are lost, and of which this much is known, ascending by number.
  [[nodiscard]] virtual std::vector<numbered_token> tokens_of_lost(const viewed_session& /*s*/, protocol::numbering_generation /*of*/, protocol::seq_num /*first*/, protocol::seq_num /*last*/) { return {}; }
  // Where a record stands, for an operator; empty: nowhere.
  [[nodiscard]] virtual std::string place_of(const viewed_session& s, protocol::numbering_generation of, protocol::seq_num number) = 0;
  // What is wrong with what carries all this. False: it could not be looked at to the end, because an engine uses it.
  [[nodiscard]] virtual bool check_structure(bool is_in_use, const std::function<void(store_damage)>& found) = 0;

  [[nodiscard]] virtual std::string describe() const = 0;  // "sqlite /var/lib/x.db, format 2"
};

// A path's kind is what stands there: a folder is a journal.
[[nodiscard]] store_kind kind_at(const std::string& path);
// `names`: of sessions that it may have (journal_view.hpp).
[[nodiscard]] std::unique_ptr<store_view> view_store(store_kind kind, const std::string& path, std::vector<protocol::session_id> names = {});
[[nodiscard]] std::unique_ptr<store_view> view_store(const store_settings& where, std::vector<protocol::session_id> names = {});
// Who has it open, as it is told; nullopt: nobody. Only looks.
[[nodiscard]] std::optional<std::string> holder_of(const store_settings& where);

}  // namespace troupe::store
