// The layout of a Troupe store in SQLite: what stands in the file, and how to tell it from other files. docs/store.md.
#pragma once

#include "store/sqlite_handle.hpp"

#include <string>

namespace troupe::store {

inline constexpr std::int64_t sqlite_application_id = 0x54525045;  // "TRPE"; `file` and `PRAGMA application_id` show it
inline constexpr std::int64_t sqlite_user_version = 3;

// Creates the tables in an empty file; otherwise makes sure that the file is a Troupe store of a version we know. One of an older
// version becomes one of ours, in one transaction: programs of that version refuse it from then on.
// Throws store_error that says what the file is instead.
void prepare_schema(sqlite_connection& connection, const std::string& path);
// Only looks: for readers. Throws store_error: it is no store, or of a version that its owner has to bring up to date first.
void require_readable(sqlite_connection& connection, const std::string& path);

// Makes all blocks of places again, from the rows, within a transaction of the caller. Rows that do not fit their checksum have a place where their neighbours leave
// room for it.
void remake_places(sqlite_connection& connection);
void set_settled(sqlite_connection& connection, std::uint64_t through);
void set_version(sqlite_connection& connection);

}  // namespace troupe::store
