// What the command line of `troupe decode` says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace troupe::decode {

struct options {
  std::vector<std::string> files;
  bool is_short = false;
  bool is_json = false;
  bool validates = false;
  bool is_strict = false;
  bool sums_up = false;
  bool follows = false;
  bool shows_secrets = false;
  std::string colour = "auto";
  std::vector<std::string> only;
  std::vector<std::string> fields;
  std::vector<std::filesystem::path> dictionaries;
};

// Adds the subcommand, which fills `into`, which must live as long as `app`.
CLI::App* add_command(CLI::App& app, options& into);

}  // namespace troupe::decode
