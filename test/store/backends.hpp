// Every backend as the contract test sees it: a store that can be closed and opened again.
#pragma once

#include "store/journal_store.hpp"
#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"
#include "test/support/temp_folder.hpp"

#include <memory>

namespace troupe::test {

struct memory_backend {
  static constexpr bool is_persistent = false;
  static constexpr std::uint64_t many = 1'000'000;
  store::memory_store store_;
  store::message_store& store() { return store_; }
  void reopen() {}
};

// `SettledEvery`: records behind which what only they say is written into the other tables.
template <store::durability Durability, unsigned SettledEvery = 8192>
struct sqlite_backend_of {
  static constexpr bool is_persistent = true;
  static constexpr std::uint64_t many = 1'000'000;
  temp_folder folder;
  std::unique_ptr<store::sqlite_store> store_ = open();
  std::unique_ptr<store::sqlite_store> open() { return std::make_unique<store::sqlite_store>(path(), store::sqlite_options{.durability = Durability, .settled_every = SettledEvery, .settled_rows_a_session = 0}); }
  std::string path() { return folder.file("store.db"); }
  store::message_store& store() { return *store_; }
  void reopen() {
    store_.reset();
    store_ = open();
  }
};

using sqlite_backend = sqlite_backend_of<store::durability::process>;
using settling_sqlite_backend = sqlite_backend_of<store::durability::process, 3>;
using sqlite_power_backend = sqlite_backend_of<store::durability::power>;

// Segments that hold a handful of messages: whatever a test does, it does across several.
template <store::durability Durability, unsigned SegmentSize>
struct journal_backend_of {
  static constexpr bool is_persistent = true;
  static constexpr std::uint64_t many = SegmentSize > 4096 ? 1'000'000 : 50'000;
  temp_folder folder;
  std::unique_ptr<store::journal_store> store_ = open();
  std::unique_ptr<store::journal_store> open() {
    return std::make_unique<store::journal_store>(folder.file("journal"), store::journal_options{.durability = Durability, .segment_size = SegmentSize});
  }
  store::message_store& store() { return *store_; }
  void reopen() {
    store_.reset();
    store_ = open();
  }
};
using journal_backend = journal_backend_of<store::durability::process, 1 << 20>;
using small_journal_backend = journal_backend_of<store::durability::process, 4096>;
using journal_power_backend = journal_backend_of<store::durability::power, 1 << 20>;

}  // namespace troupe::test
