// The sessions of a journal, told by all of it that can be read, and how far that is to be trusted. An entry tells where its session is; where
// something is damaged behind the last one of a session, more may have stood there. Of a whole journal it says what the engine says.
#pragma once

#include "store/journal_names.hpp"
#include "store/journal_scan.hpp"
#include "store/journal_sessions.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace troupe::store::journal {

class survey {
 public:
  // `has_base`: what is read first is a segment whose snapshot is whole. Else what can be told is, with these names.
  // `is_opened`: an engine opens it, and says of a torn end that it may concern all sessions (damage_kind::segment_tail): it is not said of each.
  survey(bool has_base, told_names names, bool is_opened) : has_base_(has_base), is_opened_(is_opened), names_(std::move(names)) {}

  // -- of each segment, in their order

  void begin(const segment_file& segment);
  [[nodiscard]] taken take(std::uint64_t offset, const entry_view& e);
  // `limit`: what stands from here on counts for nothing.
  void end(const scan_result& found, std::uint64_t limit);
  // One that cannot be read.
  void pass_over(std::uint64_t number);
  // Behind the last one.
  void finish();

  // -- what they say

  [[nodiscard]] const sessions_by_id& sessions() const { return sessions_; }
  [[nodiscard]] bool has_base() const { return has_base_; }
  [[nodiscard]] const std::set<std::uint32_t>& strangers() const { return strangers_; }  // slots that nothing names
  [[nodiscard]] const told_names& names() const { return names_; }
  [[nodiscard]] std::uint32_t slots() const;  // that were given

  // Its numbers may be lower than what was given: something behind them is damaged.
  [[nodiscard]] bool is_behind(const session_state& s) const;
  // No entry names it that an engine would read.
  [[nodiscard]] bool is_unnamed(const session_state& s) const;
  // Snapshots whose damage may hide sessions of which there is no other trace: places, for an operator.
  [[nodiscard]] const std::vector<std::string>& may_hide_sessions() const { return may_hide_; }

 private:
  struct facts {
    std::uint64_t told_at = 0;  // place of the last entry that says its numbers
    bool is_unnamed = false;
    std::uint64_t moved_generation = 0, moved_last = 0;  // of its messages that say nothing else
  };
  struct present {
    std::uint64_t number = 0, edition = 0;
    std::string path{};
    bool goes_on = false;            // it begins where the one in front of it ends
    std::uint64_t snapshot_end = 0;  // offset
    std::uint64_t first_other = 0;   // offset of the first entry that is of no snapshot
    std::set<std::uint32_t> named{};
  };
  struct damaged_beginning {
    std::string place;
    std::uint64_t size = 0;       // bytes
    std::uint64_t explained = 0;  // by what is known to have stood there
    std::set<std::uint32_t> named;
  };

  session_state& adopt(std::uint32_t slot, const protocol::session_id& id);
  void rescue_submits(const segment_file& segment);
  [[nodiscard]] bool is_of_snapshot(const damage& d, const std::vector<damage>& all) const;
  void note_beginning(const std::vector<damage>& all);

  bool has_base_;
  bool is_opened_;
  told_names names_;
  sessions_by_id sessions_;
  sessions_by_slot slots_;
  std::map<std::uint32_t, facts> facts_;  // by slot
  std::set<std::uint32_t> forgotten_;
  std::set<std::uint32_t> strangers_;
  std::uint64_t last_damage_ = 0;  // place
  std::uint64_t last_number_ = 0;
  present now_;
  std::uint64_t rescued_size_ = 0;  // of entries of sessions in the snapshot
  std::set<std::uint32_t> rescued_;
  std::vector<damaged_beginning> beginnings_;
  std::vector<std::string> may_hide_;
};

}  // namespace troupe::store::journal
