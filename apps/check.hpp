// `troupe check FILE`: everything that is wrong with a settings file, without starting anything.
#pragma once

#include "actors/settings.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace troupe::apps {

// One line on the standard error output for each.
void tell(const std::vector<actors::settings_problem>& problems, const std::filesystem::path& file);

// Writes all problems to the standard error output. Empty: one of them is an error.
[[nodiscard]] std::optional<actors::settings> read_or_complain(const std::filesystem::path& file);

[[nodiscard]] int check(const std::filesystem::path& file);

}  // namespace troupe::apps
