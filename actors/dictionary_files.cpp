#include "actors/dictionary_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> standard{{
    {"FIX.4.0", "FIX40.xml"},
    {"FIX.4.1", "FIX41.xml"},
    {"FIX.4.2", "FIX42.xml"},
    {"FIX.4.3", "FIX43.xml"},
    {"FIX.4.4", "FIX44.xml"},
    {"FIX.5.0", "FIX50.xml"},
    {"FIX.5.0SP1", "FIX50SP1.xml"},
    {"FIX.5.0SP2", "FIX50SP2.xml"},
    {"FIXT.1.1", "FIXT11.xml"},
}};

protocol::compiled_dictionary cannot_read(const std::string& why) { return {nullptr, {{0, "cannot be read: " + why, true}}}; }

}  // namespace

std::optional<std::string> standard_dictionary_name(std::string_view version) {
  const auto* found = std::find_if(standard.begin(), standard.end(), [&](const auto& s) { return s.first == version; });
  return found == standard.end() ? std::nullopt : std::optional{std::string{found->second}};
}

std::vector<fs::path> dictionary_folders() {
  std::vector<fs::path> folders;
  if (const char* named = std::getenv("TROUPE_DICTIONARIES"); named != nullptr && *named != '\0') folders.emplace_back(named);
  std::error_code error;
  const auto binary = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back((binary.parent_path() / "../share/troupe/dictionaries").lexically_normal());
  folders.emplace_back(TROUPE_INSTALLED_DICTIONARIES);
  folders.emplace_back(TROUPE_SOURCE_DICTIONARIES);
  return folders;
}

std::optional<fs::path> find_standard_dictionary(std::string_view version) {
  const auto name = standard_dictionary_name(version);
  if (!name) return std::nullopt;
  for (const auto& folder : dictionary_folders()) {
    std::error_code error;
    if (fs::is_regular_file(folder / *name, error)) return folder / *name;
  }
  return std::nullopt;
}

protocol::compiled_dictionary load_dictionary(const fs::path& file) {
  std::error_code error;
  const auto kind = fs::status(file, error);
  if (!fs::exists(kind)) return cannot_read("no such file");
  if (!fs::is_regular_file(kind)) return cannot_read("it is not a file");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf())) return cannot_read(errno != 0 ? std::strerror(errno) : "it is empty");
  return protocol::read_dictionary(bytes.view());
}

}  // namespace troupe::actors
