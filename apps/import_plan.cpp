#include "apps/import_plan.hpp"

#include "protocol/message_view.hpp"
#include "store/store_view.hpp"
#include "store/verify.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace troupe::apps {

using namespace protocol;

namespace {

quickfix_name name_of(const session_config& c) { return {c.id, c.sender_sub_id, c.sender_location_id, c.target_sub_id, c.target_location_id}; }

std::vector<const session_config*> sessions_of(const import_question& q, const store_place& place) {
  std::vector<const session_config*> all;
  std::vector<session_id> known;
  for (const auto& s : place.settings->sessions) {
    all.push_back(&s.config);
    known.push_back(s.config.id);
  }
  if (q.session.empty()) return all;
  const auto meant = session_meant(q.session, known);
  std::erase_if(all, [&](const auto* c) { return c->id != meant; });
  return all;
}

std::optional<quickfix_files> files_of(const session_config& c, const import_question& q) {
  std::optional<quickfix_files> found;
  for (const auto& prefix : quickfix_prefixes(name_of(c))) {
    auto files = quickfix_files::open((q.folder / prefix).string());
    if (files && found) throw cannot{exit_code::refused, to_string(c.id) + " may be " + found->prefix() + " or " + files->prefix() + ". Take the files of one of them away"};
    if (files) found = std::move(files);
  }
  return found;
}

// A Logon(A) may hold a password, and is never sent again.
bool is_logon(const message_view& m) { return m.msg_type() == "A"; }

// Each number in its turn: a message, or why there is none of it, or a range that QuickFIX has none of.
template <class Message, class Lost, class Skipped>
void for_each_number(const planned_session& p, Message message, Lost lost, Skipped skipped) {
  seq_num next{1};
  const auto skip_to = [&](seq_num number) {
    if (next < number) skipped(next, number.previous());
    next = number.next();
  };
  message_view view;
  for (const auto number : p.files.numbers()) {
    skip_to(number);
    auto m = p.files.read(number);
    if (m.why.empty()) m.why = store::misfit(p.id, {record_kind::application, number, number, {}, false, m.frame});
    if (m.why.empty() && view.assign(m.frame) == parse_error::none) message(number, m.frame, view);
    else lost(number, m.why);
  }
  skip_to(p.files.next_sender());
}

bool is_unused(const store::viewed_session& s, store::store_view& view) {
  const session_snapshot fresh;
  return s.state.generation == fresh.generation && s.state.next_sender == fresh.next_sender && s.state.next_target == fresh.next_target && view.numberings(s).empty();
}

void compare(planned_session& p, store::store_view& view) {
  for (const auto& s : view.sessions()) {
    if (s.id != p.id) continue;
    p.stored = s.state;
    const bool has_its_numbers = s.state.next_sender == p.files.next_sender() && s.state.next_target == p.files.next_target() &&
                                 (!p.files.creation_time() || s.state.creation_time == *p.files.creation_time());
    if (is_unused(s, view)) return;
    p.present = has_its_numbers ? present_state::same : present_state::used;
  }
}

// nullptr: there is no store yet.
std::unique_ptr<store::store_view> view_of(const store_place& place) try {
  std::error_code ignored;
  const bool may_be_there = place.store.kind == store::store_kind::postgres || std::filesystem::exists(place.store.path, ignored);
  return may_be_there ? store::view_store(place.store) : nullptr;
} catch (const store::store_unbegun&) {
  return nullptr;
}

}  // namespace

std::vector<planned_session> plan_import(const import_question& q, const store_place& place) try {
  std::error_code ignored;
  if (!std::filesystem::is_directory(q.folder, ignored)) throw cannot{exit_code::unreadable, q.folder.string() + ": is no folder, expected the FileStorePath of QuickFIX"};
  const auto view = view_of(place);
  std::vector<planned_session> plan;
  std::string looked_for;
  for (const auto* c : sessions_of(q, place)) {
    auto files = files_of(*c, q);
    looked_for += (looked_for.empty() ? "" : ", ") + quickfix_prefixes(name_of(*c)).front();
    if (!files) continue;
    planned_session p{c->id, std::move(*files), present_state::absent, {}, 0, 0, 0, {}};
    if (view) compare(p, *view);
    for_each_number(
        p, [&](seq_num, const std::string&, const message_view& m) { ++(m.is_admin() ? p.administrative : p.application); },
        [&](seq_num number, const std::string& why) { p.lost.push_back({number, why}); }, [&](seq_num first, seq_num last) { p.skipped += last.value - first.value + 1; });
    plan.push_back(std::move(p));
  }
  if (plan.empty()) throw cannot{exit_code::unreadable, q.folder.string() + ": has no store of a session of " + q.file.string() + "; expected files of " + looked_for + " (.seqnums, .header, .body, .session)"};
  return plan;
} catch (const store::file_failure& e) {
  throw cannot{exit_code::unreadable, store::told(e)};
}

std::vector<std::string> left_alone(const import_question& q, const store_place& place) {
  std::set<std::string> ours, others;
  for (const auto& s : place.settings->sessions)
    for (const auto& prefix : quickfix_prefixes(name_of(s.config))) ours.insert(prefix);
  for (const auto& entry : std::filesystem::directory_iterator{q.folder})
    for (const std::string ending : {".seqnums", ".senderseqnums"})
      if (const auto name = entry.path().filename().string(); name.ends_with(ending) && !ours.contains(name.substr(0, name.size() - ending.size())))
        others.insert(name.substr(0, name.size() - ending.size()));
  return {others.begin(), others.end()};
}

commit_batch batch_of(const planned_session& p, const session_snapshot& loaded, bool fills_lost, utc_time now, std::uint64_t most_bytes) try {
  commit_batch b;
  b.id = commit_id{1};
  b.incarnation = loaded.incarnation;
  b.generation = p.present == present_state::absent ? loaded.generation : loaded.generation.next();
  b.next_sender = p.files.next_sender();
  b.next_target = p.files.next_target();
  b.reset = reset{p.files.creation_time().value_or(now), false};
  const auto skip = [&](seq_num first, seq_num last) { b.records.push_back({record_kind::skipped, first, last, {}, 0, 0}); };
  for_each_number(
      p,
      [&](seq_num number, const std::string& frame, const message_view& m) {
        if (b.bytes.size() + frame.size() > most_bytes)
          throw cannot{exit_code::refused, to_string(p.id) + ": its messages are more than " + std::to_string(most_bytes >> 20) + " MiB, and go into one commit. Reset the session with the counterparty instead"};
        const auto kept = is_logon(m) ? std::string_view{} : std::string_view{frame};
        b.records.push_back({m.is_admin() ? record_kind::administrative : record_kind::application, number, number, {}, static_cast<std::uint32_t>(b.bytes.size()), static_cast<std::uint32_t>(kept.size())});
        b.bytes += kept;
      },
      [&](seq_num number, const std::string&) {
        if (fills_lost) skip(number, number);
      },
      skip);
  return b;
} catch (const store::file_failure& e) {
  throw cannot{exit_code::unreadable, store::told(e)};
}

}  // namespace troupe::apps
