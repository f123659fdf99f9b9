// What an operator can do about an error of a store: the second half of its message.
#pragma once

#include <string>

namespace troupe::store {

// Behind an error of SQLite (a primary result code) about this file. Empty: nothing is known that would help.
[[nodiscard]] std::string advice_for(int sqlite_code, const std::string& path);

// Behind an errno of opening or locking it.
[[nodiscard]] std::string advice_for_errno(int error);

}  // namespace troupe::store
