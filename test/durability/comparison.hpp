// Holds what both sides have stored against what both applications have written and what came over the wire.
//
// Pure but for reading its files, which are those of a party (party.hpp).
#pragma once

#include "test/durability/records.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace troupe::durability {

struct evidence {
  stored_side stored;
  stored_side stored_before;            // when that was last looked at
  std::vector<demo::arrival> handled;   // its application's ledger
  std::vector<demo::arrival> accepted;  // what its application was told is accepted, by token
  std::vector<demo::arrival> received;  // every message that came over the wire, by content, before anybody looked at it
};
// Throws std::runtime_error if something cannot be read. What is not there yet is empty, but for what is stored.
[[nodiscard]] evidence read_evidence(const std::filesystem::path& folder, const std::string& party);

// What is wrong on the way from `sender` to `receiver`, if all that is under way has arrived.
[[nodiscard]] demo::verdict settled(const evidence& sender, const evidence& receiver);

// What is wrong with a party that was killed a moment ago, before it goes on: something was in its store, has left it or was promised by it
// and is not in its store, or its store says that something is handled which is not. Messages under way are not lost.
[[nodiscard]] demo::verdict killed(const evidence& dead, const evidence& peer);

// Every order is answered in the venue's store, once. One that is not handled yet is not answered: both are one commit.
[[nodiscard]] demo::verdict answers(const evidence& venue);

}  // namespace troupe::durability
