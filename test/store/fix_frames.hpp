// True FIX messages for stores that look into what they hold.
#pragma once

#include "protocol/stamp.hpp"
#include "test/store/batches.hpp"

#include <string>

namespace troupe::test {

// As `id` sends it.
inline std::string fix_frame(const session_id& id, std::uint64_t number, std::string_view msg_type = "D", std::string_view body = "55=MSFT\001") {
  std::string frame;
  append_frame(frame, {.begin_string = id.begin_string, .msg_type = msg_type, .sender_comp_id = id.sender_comp_id, .target_comp_id = id.target_comp_id, .number = seq_num{number}, .sending_time = day_one},
               {}, body);
  return frame;
}

// Commits one more, application or administrative.
inline commit_status send_one(hand& h, record_kind kind = record_kind::application, submit_token token = {}) {
  return h.commit(h.next(kind, fix_frame(h.id(), h.state().next_sender.value, kind == record_kind::administrative ? "0" : "D"), token)).status;
}

inline void send_all(hand& h, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i)
    if (send_one(h, record_kind::application, submit_token{1000 + h.state().next_sender.value}) != commit_status::done) throw std::runtime_error("a commit failed");
}

// Numbers that never carried a message, up to and including `last`.
inline commit_status skip_to(hand& h, std::uint64_t last) {
  auto b = h.empty();
  b.records.push_back({record_kind::skipped, b.next_sender, seq_num{last}, {}, 0, 0});
  b.next_sender = seq_num{last + 1};
  return h.commit(b).status;
}

inline commit_status begin_numbering(hand& h) { return h.commit(h.new_numbering()).status; }

inline commit_status park_one(hand& h, std::uint64_t place, std::uint64_t token) {
  auto b = h.empty();
  b.park.push_back({place, submit_token{token}, day_one, {"D", "", "11=P" + std::to_string(place) + "\001"}});
  return h.commit(b).status;
}

}  // namespace troupe::test
