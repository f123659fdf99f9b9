// Writes the pages of docs/ that are made from tables in the source: `cmake --build … --target docs`.
#include "actors/event_codes.hpp"
#include "actors/settings_table.hpp"
#include "apps/exit_codes.hpp"
#include "protocol/session_table.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

bool write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out{file, std::ios::binary};
  out << text;
  out.close();
  if (!out) std::cerr << "cannot write " << file << '\n';
  return !out.fail();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: troupe_make_docs DIRECTORY\n";
    return 2;
  }
  const std::filesystem::path docs{argv[1]};
  const bool is_done = write(docs / "settings.md", troupe::actors::describe_settings()) && write(docs / "events.md", troupe::actors::describe_events()) &&
                       write(docs / "exit-codes.md", troupe::apps::describe_exit_codes()) &&
                       write(docs / "state-machine.md", troupe::protocol::state_machine_page());
  return is_done ? 0 : 1;
}
