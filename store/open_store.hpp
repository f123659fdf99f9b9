// From settings to a store: the one place that knows all backends.
#pragma once

#include "store/durability.hpp"
#include "store/message_store.hpp"
#include "store/retaining_store.hpp"

#include <memory>
#include <string>

namespace troupe::store {

enum class store_kind : unsigned char { memory, sqlite, journal };

struct store_settings {
  store_kind kind = store_kind::sqlite;
  std::string path;  // of the file, of a journal its folder; empty for memory
  store::durability durability = store::durability::process;
  retention keep{};
};

// Throws store_error, naming the path and what to do.
[[nodiscard]] std::unique_ptr<message_store> open_store(const store_settings& settings);

}  // namespace troupe::store
