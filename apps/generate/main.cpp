// troupe-generate: typed messages of a dictionary, as C++ headers.
#include "apps/generate/layout.hpp"
#include "apps/generate/names.hpp"
#include "apps/generate/output.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

namespace {

using namespace troupe;

// Says every problem of the file; empty if one of them is fatal.
std::shared_ptr<const protocol::dictionary> load(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream xml;
  if (!(xml << in.rdbuf())) {
    fmt::print(stderr, "troupe-generate: {}: cannot be read, or is empty\n", file);
    return nullptr;
  }
  auto read = protocol::read_dictionary(xml.str());
  for (const auto& problem : read.problems) fmt::print(stderr, "{}: {}\n", problem.is_fatal ? "error" : "warning", protocol::to_string(problem, file));
  return read.made;
}

std::string check_namespace(const std::string& name) {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = name.find("::", begin);
    const std::string part = name.substr(begin, end - begin);
    if (part.empty() || generate::snake_case(part) != part) return "\"" + name + "\" must be small letters, digits and _, as fix44 or acme::fix44, and no word that C++ or Troupe keeps";
    if (end == std::string::npos) break;
    begin = end + 2;
  }
  const std::string first = name.substr(0, name.find("::"));
  return first == "std" || first == "troupe" ? "\"" + first + "\" is taken" : "";
}

int run(const std::string& dictionary, const std::string& transport, const std::string& name_space, const std::string& out) {
  const auto messages = load(dictionary);
  const auto session = transport.empty() ? nullptr : load(transport);
  if (!messages || (!transport.empty() && !session)) return 1;
  if (!session && messages->header().members().empty()) {
    fmt::print(stderr, "troupe-generate: {} has no header, as dictionaries of FIX 5.0 have none: add --transport with the dictionary of FIXT.1.1\n", dictionary);
    return 1;
  }
  const auto what = generate::lay_out(*messages, session.get(), name_space);
  for (const auto& remark : what.remarks) fmt::print(stderr, "troupe-generate: {}\n", remark);
  const auto counts = generate::put_files(out, generate::write_headers(what));
  fmt::print("{}: {} messages, {} groups, {} fields; {} headers written, {} unchanged, {} removed\n", what.version, what.messages.size(), what.groups.size(), what.fields.size(),
             counts.written, counts.unchanged, counts.removed);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Writes typed messages of a dictionary as C++ headers, one a message. In CMake: troupe_generate(), see docs/typed-messages.md."};
  app.name("troupe-generate");
  std::string dictionary, transport, name_space, out;
  app.add_option("dictionary", dictionary, "Dictionary in the QuickFIX XML schema")->required()->check(CLI::ExistingFile);
  app.add_option("--namespace", name_space, "Namespace of what is generated, as fix44 or acme::fix44")->required()->check(check_namespace);
  app.add_option("--out", out, "Folder to put the headers into, in a folder of the namespace's name")->required();
  app.add_option("--transport", transport, "Dictionary of FIXT.1.1, for messages of FIX 5.0 and later")->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(dictionary, transport, name_space, out);
  } catch (const std::exception& e) {
    fmt::print(stderr, "troupe-generate: {}\n", e.what());
    return 1;
  }
}
