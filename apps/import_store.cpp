#include "apps/import_store.hpp"

#include "apps/import_plan.hpp"
#include "apps/store_place.hpp"
#include "apps/terminal_text.hpp"
#include "apps/verify_report.hpp"
#include "store/file_lock.hpp"
#include "store/store_view.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace troupe::apps {
namespace {

using namespace protocol;

std::string counted(std::size_t n, const char* one) { return std::to_string(n) + " " + one + (n == 1 ? "" : "s"); }

void print(const planned_session& p, const import_question& q) {
  std::cout << printable(to_string(p.id)) << "  from " << p.files.prefix() << " (" << to_text(p.files.layout()) << ")\n  next sender " << p.files.next_sender().value << ", next target "
            << p.files.next_target().value << ": " << counted(p.application, "application message") << ", " << p.administrative << " administrative";
  if (p.skipped > 0) std::cout << ", " << counted(p.skipped, "number") << " without a message, which QuickFIX would gap-fill";
  std::cout << '\n';
  for (const auto& note : p.files.notes()) std::cout << "  note: " << printable(note) << '\n';
  for (const auto& d : p.lost)
    std::cout << "  LOST: message " << d.number.value << ": " << printable(d.why) << (q.fills_lost ? ". It will be gap-filled\n" : ". A peer that asks for it needs the operator; --gap-fill-lost has it gap-filled\n");
  switch (p.present) {
    case present_state::absent: break;
    case present_state::same: std::cout << "  is in the store already, with these numbers: nothing to do\n"; break;
    case present_state::used:
      std::cout << "  " << (q.replaces ? "REPLACES" : "the store has") << " this session with next sender " << p.stored.next_sender.value << ", next target " << p.stored.next_target.value
                << (q.replaces ? "; its messages stay, as those of the numbering before\n" : ": refused. --replace takes the numbers of QuickFIX instead\n");
      break;
  }
}

bool is_to_do(const planned_session& p) { return p.present != present_state::same; }

// A journal's entry has 2 GiB; a database holds several copies of a statement while it does it.
std::uint64_t largest_commit(store::store_kind kind) { return kind == store::store_kind::postgres ? std::uint64_t{256} << 20 : std::uint64_t{3} << 29; }

void apply_one(store::message_store& store, const planned_session& p, const import_question& q, std::uint64_t most_bytes) {
  const auto now = std::chrono::time_point_cast<utc_time::duration>(std::chrono::system_clock::now());
  const auto loaded = store.load(p.id, now);
  const auto batch = batch_of(p, loaded, q.fills_lost, now, most_bytes);
  if (!p.files.are_at_rest()) throw cannot{exit_code::refused, p.files.prefix() + ": its numbers have changed meanwhile. Stop QuickFIX first; nothing of this session was imported"};
  store::commit_result result;
  const store::session_batch item{&p.id, &batch};
  store.commit({&item, 1}, {&result, 1});
  if (result.status != store::commit_status::done) throw cannot{exit_code::refused, to_string(p.id) + " was not imported: " + result.reason};
}

void apply(const std::vector<planned_session>& plan, const store_place& place, const import_question& q) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{place.store.path}.parent_path(), ignored);
  auto settings = place.store;
  settings.keep = store::keeps_all;  // what goes, and into which archive, is for the engine to say
  settings.answer = std::chrono::minutes{10};  // all messages of a session are one statement
  const auto store = store::open_store(settings);
  // It may have been used since the plan was made.
  for (const auto& p : plan)
    for (const auto& s : store->sessions())
      if (s.id == p.id && (s.snapshot.next_sender != p.stored.next_sender || s.snapshot.next_target != p.stored.next_target || s.snapshot.generation != p.stored.generation))
        throw cannot{exit_code::refused, to_string(p.id) + ": the store has changed meanwhile. Try again"};
  for (const auto& p : plan) {
    if (!is_to_do(p)) continue;
    apply_one(*store, p, q, largest_commit(settings.kind));
    std::cout << "imported " << printable(to_string(p.id)) << std::endl;
  }
}

int checked(const std::vector<planned_session>& plan, const store_place& place) {
  const auto view = store::view_store(place.store);
  const auto report = report_as_text(place, std::cout);
  store::verify_options options;
  options.wants = [&](const session_id& id) { return std::any_of(plan.begin(), plan.end(), [&](const auto& p) { return p.id == id; }); };
  report->begin(view->describe(), std::nullopt);
  report->end(store::verify(*view, options, *report));
  return report->is_whole() ? exit_code::done : exit_code::faults_found;
}

int import_all(const import_question& q) {
  const auto place = place_of({.file = q.file, .store = {}, .session = {}, .is_json = false});
  const auto plan = plan_import(q, place);
  for (const auto& p : plan) print(p, q);
  for (const auto& prefix : left_alone(q, place)) std::cout << "left alone: " << printable(prefix) << ": no session of " << q.file.string() << " is called so\n";
  const bool is_refused = !q.replaces && std::any_of(plan.begin(), plan.end(), [](const auto& p) { return p.present == present_state::used; });
  if (is_refused) throw cannot{exit_code::refused, "nothing was imported: a session has been used with other numbers"};
  if (std::none_of(plan.begin(), plan.end(), is_to_do)) return exit_code::done;
  if (!q.applies) {
    std::cout << "nothing was changed. With --apply this goes into " << place.name() << "; stop QuickFIX and the engine first\n";
    return exit_code::done;
  }
  apply(plan, place, q);
  return checked(plan, place);
}

}  // namespace

CLI::App* add_import(CLI::App& app, import_question& into) {
  CLI::App* command = app.add_subcommand("import", "Take over the numbers and messages of a QuickFIX FileStore, so that no session has to be reset");
  command->add_option("FOLDER", into.folder, "the FileStorePath of QuickFIX")->required();
  command->add_option("--into", into.file, "the settings file whose sessions and store it is for")->required();
  command->add_option("--session,-s", into.session, "only this one: in full (FIX.4.2:US->THEM), or its TargetCompID");
  command->add_flag("--apply", into.applies, "do it; without it the plan is printed, and nothing is changed");
  command->add_flag("--replace", into.replaces, "also sessions that this store has with other numbers");
  command->add_flag("--gap-fill-lost", into.fills_lost, "messages that cannot be had count as numbers without a message");
  command->footer("Exit codes: 0 done, 1 the settings are wrong, 2 wrong usage, 6 refused, 8 imported, and something of it is damaged, 9 the files or the store cannot be read.");
  return command;
}

int import_store(const import_question& q) {
  return or_complain([&] { return import_all(q); });
}

}  // namespace troupe::apps
