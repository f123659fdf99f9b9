#include "protocol/session_replay.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace troupe::protocol {
namespace {

// MsgType(35) is the third field.
bool is_reject(std::string_view frame) {
  constexpr std::string_view type = "\x01" "35=3\x01";
  return frame.substr(0, 64).find(type) != frame.npos;
}

}  // namespace

const session_replay::job* session_replay::current() const {
  if (const auto* s = std::get_if<ready>(&state_)) return &s->now;
  if (const auto* s = std::get_if<fetching>(&state_)) return &s->now;
  if (const auto* s = std::get_if<deciding>(&state_)) return &s->now;
  return nullptr;
}

bool session_replay::is_resending() const {
  const auto* now = current();
  return now && now->what == kind::again;
}

bool session_replay::is_serving() const { return is_resending() || !waiting_.empty(); }

session_replay::answer session_replay::request(replay_range range) {
  const bool is_under_way = range == last_ && is_serving();
  if (is_under_way) return answer::already_serving;
  if (is_loop(range)) return answer::looping;
  if (!is_idle() && waiting_.size() >= limits_.waiting) return answer::too_many_waiting;
  waiting_.push_back(range);
  if (is_idle()) next_job();
  return answer::serving;
}

bool session_replay::is_loop(replay_range range) {
  repetitions_ = range == last_ ? repetitions_ + 1 : 1;
  last_ = range;
  return repetitions_ > limits_.repetitions;
}

void session_replay::stream(replay_range backlog) {
  if (is_idle()) state_ = ready{{kind::first, backlog.begin, backlog.end, seq_num{0}}};
}

std::optional<replay_range> session_replay::next_fetch() {
  const auto* r = std::get_if<ready>(&state_);
  if (!r) return std::nullopt;
  const job now = r->now;
  state_ = fetching{now};
  ++question_;
  return replay_range{now.cursor, now.end};
}

bool session_replay::awaits(std::uint64_t answered) const { return std::holds_alternative<fetching>(state_) && answered == question_; }

void session_replay::keep(replay_page page) {
  const job now = std::get<fetching>(state_).now;
  state_ = deciding{now, std::move(page)};
}

std::optional<replay_page> session_replay::release(std::uint64_t answered) {
  auto* d = std::get_if<deciding>(&state_);
  if (!d || answered != question_) return std::nullopt;
  auto page = std::move(d->page);
  const job now = d->now;
  state_ = fetching{now};
  return page;
}

session_replay::progress session_replay::emit(const replay_page& page, std::span<const seq_num> withheld, replay_sink& sink) {
  job now = std::get<fetching>(state_).now;
  for (const auto& record : page.records) {
    if (record.number < now.cursor && record.last < now.cursor) continue;
    if (record.number > now.end) break;
    if (!emit_missing(now, record.number) || !emit_record(now, record, withheld, sink)) return stop_at(now, sink);
  }
  const auto page_end = std::min(page.end, now.end);  // what lies behind it nobody has looked at
  if (!emit_missing(now, page_end.next())) return stop_at(now, sink);

  progress made;
  if (now.what == kind::first) {
    close_run(now, sink);
    made.streamed = now.cursor.previous();
  }
  if (now.cursor <= now.end) {
    state_ = ready{now};
  } else {
    close_run(now, sink);
    next_job();
  }
  return made;
}

bool session_replay::is_resendable(const stored_record& record, std::span<const seq_num> withheld) const {
  if (!limits_.resends_messages || record.is_damaged) return false;
  if (record.kind == record_kind::administrative) return limits_.resends_rejects && is_reject(record.frame);
  return record.kind == record_kind::application && std::find(withheld.begin(), withheld.end(), record.number) == withheld.end();
}

bool session_replay::emit_record(job& now, const stored_record& record, std::span<const seq_num> withheld, replay_sink& sink) {
  const bool is_lost = record.is_damaged && record.kind == record_kind::application;
  if (is_lost && !limits_.fills_damaged) return false;
  const bool is_first = now.what == kind::first && record.kind != record_kind::skipped && !record.is_damaged && !record.frame.empty();
  const bool is_again = now.what == kind::again && is_resendable(record, withheld);
  if (is_first || is_again) {
    close_run(now, sink);
    is_first ? sink.send_first(record) : sink.resend(record);
  } else if (now.run == seq_num{0}) {
    now.run = now.cursor;
  }
  now.cursor = std::min(record.last, now.end).next();
  return true;
}

// Numbers without a record in front of `up_to` are lost.
bool session_replay::emit_missing(job& now, seq_num up_to) {
  if (now.cursor >= up_to) return true;
  if (!limits_.fills_damaged) return false;
  if (now.run == seq_num{0}) now.run = now.cursor;
  now.cursor = up_to;
  return true;
}

void session_replay::close_run(job& now, replay_sink& sink) {
  if (now.run != seq_num{0}) sink.fill(now.run, now.cursor);
  now.run = seq_num{0};
}

session_replay::progress session_replay::stop_at(job& now, replay_sink& sink) {
  close_run(now, sink);
  progress made;
  made.lost = now.cursor;
  if (now.what == kind::first) made.streamed = now.cursor.previous();
  waiting_.clear();
  state_ = idle{};
  return made;
}

void session_replay::next_job() {
  if (waiting_.empty()) {
    state_ = idle{};
    return;
  }
  state_ = ready{{kind::again, waiting_.front().begin, waiting_.front().end, seq_num{0}}};
  waiting_.pop_front();
}

void session_replay::clear() {
  state_ = idle{};
  waiting_.clear();
  last_ = {};
  repetitions_ = 0;
}

}  // namespace troupe::protocol
