#include "apps/decode/options.hpp"

#include <CLI/CLI.hpp>

namespace troupe::decode {

CLI::App* add_command(CLI::App& app, options& into) {
  CLI::App* command = app.add_subcommand("decode", "Print the FIX messages of files, logs and captures with names and meanings");
  command->add_option("FILE", into.files, "logs, captures, message logs, plain or gzip; none, or -: the standard input")
      ->type_name("");
  command->add_flag("--short", into.is_short, "a line for each message");
  command->add_flag("--json", into.is_json, "a JSON object a line for each message, see docs/decode.md");
  command->add_option("--fields", into.fields, "only these fields, in this order, tab-separated (with --json: of the object); tags or names: 11,Side,38")
      ->delimiter(',')
      ->type_name("TAG,…")
      ->allow_extra_args(false);
  command->add_option("--only", into.only,
                      "only messages of which this holds: 35=8, MsgType=D,F (one of them), Side=BUY, '58=*reject*', '54!=1', 11 (is there); again: and this")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  command->add_flag("--validate", into.validates, "check each message: print FILE:LINE: fault instead of messages, and end with 8 if there is a fault");
  command->add_flag("--strict", into.is_strict, "check as a session does by default: no user-defined fields, entries of groups in order");
  command->add_flag("--summary", into.sums_up, "count by MsgType, instead of the messages, or behind them with --short, --json, --fields or --validate");
  command->add_option("--dictionary", into.dictionaries, "a dictionary in the schema of QuickFIX, instead of Troupe's own of its version; again: another")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_flag("-f,--follow", into.follows, "go on with what is appended to the files, also when they are rotated or truncated, until Ctrl-C");
  command->add_flag("--show-secrets", into.shows_secrets, "do not mask passwords: 554, 925, 1402, 1404, and 96 of a Logon");
  command->add_option("--color,--colour", into.colour, "always, never, or auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"always", "never", "auto"}))
      ->capture_default_str();
  command->footer(
      "Messages are found anywhere in the text, with any separator: SOH, |, ^A, \\x01, <SOH> ...\n"
      "Exit codes: 0 done, 1 a dictionary is wrong, 2 wrong usage, 8 --validate found a fault, 9 an input could not be read or holds no message.");
  return command;
}

}  // namespace troupe::decode
