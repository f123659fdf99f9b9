#include "apps/generate/output.hpp"

#include <cerrno>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>

namespace troupe::generate {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Beside its place first, so that a compiler never sees half of it.
void write_whole(const fs::path& file, const std::string& text) {
  const fs::path beside = file.string() + ".new";
  errno = 0;
  std::ofstream out{beside, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out) throw std::system_error{errno, std::generic_category(), "cannot write " + beside.string()};
  fs::rename(beside, file);
}

bool is_ours(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string line;
  return file.extension() == ".hpp" && std::getline(in, line) && line.starts_with(banner);
}

}  // namespace

output_counts put_files(const fs::path& folder, const std::vector<generated_file>& files) {
  output_counts counts;
  std::set<fs::path> kept, folders;
  for (const auto& f : files) {
    const fs::path file = folder / f.path;
    fs::create_directories(file.parent_path());
    kept.insert(file);
    folders.insert(file.parent_path());
    if (fs::is_directory(file.parent_path() / "groups")) folders.insert(file.parent_path() / "groups");  // of a dictionary that had some
    if (fs::exists(file) && content_of(file) == f.text) ++counts.unchanged;
    else write_whole(file, f.text), ++counts.written;
  }
  for (const auto& each : folders)
    for (const auto& found : fs::directory_iterator{each})
      if (found.is_regular_file() && !kept.contains(found.path()) && is_ours(found.path())) counts.removed += fs::remove(found.path()) ? 1 : 0;
  return counts;
}

}  // namespace troupe::generate
