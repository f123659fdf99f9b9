#include "store/journal_salvage.hpp"

#include "store/crc32c.hpp"
#include "store/journal_segments.hpp"
#include "store/journal_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace troupe::store::journal {

using namespace protocol;

namespace {

bool has(const repair_plan& plan, repair_step::kind what) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const auto& s) { return s.what == what; });
}

std::string path_of(const std::string& folder, std::uint64_t number) { return folder + "/" + segment_name(number, ".seg"); }

file_handle open_to_write(const std::string& path) {
  file_handle file{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (!file) throw file_failure(path, "be opened", errno);
  return file;
}

// As they are to be. Whether a submit still waits is not known where commits may be lost: it stays as one that is told and not sent.
sessions_by_id sessions_of(const repair_plan& plan, const survey& told) {
  auto sessions = told.sessions();
  auto slots = told.slots();
  for (auto& [id, s] : sessions) {
    if (s.state.generation == numbering_generation{}) s.state.generation = numbering_generation{1};
    if (s.state.creation_time == utc_time{}) s.state.creation_time = plan.now;
    if (told.is_behind(s))
      for (auto& p : s.parked) p.is_damaged = true;
  }
  for (const auto& step : plan.steps) {
    if (step.what != repair_step::kind::set_numbers) continue;
    const bool is_new = !sessions.contains(step.session);
    auto& s = sessions[step.session];
    if (is_new) {
      s.id = step.session;
      s.slot = slots++;
      s.name_check = crc32c(to_string(step.session));
      s.state.creation_time = plan.now;
    }
    s.state.generation = step.generation;
    s.state.next_sender = step.next_sender;
    s.state.next_target = step.next_target;
  }
  return sessions;
}

entry_content content_of(const session_state& s) {
  entry_content c;
  c.kind = entry_kind::session;
  c.flags = static_cast<std::uint16_t>((s.state.is_reset_pending ? reset_pending : 0) | (s.state.is_cancel_owed ? cancel_owed : 0));
  c.slot = s.slot;
  c.name_check = s.name_check;
  c.numbers = {s.state.incarnation.value, s.last_commit.value, s.state.generation.value, s.state.next_sender.value, s.state.next_target.value, s.state.creation_time.time_since_epoch().count(), 0};
  return c;
}

void write_sessions(file_layer& files, const std::string& folder, const repair_plan& plan, const told_journal& told, const survey& surveyed) {
  const indexed_segment made{told.store, told.segments.back().number + 1, 1};
  const auto beside = folder + "/salvage.seg.tmp";
  segment_writer to{files, beside, made};
  entry_content end;
  end.kind = entry_kind::snapshot_end;
  end.slot = surveyed.slots();
  for (const auto& [id, s] : sessions_of(plan, surveyed)) {
    auto c = content_of(s);
    const auto name = packed(id);
    const std::vector<parked_submit> parked(s.parked.begin(), s.parked.end());
    c.name = name;
    c.parked = parked;
    to.put(c);
    end.slot = std::max(end.slot, s.slot + 1);
  }
  to.put(end);
  segment_header header;
  header.store = told.store;
  header.is_synced = 1;
  (void)to.finish(header);
  files.rename(beside, path_of(folder, made.number));
  files.sync_folder(folder);
}

// Not the last one any more: what nobody acknowledged would count again.
void cut_what_was_not_acknowledged(file_layer& files, const std::string& folder, const told_segment& last) {
  if (!last.can_be_read() || last.header.is_synced == 0) return;
  const auto path = path_of(folder, last.number);
  const auto segment = open_segment(path, last.header);
  const auto end = end_of_acknowledged(segment);
  if (end < segment.size) files.truncate(open_to_write(path).get(), path, end);
}

void write_header(file_layer& files, const std::string& folder, const told_segment& s) {
  const auto path = path_of(folder, s.number);
  const auto file = open_to_write(path);
  files.write(file.get(), path, {reinterpret_cast<const char*>(&s.header), sizeof s.header}, 0);
  files.sync(file.get(), path);
}

bool is_there(const std::string& path) {
  try {
    return static_cast<bool>(open_to_read(path));
  } catch (const file_failure& e) {
    if (e.error() != ENOENT) throw;
    return false;
  }
}

}  // namespace

void salvage(file_layer& files, const std::string& folder, const repair_plan& plan, const journal_view& view) {
  const auto told = view.headers();
  if (has(plan, repair_step::kind::write_sessions)) {
    write_sessions(files, folder, plan, told, view.surveyed());
    cut_what_was_not_acknowledged(files, folder, told.segments.back());
  }
  for (const auto& step : plan.steps) {
    const auto at = std::find_if(told.segments.begin(), told.segments.end(), [&](const auto& s) { return path_of(folder, s.number) == step.file; });
    if (at == told.segments.end()) continue;
    if (step.what == repair_step::kind::write_header && at->is == told_segment::state::damaged) write_header(files, folder, *at);
    if (step.what == repair_step::kind::set_aside && !at->can_be_read() && is_there(step.file)) files.rename(step.file, set_aside_name(step.file));
  }
  files.sync_folder(folder);
}

repair_plan after_salvage(const repair_plan& plan) {
  repair_plan after = plan;
  if (!has(plan, repair_step::kind::write_sessions)) return after;
  for (const auto& step : plan.steps) {
    if (step.what != repair_step::kind::set_numbers) continue;
    auto at = std::find_if(after.sessions.begin(), after.sessions.end(), [&](const auto& s) { return s.id == step.session; });
    if (at == after.sessions.end()) {
      at = after.sessions.insert(std::find_if(after.sessions.begin(), after.sessions.end(), [&](const auto& s) { return step.session < s.id; }), viewed_session{});
      at->id = step.session;
    }
    at->state.generation = step.generation;
    at->state.next_sender = step.next_sender;
    at->state.next_target = step.next_target;
  }
  return after;
}

}  // namespace troupe::store::journal
