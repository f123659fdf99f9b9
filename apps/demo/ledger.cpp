#include "apps/demo/ledger.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace troupe::demo {

namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

// What a kill has left of an entry: nobody was told that it is written.
void cut_torn_line(int file, const std::filesystem::path& path) {
  const auto size = ::lseek(file, 0, SEEK_END);
  auto end = size;
  for (char last = 0; end > 0; --end) {
    if (::pread(file, &last, 1, end - 1) != 1) fail("cannot read the ledger", path);
    if (last == '\n') break;
  }
  if (end != size && ::ftruncate(file, end) != 0) fail("cannot cut the torn last line off the ledger", path);
}

// "17 O000000017 marked" or "17 O000000017 first"
arrival parse(std::string_view line, const std::filesystem::path& path, std::size_t line_number) {
  arrival entry;
  const auto bad = [&] {
    return std::runtime_error(path.string() + ":" + std::to_string(line_number) + ": not a ledger entry: " + std::string{line});
  };
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) throw bad();
  const auto end = line.data() + first;
  if (const auto [at, error] = std::from_chars(line.data(), end, entry.number.value); error != std::errc{} || at != end) throw bad();
  entry.id = line.substr(first + 1, last - first - 1);
  const auto mark = line.substr(last + 1);
  if (mark != "marked" && mark != "first") throw bad();
  entry.is_marked = mark == "marked";
  return entry;
}

}  // namespace

ledger::ledger(std::filesystem::path path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) fail("cannot open the ledger", path_);
  try {
    cut_torn_line(file_, path_);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

ledger::~ledger() { ::close(file_); }

void ledger::write(const arrival& entry) {
  const std::string line = std::to_string(entry.number.value) + ' ' + entry.id + (entry.is_marked ? " marked\n" : " first\n");
  const auto written = ::write(file_, line.data(), line.size());
  if (written < 0) fail("cannot write the ledger", path_);
  if (static_cast<std::size_t>(written) != line.size()) {
    errno = ENOSPC;  // a short write to a file: there was no room for the rest
    fail("cannot write the whole entry to the ledger", path_);
  }
}

std::vector<arrival> ledger::read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<arrival> entries;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (in.eof()) break;  // no newline: torn
    entries.push_back(parse(line, path, number));
  }
  return entries;
}

}  // namespace troupe::demo
