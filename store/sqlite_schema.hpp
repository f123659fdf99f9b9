// The layout of a Troupe store in SQLite: what stands in the file, and how to tell it from other files. docs/store.md.
#pragma once

#include "store/sqlite_handle.hpp"

#include <string>

namespace troupe::store {

inline constexpr std::int64_t sqlite_application_id = 0x54525045;  // "TRPE"; `file` and `PRAGMA application_id` show it
inline constexpr std::int64_t sqlite_user_version = 2;
inline constexpr std::int64_t sqlite_version_without_parked = 1;  // nor is_cancel_owed

// Creates the tables in an empty file; otherwise makes sure that the file is a Troupe store of a version we know. One of an older
// version becomes one of ours, in one transaction: programs of that version refuse it from then on.
// Throws store_error that says what the file is instead.
void prepare_schema(sqlite_connection& connection, const std::string& path);
// Only looks: for readers. What version it is of: ours, or an older one that its owner has not opened since, and which holds less.
[[nodiscard]] std::int64_t readable_version(sqlite_connection& connection, const std::string& path);

}  // namespace troupe::store
