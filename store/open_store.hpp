// From settings to a store: the one place that knows all backends.
#pragma once

#include "store/durability.hpp"
#include "store/message_store.hpp"
#include "store/retaining_store.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace troupe::store {

enum class store_kind : unsigned char { memory, sqlite, journal, postgres };

struct store_settings {
  store_kind kind = store_kind::sqlite;
  std::string path{};  // of the file, of a journal its folder; else empty
  store::durability durability = store::durability::process;
  retention keep{};
  // of postgres
  std::string connection{};  // as libpq understands it
  std::string schema = "troupe";
  std::chrono::seconds lease{15};  // after so long without a sign of its owner others may take over
  std::chrono::milliseconds answer{10'000};  // without a byte from the server a connection is given up, and asked for anew
};

// For an operator: its path; of postgres, server and schema, never with a password. Throws store_error if the connection string is none.
[[nodiscard]] std::string name_of(const store_settings& settings);

// Throws store_error, naming the place and what to do.
[[nodiscard]] std::unique_ptr<message_store> open_store(const store_settings& settings);

}  // namespace troupe::store
