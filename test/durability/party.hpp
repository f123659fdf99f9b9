// One side of the durability proof: an engine with a store on the disk, in a process that is killed and started again.
//
// It obeys lines of its standard input and answers each with a line:
//
//   start             the engine comes up                                                  -> up
//   arm POINT N       it dies at the N-th passage of a fault point from now on             -> armed
//   flow              buyer: orders go out, so many at a time that some are always under way  -> flowing
//   progress          buyer: answered when an order submitted after this has its report    -> progress
//   settle            buyer: no more orders; answered when every order has its report      -> settled
//   dump              writes PARTY.stored                                                  -> dumped
//   stop              logs out, and ends                                                   -> stopped
//
// Before the first of them it opens its store, writes PARTY.stored as the killed process left it, and says `opened`. What fails is said in
// a line `failed: why`, and ends it. In its folder it leaves PARTY.ledger, PARTY.wire, PARTY.outcomes and its event log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace troupe::durability {

struct party_options {
  std::string name;  // "buyer" (initiator) or "venue" (acceptor)
  std::filesystem::path folder;
  std::uint16_t port = 0;
  std::string store;       // "sqlite" or "journal"
  std::string durability;  // "process" or "power"
  std::uint64_t life = 0;  // how often it was started: orders of different lives have different names
  std::string sabotage;    // "none", or one of those below
};

// "skip-commit"    its store soon says "stored" without storing
// "repeat-number"  its store, opened again, gives the last number once more
// "early-handled"  its application says `handled` before it writes and answers
// "unmarked"       its application takes every message for a first one
// "deaf"           it never reaches a fault point
//
// Returns the exit code.
[[nodiscard]] int run_party(const party_options& options);

}  // namespace troupe::durability
