// The layout of a Troupe store in PostgreSQL: a schema of its own with tables, and views for people. docs/store.md.
#pragma once

#include "store/postgres_handle.hpp"

#include <string>
#include <vector>

namespace troupe::store {

inline constexpr std::uint64_t postgres_format = 1;

// As an identifier in SQL.
[[nodiscard]] std::string quoted(const std::string& name);

// Creates the tables where there are none; otherwise makes sure that they are ours, of the version we know. `schema`: plain.
// Throws store_error that says what is there instead, or postgres_error.
void prepare_schema(postgres_connection& connection, const std::string& schema);
// Only looks.
[[nodiscard]] bool has_tables(postgres_connection& connection, const std::string& schema);
// A key of a table, or an index: what makes it, if it is not there. `schema`: plain.
[[nodiscard]] std::vector<std::string> missing_keys(postgres_connection& connection, const std::string& schema);
void require_format(postgres_connection& connection, const std::string& schema);
// All that is stored, but for the lease, into a schema that is made for it, in one transaction. Both plain.
void copy_schema(postgres_connection& connection, const std::string& from, const std::string& to);
[[nodiscard]] bool has_schema(postgres_connection& connection, const std::string& schema);

}  // namespace troupe::store
