// The command line of `troupe`; each subcommand has a file of its own.
#include "apps/check.hpp"
#include "apps/decode/decode.hpp"
#include "apps/demo/demo.hpp"
#include "apps/demo/venue_process.hpp"
#include "apps/exit_codes.hpp"
#include "apps/import_store.hpp"
#include "apps/parked.hpp"
#include "apps/repair_store.hpp"
#include "apps/run.hpp"
#include "apps/show_schedule.hpp"
#include "apps/status.hpp"
#include "apps/verify_store.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

int obey(int argc, char** argv) {
  using namespace troupe::apps;
  CLI::App app{"Troupe, a fault-tolerant FIX engine", "troupe"};
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.require_subcommand(1);
  app.footer(exit_codes_in_brief());

  std::string file;
  troupe::demo::demo_options show;
  std::string hurts = "none";
  std::string sabotage;
  CLI::App* showing = app.add_subcommand("demo", "Two supervised engines trade, are hurt, and recover; nothing is needed for it");
  showing->add_option("--seconds", show.seconds, "end after so many seconds (0: by key q, or a signal)")->check(CLI::NonNegativeNumber);
  showing->add_option("--hurt", hurts, "hurt by itself, spread over the seconds: all, none, or some of drop,crash,lose,store,kill")
      ->check([](const std::string& text) { return troupe::demo::read_hurts(text) ? std::string{} : "unknown hurt in '" + text + "'"; });
  showing->add_option("--rate", show.rate, "orders a second")->check(CLI::Range(0.1, 100'000.0))->capture_default_str();
  showing->add_option("--sabotage", sabotage, "skip-commit: the venue's store lies, to show that the comparison can fail")
      ->check(CLI::IsMember({"skip-commit"}));
  showing->add_flag("--plain", show.is_plain, "lines instead of a screen, also on a terminal");
  showing->add_flag("--keep", show.keeps_folder, "keep stores, ledgers and logs");

  CLI::App* venue = app.add_subcommand("demo-venue", "")->group("");
  std::string folder;
  std::uint16_t port = 0;
  bool is_lying = false;
  venue->add_option("FOLDER", folder)->required();
  venue->add_option("PORT", port)->required();
  venue->add_flag("--lying", is_lying);

  CLI::App* checking = app.add_subcommand("check", "Say everything that is wrong with a settings file");
  checking->add_option("FILE", file, "a QuickFIX settings file")->required();

  CLI::App* running = app.add_subcommand("run", "Run the sessions of a settings file until SIGTERM or SIGINT");
  running->add_option("FILE", file, "a QuickFIX settings file")->required();

  std::size_t events = 10;
  CLI::App* planning = app.add_subcommand("schedule", "Say when the sessions of a settings file open and close next, in their zones and UTC");
  planning->add_option("FILE", file, "a QuickFIX settings file")->required();
  planning->add_option("-n,--events", events, "of each session")->check(CLI::Range(1U, 1000U))->capture_default_str();

  troupe::decode::options to_decode;
  const CLI::App* decoding = troupe::decode::add_command(app, to_decode);

  store_question to_verify;
  const CLI::App* verifying = add_verify_store(app, to_verify);
  repair_question to_repair;
  const CLI::App* repairing = add_repair_store(app, to_repair);
  import_question to_import;
  const CLI::App* importing = add_import(app, to_import);

  std::filesystem::path socket;
  std::string session;
  std::string text;
  bool is_json = false;
  const auto add_where = [&](CLI::App* live) {
    live->add_option("FILE", file, "the settings file that the engine runs with");
    live->add_option("--socket", socket, "the control socket, instead of the one of FILE");
  };
  CLI::App* asking = app.add_subcommand("status", "Show the sessions of a running engine");
  add_where(asking);
  asking->add_flag("--json", is_json, "as JSON, see docs/status.md");
  CLI::App* parking = app.add_subcommand("parked", "List what waits for a logon (SubmitsWhileDown=park), or drop it; without an engine, list what its store has");
  add_where(parking);
  std::optional<std::uint64_t> token;
  auto* const whose = parking->add_option("--session,-s", session, "in full (FIX.4.2:US->THEM), or its TargetCompID; not set: every one that has something");
  parking->add_flag("--json", is_json, "each page as JSON, see docs/status.md");
  bool drops_all = false;
  auto* const by_token = parking->add_option("--drop", token, "give up the submits with this token; the application is told that they were not sent")->check(CLI::PositiveNumber)->needs(whose);
  parking->add_flag("--drop-all", drops_all, "give up all of them")->needs(whose)->excludes(by_token);
  std::optional<unsigned> within;
  CLI::App* stopping = app.add_subcommand("stop", "Log every session of a running engine out, and end it");
  add_where(stopping);
  stopping->add_option("--within", within, "cut what has not logged out after so many seconds, instead of StopTimeout")->check(CLI::Range(0U, 3600U));
  std::vector<CLI::App*> commands{app.add_subcommand("logon", "Let a session of a running engine connect, or be connected to, again"),
                                  app.add_subcommand("logout", "Log a session of a running engine out, and keep it down"),
                                  app.add_subcommand("reset", "Start both sequence numbers of a session at 1"),
                                  app.add_subcommand("disconnect", "Cut the connection of a session")};
  for (CLI::App* live : commands) {
    add_where(live);
    live->add_option("--session,-s", session, "in full (FIX.4.2:US->THEM), or its TargetCompID")->required();
  }
  commands[1]->add_option("--text", text, "Text(58) of the Logout");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_code::done : exit_code::wrong_usage;
  }
  if (*showing) {
    show.hurts = *troupe::demo::read_hurts(hurts);
    show.is_lying = !sabotage.empty();
    if (!show.hurts.empty() && show.seconds <= 0) show.seconds = 20;
    return troupe::demo::demo(show);
  }
  if (*venue) return troupe::demo::run_venue(folder, port, is_lying);
  if (*decoding) return troupe::decode::decode(to_decode);
  if (*verifying) return verify_store(to_verify);
  if (*repairing) return repair_store(to_repair);
  if (*importing) return import_store(to_import);
  if (*checking) return check(file);
  if (*planning) return show_schedule(file, events);
  if (*running) return run(file);
  if (file.empty() && socket.empty()) {
    std::cerr << "troupe: name the settings FILE, or --socket\n";
    return exit_code::wrong_usage;
  }
  const auto where = control_socket_of(file, socket);
  if (where.empty()) return exit_code::wrong_settings;
  if (*asking) return status(where, is_json);
  if (*parking) {
    const parked_question question{file, where, session, is_json};
    return token || drops_all ? drop_parked(question, token) : list_parked(question);
  }
  if (*stopping) return stop(where, within);
  const auto which = std::find_if(commands.begin(), commands.end(), [](CLI::App* one) { return one->parsed(); });
  return command(where, (*which)->get_name(), session, text);
}

}  // namespace

// What nobody has caught is said in one line: an abort says nothing to an operator.
int main(int argc, char** argv) try {
  return obey(argc, argv);
} catch (const std::exception& e) {
  std::cerr << "troupe: " << e.what() << '\n';
  return troupe::apps::exit_code::failed;
}
