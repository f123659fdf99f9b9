// A transcript: one scenario of the session layer as a text file, test and document at once. test/scenarios/transcripts/README.md
// says how it is written.
#pragma once

#include "protocol/session_config.hpp"
#include "test/conformance/version.hpp"

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

// Where and what: "2c_too_low.txt:14: …".
struct transcript_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// "[4.0 4.1 acceptor]": where a step belongs. Without versions all, without roles both.
struct applicability {
  std::vector<bool> versions = std::vector<bool>(fix_versions.size(), true);
  bool acceptor = true;
  bool initiator = true;

  [[nodiscard]] bool covers(std::size_t version, protocol::role role) const {
    return versions[version] && (role == protocol::role::acceptor ? acceptor : initiator);
  }
};

struct step {
  std::size_t line = 0;
  applicability where;
  std::string text;
};

struct transcript {
  std::string name;  // of the file, without .txt
  std::size_t line = 1;
  applicability where;
  std::vector<std::string> settings;  // "Key=Value", of a settings file
  std::vector<std::string> hooks;     // "authenticate", "prepare_logon", "may_resend"
  std::uint64_t next_sender = 1, next_target = 1;
  std::vector<step> steps;
};

// Throws transcript_error.
[[nodiscard]] transcript read_transcript(const std::filesystem::path& file);

}  // namespace troupe::test
