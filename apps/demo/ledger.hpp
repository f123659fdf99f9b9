// An application's own record of what it did, kept apart from the engine's stores so that the two can be compared.
//
// A line an entry, written with one write(2) before the application says `handled`, so that it survives a kill -9 of the
// process. One that a kill tears (the kernel gives up a write between two pages) does not count, and is cut off by the next
// process that opens it. Nothing in it comes from the engine's memory of what it delivered earlier.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

// A message that arrived: who it was (ClOrdID(11) or ExecID(17)) and under which number.
struct arrival {
  protocol::seq_num number{};
  std::string id;
  bool is_marked = false;  // as a possible duplicate

  bool operator==(const arrival&) const = default;
};

class ledger {
 public:
  // Appends to `path`, which is created; a torn last line is cut off. Throws std::system_error naming the file.
  explicit ledger(std::filesystem::path path);
  ~ledger();
  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;

  // Throws std::system_error if the entry could not be written as a whole: the message must then not count as handled.
  void write(const arrival& entry);

  // All whole lines of a ledger, in order. A torn last line is what a kill leaves behind and is passed over; anything else
  // that is no entry throws std::runtime_error with file and line.
  [[nodiscard]] static std::vector<arrival> read(const std::filesystem::path& path);

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace troupe::demo
