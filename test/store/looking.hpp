// How tests look into a store without owning it: what is found in it, and what it holds, as text.
#pragma once

#include "store/store_view.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"

#include <string>
#include <vector>

namespace troupe::test {

struct findings final : verify_sink {
  std::vector<store_damage> damages;
  std::vector<verified_session> sessions;
  bool is_complete = false;
  void found(const store_damage& d) override { damages.push_back(d); }
  void checked(const verified_session& s) override { sessions.push_back(s); }

  // "record-lost ALPHA 1 10-12"
  [[nodiscard]] std::vector<std::string> brief() const {
    std::vector<std::string> all;
    for (const auto& d : damages) {
      std::string line{to_text(d.kind)};
      if (d.session) line += " " + d.session->sender_comp_id;
      if (d.generation.value != 0) line += " " + std::to_string(d.generation.value) + " " + std::to_string(d.first.value) + "-" + std::to_string(d.last.value);
      all.push_back(line);
    }
    return all;
  }
};

inline findings verified(store_view& view, bool is_in_use = false) {
  findings f;
  f.is_complete = verify(view, {.is_in_use = is_in_use}, f);
  return f;
}

// Two numberings of alpha, the second with a skipped range; beta with two submits that wait.
inline void live(message_store& store) {
  hand a{store, alpha}, b{store, beta};
  send_all(a, 20);
  begin_numbering(a);
  send_all(a, 50);
  skip_to(a, 60);
  send_one(a, record_kind::administrative);
  send_all(b, 5);
  park_one(b, 1, 501);
  park_one(b, 2, 502);
}

// Of the first session: "7-9 skipped, 10 administrative 1010".
inline std::string told(store_view& view, std::uint64_t begin, std::uint64_t end) {
  const auto all = view.sessions();
  std::string text;
  for (const auto& r : view.fetch(all.at(0), all.at(0).state.generation, seq_num{begin}, seq_num{end}, 1000, 1 << 20).records) {
    text += (text.empty() ? "" : ", ") + std::to_string(r.number.value) + (r.last != r.number ? "-" + std::to_string(r.last.value) : "");
    text += r.is_damaged ? " damaged" : r.kind == record_kind::skipped ? " skipped" : r.kind == record_kind::administrative ? " administrative" : " application";
    if (r.token != submit_token{}) text += " " + std::to_string(r.token.value);
  }
  return text;
}

}  // namespace troupe::test
