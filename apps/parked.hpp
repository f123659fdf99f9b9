// `troupe parked`: what waits for a logon (SubmitsWhileDown=park), of a running engine, or in the store of one that does not run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::apps {

struct parked_question {
  std::filesystem::path file;    // settings; empty: then there must be an engine
  std::filesystem::path socket;
  std::string session;           // in full, or its TargetCompID; empty: every one that has something
  bool is_json = false;
};

// Lists it, a page at a time.
[[nodiscard]] int list_parked(const parked_question& q);

// Has a running engine give it up; no token: all of it.
[[nodiscard]] int drop_parked(const parked_question& q, std::optional<std::uint64_t> token);

// A page of the answer as lines no wider than `columns`.
[[nodiscard]] std::string parked_lines(std::string_view json, std::size_t columns);

}  // namespace troupe::apps
