#include "apps/repair_store.hpp"

#include "apps/terminal_text.hpp"
#include "apps/verify_report.hpp"
#include "store/file_layer.hpp"
#include "store/file_lock.hpp"
#include "store/repair.hpp"
#include "store/sqlite_salvage.hpp"
#include "store/store_view.hpp"
#include "store/verify.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>

namespace troupe::apps {
namespace {

using namespace protocol;

struct collected final : store::verify_sink {
  std::vector<store::store_damage> all;
  void found(const store::store_damage& d) override { all.push_back(d); }
  void checked(const store::verified_session&) override {}
};

// In full: a session that a damaged journal does not know any more.
std::optional<session_id> session_in(const std::string& text) {
  const auto colon = text.find(':'), arrow = text.find("->");
  if (colon == text.npos || arrow == text.npos || arrow < colon) return std::nullopt;
  session_id id{text.substr(0, colon), text.substr(colon + 1, arrow - colon - 1), text.substr(arrow + 2), ""};
  if (const auto behind = id.target_comp_id.find(':'); behind != text.npos) {
    id.qualifier = id.target_comp_id.substr(behind + 1);
    id.target_comp_id.resize(behind);
  }
  return id;
}

// "FIX.4.2:US->THEM=17"
std::pair<session_id, seq_num> wish_in(const std::string& text, const std::vector<session_id>& known, bool are_names_lost) {
  const auto equals = text.rfind('=');
  std::uint64_t n = 0;
  const auto* const end = text.data() + text.size();
  if (equals == text.npos || std::from_chars(text.data() + equals + 1, end, n).ptr != end || n == 0)
    throw cannot{exit_code::wrong_usage, "'" + text + "': expected SESSION=N, N greater than 0"};
  const auto name = text.substr(0, equals);
  if (const auto id = are_names_lost ? session_in(name) : std::nullopt) return {*id, seq_num{n}};
  return {session_meant(name, known), seq_num{n}};
}

store::repair_wishes wishes_of(const repair_question& q, const std::vector<store::viewed_session>& sessions, const std::vector<store::store_damage>& found) {
  std::vector<session_id> known;
  for (const auto& s : sessions) known.push_back(s.id);
  const bool are_names_lost = std::any_of(found.begin(), found.end(), [](const auto& d) { return d.kind == store::damage_kind::session_name && !d.session; });
  store::repair_wishes wishes;
  wishes.now = std::chrono::time_point_cast<utc_time::duration>(std::chrono::system_clock::now());
  wishes.fills_lost = q.fills_lost;
  wishes.has_all_sessions = q.has_all_sessions;
  for (const auto& text : q.next_sender) wishes.next_sender.insert(wish_in(text, known, are_names_lost));
  for (const auto& text : q.next_target) wishes.next_target.insert(wish_in(text, known, are_names_lost));
  return wishes;
}

void sync(const std::filesystem::path& path) {
  auto& files = store::plain_files();
  if (!std::filesystem::is_directory(path)) return files.sync(store::open_to_read(path.string()).get(), path.string());
  for (const auto& entry : std::filesystem::directory_iterator{path}) sync(entry.path());
  files.sync_folder(path.string());
}

// Under its lock nobody writes it, so what stands there is what there is. The log of SQLite belongs to it. It is on the disk before anything is changed.
void copy_locked(const std::string& path) {
  auto copy = path + ".before-repair";
  for (int n = 2; std::filesystem::exists(copy); ++n) copy = path + ".before-repair-" + std::to_string(n);
  std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
  const auto log = std::filesystem::canonical(path).string() + "-wal";
  if (std::filesystem::exists(log)) std::filesystem::copy(log, copy + "-wal");
  sync(copy);
  if (std::filesystem::exists(copy + "-wal")) sync(copy + "-wal");
  const auto beside = std::filesystem::path{copy}.parent_path();
  store::plain_files().sync_folder(beside.empty() ? "." : beside.string());
  std::cout << "copied to " << copy << std::endl;
}

void copy_files(const std::string& path) {
  const store::file_lock lock{path};
  copy_locked(path);
}

void copy_database(const store_place& place) try {
  std::cout << "copied to the schema " << printable(store::copy_postgres(place.store)) << std::endl;
} catch (const store::store_error& e) {
  throw cannot{exit_code::refused, std::string{e.what()} + " Nothing was changed."};
}

void copy_store(const store_place& place) {
  if (place.store.kind == store::store_kind::postgres) copy_database(place);
  else copy_files(place.store.path);
}

void repair_as_planned(const store_place& place, const store::repair_plan& plan) {
  switch (place.store.kind) {
    case store::store_kind::postgres: return store::repair_postgres(place.store, plan);
    case store::store_kind::journal: return store::repair_journal(place.store.path, plan);
    default: return store::repair_sqlite(place.store.path, plan);
  }
}

// For a store in which the names of its sessions are damaged.
std::vector<session_id> sessions_of(const store_place& place) {
  std::vector<session_id> all;
  if (place.settings)
    for (const auto& s : place.settings->sessions) all.push_back(s.config.id);
  return all;
}

// It cannot be repaired where it is.
struct broken_structure {
  std::string what;
};

store::repair_plan plan_of(const repair_question& q, const store_place& place) {
  const auto names = sessions_of(place);
  const auto view = store::view_store(place.store, names);
  auto sessions = view->sessions();  // whoever uses the store from now on is found out
  collected found;
  (void)verify_all(*view, q.where.session, false, found);
  const auto wishes = wishes_of(q, sessions, found.all);
  if (const auto at = std::find_if(found.all.begin(), found.all.end(), [](const auto& d) { return d.kind == store::damage_kind::structure; });
      at != found.all.end() && place.store.kind == store::store_kind::sqlite && store::structure_damage(place.store.path))
    throw broken_structure{at->what};
  return store::plan_repair({place.store.kind, *view, std::move(sessions), std::move(found.all), names}, wishes);
}

void tell(const store::repair_plan& plan) {
  for (const auto& step : plan.steps) std::cout << (step.what == store::repair_step::kind::none ? "  " : "* ") << printable(step.text) << '\n';
}

std::string counted(std::uint64_t n, const std::string& one) { return std::to_string(n) + " " + one + (n == 1 ? "" : "s"); }

void tell(const std::string& path, const std::string& broken, const store::salvaged_store& found) {
  std::cout << "* " << path << ": its own structure is damaged (" << printable(broken) << "): it is written anew, with all that fits its checksum\n";
  for (const auto& s : found.sessions) {
    std::cout << "  " << printable(to_string(s.id)) << ": " << counted(s.records, "message");
    if (s.parked > 0) std::cout << ", " << s.parked << (s.parked == 1 ? " waits" : " wait") << " for a logon";
    std::cout << (s.has_row ? "" : s.records > 0 ? "; its own row is lost: its numbers are those that its messages tell" : "; nothing is left of it but its name") << '\n';
  }
  if (found.unreadable > 0)
    std::cout << "  " << found.unreadable << " of " << counted(found.pages, "page") << (found.unreadable == 1 ? " is" : " are") << " no page any more: what stood there may be lost, a session that is not named here, too\n";
  if (found.nameless > 0) std::cout << "  " << counted(found.nameless, "message") << (found.nameless == 1 ? " is" : " are") << " of a session whose name is lost: " << (found.nameless == 1 ? "it stays" : "they stay") << " behind\n";
}

int verified(const store_place& place, const std::string& session) {
  const auto view = store::view_store(place.store);
  const auto report = report_as_text(place, std::cout);
  report->begin(view->describe(), std::nullopt);
  report->end(verify_all(*view, session, false, *report));
  return report->is_whole() ? exit_code::done : exit_code::faults_found;
}

struct scratch_file {
  const std::string& path;
  ~scratch_file() {
    try {
      store::remove_salvaged(path);
    } catch (const std::exception& e) {
      complain(e.what());
    }
  }
};

// The new file is made in any case: it is what the rest of the plan is about. Nullopt: nothing of a store is there.
std::optional<int> salvage(const repair_question& q, const store_place& place, const std::string& broken) {
  const auto& path = place.store.path;
  const auto fresh = store::salvaged_of(path);
  {
    const store::file_lock lock{path};
    const auto found = store::salvage_sqlite(path, fresh, sessions_of(place));
    if (!found) return std::nullopt;
    const scratch_file removed{fresh};
    auto anew = place;
    anew.store.path = fresh;
    const auto plan = plan_of(q, anew);
    tell(path, broken, *found);
    tell(plan);
    if (!q.applies) {
      std::cout << "nothing was changed. With --apply what is marked with * is done\n";
      return exit_code::faults_found;
    }
    if (store::has_work(plan)) store::repair_sqlite(fresh, plan);
    if (!q.makes_no_copy) copy_locked(path);
    store::take_place(path, fresh);
  }
  std::cout << "done\n";
  return verified(place, q.where.session);
}

// Nullopt: no plan is needed any more, it was salvaged; `code` says how that went.
std::optional<store::repair_plan> plan_or_salvage(const repair_question& q, const store_place& place, int& code) {
  const auto& path = place.store.path;
  const auto salvaged = [&](const std::string& broken) {
    const auto done = salvage(q, place, broken);
    if (done) code = *done;
    return done.has_value();
  };
  try {
    return plan_of(q, place);
  } catch (const broken_structure& e) {
    if (salvaged(e.what)) return std::nullopt;
    throw store::store_error(path + ": its own structure is damaged (" + e.what + "), and nothing of a store can be found in it. Restore it from a copy");
  } catch (const store::store_error&) {
    if (place.store.kind != store::store_kind::sqlite || !std::filesystem::is_regular_file(path)) throw;
    if (const auto broken = store::structure_damage(path); broken && salvaged(*broken)) return std::nullopt;
    throw;
  }
}

int repair(const repair_question& q) {
  const auto place = place_of(q.where);
  const auto name = place.name();
  if (const auto holder = store::holder_of(place.store)) throw cannot{exit_code::refused, name + ": in use by " + *holder + ". Stop that process first: troupe stop"};
  int code = exit_code::done;
  const auto planned = plan_or_salvage(q, place, code);
  if (!planned) return code;
  const auto& plan = *planned;
  tell(plan);
  if (plan.steps.empty()) std::cout << printable(name) << ": whole, there is nothing to repair\n";
  if (!store::has_work(plan)) return plan.steps.empty() ? exit_code::done : exit_code::faults_found;
  if (!q.applies) {
    std::cout << "nothing was changed. With --apply what is marked with * is done\n";
    return exit_code::faults_found;
  }
  if (!q.makes_no_copy) copy_store(place);
  repair_as_planned(place, plan);
  std::cout << "done\n";
  return verified(place, q.where.session);
}

}  // namespace

CLI::App* add_repair_store(CLI::App& app, repair_question& into) {
  CLI::App* command = app.add_subcommand("repair-store", "Say what can be done about a damaged store, and with --apply do it; its engine must not run");
  command->add_option("FILE", into.where.file, "the settings file whose store it is");
  command->add_option("--store", into.where.store, "a SQLite file, or the folder of a journal, instead of the one of FILE");
  command->add_option("--session,-s", into.where.session, "only this one: in full (FIX.4.2:US->THEM), or its TargetCompID");
  command->add_flag("--gap-fill-lost", into.fills_lost, "lost and damaged messages count as numbers that never carried one: asked for, they are gap-filled");
  command->add_option("--set-next-sender", into.next_sender, "the next number that we send; never lower than it is. Again: another session")->type_name("SESSION=N")->allow_extra_args(false);
  command->add_option("--set-next-target", into.next_target, "the next number that the counterparty sends, as he says")->type_name("SESSION=N")->allow_extra_args(false);
  command->add_flag("--no-session-lost", into.has_all_sessions, "of a journal in which names of sessions are damaged: there are none beside those that the plan knows, and those that are named");
  command->add_flag("--apply", into.applies, "do it; without it the plan is printed, and nothing is changed");
  command->add_flag("--no-copy", into.makes_no_copy, "do not copy the store first");
  command->footer("Exit codes: 0 whole, 1 the settings are wrong, 2 wrong usage, 6 refused, 8 something is, or stays, to be done, 9 no store, or it cannot be read.");
  return command;
}

int repair_store(const repair_question& q) {
  return or_complain([&] {
    try {
      return repair(q);
    } catch (const store::file_failure& e) {
      throw cannot{exit_code::refused, "the store cannot be copied, and was not changed: " + store::told(e)};
    } catch (const std::filesystem::filesystem_error& e) {
      throw cannot{exit_code::refused, std::string{"the store cannot be copied, and was not changed: "} + e.what()};
    }
  });
}

}  // namespace troupe::apps
