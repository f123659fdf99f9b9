// What SQLite does not see when a store is opened: a page that was damaged so that rows fell out of it, the newest among them.
#pragma once

#include "store/sqlite_pages.hpp"

#include <string>

namespace troupe::store {

// Looks at the pages that lead to the newest rows of `record`, and at those of `session`; a few are read, and the write-ahead log.
// Throws store_error if one of them does not account for all its bytes, or is not where it says.
void require_whole_end(const sqlite_pages& pages, const std::string& path);

}  // namespace troupe::store
