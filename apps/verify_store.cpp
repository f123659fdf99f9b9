#include "apps/verify_store.hpp"

#include "apps/terminal_text.hpp"
#include "apps/verify_report.hpp"
#include "store/store_view.hpp"
#include "store/verify.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace troupe::apps {

CLI::App* add_verify_store(CLI::App& app, store_question& into) {
  CLI::App* command = app.add_subcommand("verify-store", "Say what of a store is damaged, where, and what will happen; also while its engine runs");
  command->add_option("FILE", into.file, "the settings file whose store it is");
  command->add_option("--store", into.store, "a SQLite file, or the folder of a journal, instead of the one of FILE");
  command->add_option("--session,-s", into.session, "only this one: in full (FIX.4.2:US->THEM), or its TargetCompID");
  command->add_flag("--json", into.is_json, "as JSON, see docs/store.md");
  command->footer("Exit codes: 0 whole, 1 the settings are wrong, 2 wrong usage, 6 no such session, 8 damaged, 9 no store, or it cannot be read.");
  return command;
}

int verify_store(const store_question& q) {
  return or_complain([&] {
    const auto place = place_of(q);
    const auto holder = store::holder_of(place.store);
    const auto view = store::view_store(place.store);
    const auto report = q.is_json ? report_as_json(place, std::cout) : report_as_text(place, std::cout);
    report->begin(view->describe(), holder);
    report->end(verify_all(*view, q.session, holder.has_value(), *report));
    return report->is_whole() ? exit_code::done : exit_code::faults_found;
  });
}

}  // namespace troupe::apps
