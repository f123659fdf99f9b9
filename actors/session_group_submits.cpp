#include "actors/session_group_class.hpp"

namespace troupe::actors {

void session_group::take_submits() {
  for (auto& s : anchor().take()) take_submit(std::move(s));
}

void session_group::take_submit(submit s) {
  const bool is_known = anchor().parked.contains(s.token.value);
  const auto* kept = is_known ? nullptr : anchor().open_submits.add(std::move(s));
  if (!kept) {
    anchor().give_place(size_of(s.message));
    const submit_outcome twice{s.token, seq_num{}, protocol::action::refusal::malformed};
    return deliver(self_, around_.application, outcomes{id(), {twice}});
  }
  if (is_ready_ && unsettled_ == 0) return deliver(self_, session_, submit{*kept});
  using enum protocol::action::refusal;
  if (!session_ && !wants_session()) answer({kept->token, seq_num{}, parks() ? nobody_to_park_it : not_logged_on});
}

// One that is parked needs no place among those under way: it is in the store.
void session_group::on_outcomes(const outcomes& o) {
  for (const auto& one : o.list) {
    if (const auto size = anchor().open_submits.answered(one.token)) anchor().give_place(*size);
    if (one.is_parked) {
      anchor().parked.insert(one.token.value);
    } else {
      anchor().parked.erase(one.token.value);
      anchor().dropping.erase(one.token.value);
    }
  }
}

void session_group::answer(const submit_outcome& o) {
  on_outcomes({id(), {o}});
  deliver(self_, around_.application, outcomes{id(), {o}});
}

// An older incarnation may have committed some of them and taken the answer to its grave.
void session_group::settle_open_submits() {
  settled_.clear();
  auto open = anchor().open_submits.open();
  for (const auto token : anchor().parked) open.push_back({submit_token{token}, {}});
  unsettled_ = open.size();
  for (const auto& s : open) {
    const auto incarnation = status_.incarnation;
    const auto is_current = [this, incarnation] { return is_ready_ && status_.incarnation == incarnation; };
    self_->request(around_.store, caf::infinite, find_token{id(), s.token})
        .then(
            [this, is_current, token = s.token](const token_found& f) {
              if (is_current()) on_token(token, f);
            },
            [](const caf::error&) {});  // the store is gone: another incarnation will ask
  }
}

void session_group::on_token(submit_token token, const token_found& found) {
  if (found.number || found.is_parked) settled_[token.value] = found;
  if (--unsettled_ == 0) settled();
}

void session_group::settled() {
  settle_parked();
  for (const auto& s : anchor().open_submits.open()) {
    const auto found = settled_.find(s.token.value);
    if (found == settled_.end()) deliver(self_, session_, s);
    else if (found->second.number) answer({s.token, *found->second.number, std::nullopt});
    else answer({s.token, seq_num{}, std::nullopt, true});
  }
  settled_.clear();
}

// Those that were parked and are not any more were sent, or given up; the word of it died with the session.
void session_group::settle_parked() {
  using enum protocol::action::refusal;
  const auto parked = anchor().parked;
  const auto dropping = std::exchange(anchor().dropping, {});
  for (const auto token : parked) {
    const auto found = settled_.find(token);
    if (found == settled_.end()) answer({submit_token{token}, seq_num{}, dropping.contains(token) ? dropped : expired});
    else if (found->second.number) answer({submit_token{token}, *found->second.number, std::nullopt});
  }
}

void session_group::on_ask_token(const ask_token& a) {
  if (!around_.store) return a.answer(std::nullopt);
  self_->request(around_.store, caf::infinite, find_token{id(), a.token})
      .then([answer = a.answer](const token_found& f) { answer(f); }, [answer = a.answer](const caf::error&) { answer(std::nullopt); });
}

}  // namespace troupe::actors
