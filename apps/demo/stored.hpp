// Reads what a side has stored as sent, while its engine has the file open.
#pragma once

#include "apps/demo/audit.hpp"

#include <string>

namespace troupe::demo {

// Application messages of the first session in the file, ascending. Throws store::store_error.
[[nodiscard]] std::vector<stored_message> read_sent(const std::string& store_file);

}  // namespace troupe::demo
