// What `troupe import` would do, and the commit that does it: one for each session, so that it is there with all its messages or not at all.
//
// Memory: the messages of one session.
#pragma once

#include "apps/import_store.hpp"
#include "apps/quickfix_files.hpp"
#include "apps/store_place.hpp"
#include "protocol/commit.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::apps {

enum class present_state : std::uint8_t {
  absent,  // not in the store, or only ever loaded
  same,    // with these numbers already
  used,    // with others
};

struct planned_session {
  protocol::session_id id;
  quickfix_files files;
  present_state present{};
  protocol::session_snapshot stored;  // if it is there
  std::size_t application = 0, administrative = 0;
  std::uint64_t skipped = 0;          // numbers that QuickFIX has no message of
  struct loss {
    protocol::seq_num number{};
    std::string why;
  };
  std::vector<loss> lost;
};

// Reads all of it once. Throws cannot, store_error.
[[nodiscard]] std::vector<planned_session> plan_import(const import_question& q, const store_place& place);

// Prefixes in the folder that are of no session of the settings.
[[nodiscard]] std::vector<std::string> left_alone(const import_question& q, const store_place& place);

// `loaded`: as the store has it now. Throws cannot if the messages have more than `most_bytes`.
[[nodiscard]] protocol::commit_batch batch_of(const planned_session& p, const protocol::session_snapshot& loaded, bool fills_lost, protocol::utc_time now, std::uint64_t most_bytes);

}  // namespace troupe::apps
