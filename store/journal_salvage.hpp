// Makes a journal one that its engine opens again, and finds in it what can be told (journal_survey.hpp).
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_view.hpp"
#include "store/repair.hpp"

#include <string>

namespace troupe::store::journal {

// The sessions first, in a segment of their own behind all others, with the numbers of the plan; then headers; then what is set aside. Killed
// in between, it is a journal that its engine does not open, and of which the next plan knows the rest. Throws file_failure, store_error.
void salvage(file_layer& files, const std::string& folder, const repair_plan& plan, const journal_view& view);

// What the sessions are behind that, for whoever compares.
[[nodiscard]] repair_plan after_salvage(const repair_plan& plan);

}  // namespace troupe::store::journal
