// Puts generated headers into a folder.
#pragma once

#include "apps/generate/writer.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace troupe::generate {

struct output_counts {
  std::size_t written = 0;
  std::size_t unchanged = 0;  // not touched, so that nothing is compiled again for them
  std::size_t removed = 0;    // made by an earlier run, of a message or group that is no more
};

// Removes only files that begin with the banner. Throws std::filesystem::filesystem_error or std::system_error, which name the
// file.
output_counts put_files(const std::filesystem::path& folder, const std::vector<generated_file>& files);

}  // namespace troupe::generate
