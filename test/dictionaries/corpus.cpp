// Valid messages must pass: corpus FOLDER DICTIONARIES. All *.fix of the folder but malformed.fix, each line by the dictionary of its
// BeginString(8), with user-defined fields and any order of fields within an entry, which the samples of other engines have.
#include "protocol/validate.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

namespace {

using namespace troupe::protocol;
namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

class corpus {
 public:
  explicit corpus(fs::path folder) : folder_(std::move(folder)) {}

  // Nothing, or what is wrong with the message.
  std::string fault(std::string_view frame) {
    message_view view;
    if (const auto e = view.assign(frame); e != parse_error::none) return std::string{to_string(e)};
    const auto& defined = of(view.begin_string());
    const auto found = validate(view, defined, {.allow_user_defined = true, .allow_unordered_groups = true});
    return found ? describe(*found, view, defined) : "";
  }

 private:
  const dictionaries& of(std::string_view begin_string) {
    auto& both = read_[std::string{begin_string}];
    if (both) return both;
    std::string name{begin_string};
    std::erase(name, '.');
    both.session = read_dictionary(bytes_of(folder_ / (name + ".xml"))).made;
    both.application = begin_string == "FIXT.1.1" ? read_dictionary(bytes_of(folder_ / "FIX50SP2.xml")).made : both.session;
    if (!both.session || !both.application) std::cerr << "no dictionary for " << begin_string << '\n', std::exit(2);
    return both;
  }
  fs::path folder_;
  std::map<std::string, dictionaries> read_;
};

// A unit test of QuickFIX/J writes the word where a code belongs.
bool is_known(const std::string& fault) { return fault.starts_with("AllocSettlCurrency(736)=currency:"); }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || *argv[1] == '\0') {
    std::cout << "skipped: TROUPE_CORPUS is not set\n";
    return 0;
  }
  corpus all{argv[2]};
  std::size_t messages = 0, known = 0, refused = 0;
  for (const auto& entry : fs::directory_iterator{argv[1]}) {
    if (entry.path().extension() != ".fix" || entry.path().stem() == "malformed") continue;
    const std::string bytes = bytes_of(entry.path());
    std::size_t line = 0;
    for (std::size_t at = 0; at < bytes.size(); ++line) {
      const auto end = std::min(bytes.find('\n', at), bytes.size());
      const auto fault = end > at ? all.fault(std::string_view{bytes}.substr(at, end - at)) : std::string{};
      messages += end > at;
      known += is_known(fault);
      if (!fault.empty() && !is_known(fault)) std::cout << entry.path().filename().string() << ':' << line + 1 << ": " << fault << '\n', ++refused;
      at = end + 1;
    }
  }
  std::cout << messages << " messages, " << refused << " refused, " << known << " known\n";
  return refused == 0 && known <= 1 && messages > 100 ? 0 : 1;
}
