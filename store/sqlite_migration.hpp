// From formats 1 and 2 of a store in SQLite to the present one.
#pragma once

#include "store/sqlite_handle.hpp"

namespace troupe::store {

// In one transaction; does nothing to a file of another format, or of another program. Throws sqlite_error, and then the file is as it was.
void migrate(sqlite_connection& connection);

}  // namespace troupe::store
