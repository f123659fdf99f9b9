#include "actors/session_group_class.hpp"

namespace troupe::actors {

void session_group::take_submits() {
  for (auto& s : anchor().take()) take_submit(std::move(s));
}

void session_group::take_submit(submit s) {
  const auto* kept = anchor().open_submits.add(std::move(s));
  if (!kept) {
    anchor().give_place(size_of(s.message));
    const submit_outcome twice{s.token, seq_num{}, protocol::action::refusal::malformed};
    return deliver(self_, around_.application, outcomes{id(), {twice}});
  }
  if (is_ready_ && unsettled_ == 0) return deliver(self_, session_, submit{*kept});
  if (!session_ && !wants_link()) answer({kept->token, seq_num{}, protocol::action::refusal::not_logged_on});
}

void session_group::on_outcomes(const outcomes& o) {
  for (const auto& one : o.list)
    if (const auto size = anchor().open_submits.answered(one.token)) anchor().give_place(*size);
}

void session_group::answer(const submit_outcome& o) {
  on_outcomes({id(), {o}});
  deliver(self_, around_.application, outcomes{id(), {o}});
}

// An older incarnation may have committed some of them and taken the answer to its grave.
void session_group::settle_open_submits() {
  settled_.clear();
  const auto open = anchor().open_submits.open();
  unsettled_ = open.size();
  for (const auto& s : open) {
    const auto incarnation = status_.incarnation;
    const auto is_current = [this, incarnation] { return is_ready_ && status_.incarnation == incarnation; };
    self_->request(around_.store, caf::infinite, find_token{id(), s.token})
        .then(
            [this, is_current, token = s.token](const token_found& f) {
              if (is_current()) on_token(token, f.number);
            },
            [](const caf::error&) {});  // the store is gone: another incarnation will ask
  }
}

void session_group::on_token(submit_token token, std::optional<seq_num> number) {
  if (number) settled_[token.value] = *number;
  if (--unsettled_ == 0) settled();
}

void session_group::settled() {
  for (const auto& s : anchor().open_submits.open()) {
    const auto found = settled_.find(s.token.value);
    if (found != settled_.end()) answer({s.token, found->second, std::nullopt});
    else deliver(self_, session_, s);
  }
  settled_.clear();
}

void session_group::on_ask_token(const ask_token& a) {
  if (!around_.store) return a.answer(std::nullopt);
  self_->request(around_.store, caf::infinite, find_token{id(), a.token})
      .then([answer = a.answer](const token_found& f) { answer(f); }, [answer = a.answer](const caf::error&) { answer(std::nullopt); });
}

}  // namespace troupe::actors
