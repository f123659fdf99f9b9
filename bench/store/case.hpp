// Something that keeps messages, as the store bench sees it: appended to in order, and read back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::bench {

// What a run is made of.
struct workload {
  std::string folder;          // empty, on the disk that is measured
  std::uint64_t messages = 0;
  std::string frame;           // each of them
  std::uint64_t batch = 1;     // messages with one commit, for each session
  std::uint64_t sessions = 1;  // that commit together
};

class keeper {
 public:
  virtual ~keeper() = default;
  // The next `batch` messages of every session, from this number on, durable when it returns.
  virtual void append(std::uint64_t number) = 0;
  // Numbers of the first session, as a replay asks for them. The bytes that were read.
  virtual std::uint64_t read(std::uint64_t begin, std::uint64_t end) = 0;
  // As another process finds it.
  virtual void reopen() = 0;
};

using make_keeper = std::function<std::unique_ptr<keeper>(const workload&)>;

// By name. Ours; what they are held against.
[[nodiscard]] std::map<std::string, make_keeper> our_stores();
[[nodiscard]] std::map<std::string, make_keeper> other_ways();

}  // namespace troupe::bench
