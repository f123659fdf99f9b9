// The command line of `troupe`; each subcommand has a file of its own.
#include "apps/check.hpp"
#include "apps/exit_codes.hpp"
#include "apps/run.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

int main(int argc, char** argv) {
  using namespace troupe::apps;
  CLI::App app{"Troupe, a fault-tolerant FIX engine", "troupe"};
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 wrong settings, 2 wrong usage, 3 could not start (port, store, log),\n"
      "4 nobody to talk to, 5 failed while it ran, 130 ended by a second signal.");

  std::string file;
  CLI::App* checking = app.add_subcommand("check", "Say everything that is wrong with a settings file");
  checking->add_option("FILE", file, "a QuickFIX settings file")->required();

  CLI::App* running = app.add_subcommand("run", "Run the sessions of a settings file until SIGTERM or SIGINT");
  running->add_option("FILE", file, "a QuickFIX settings file")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_code::done : exit_code::wrong_usage;
  }
  return *running ? run(file) : check(file);
}
