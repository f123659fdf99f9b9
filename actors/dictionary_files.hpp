// Dictionaries on disk: those that come with Troupe, found without configuration, and a counterparty's own.
//
// Searched in this order: the folder that the environment variable TROUPE_DICTIONARIES names; share/troupe/dictionaries beside the
// folder of the running binary (/usr/bin/troupe: /usr/share/troupe/dictionaries); where this build would install them; the source
// tree of this build. Blocking; for start-up, any thread.
#pragma once

#include "protocol/dictionary.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

// "FIX.4.4" -> "FIX44.xml", "FIX.5.0SP2" -> "FIX50SP2.xml", "FIXT.1.1" -> "FIXT11.xml"; nullopt if Troupe has no such version.
[[nodiscard]] std::optional<std::string> standard_dictionary_name(std::string_view version);

// Folders in the order of the search, whether they exist or not.
[[nodiscard]] std::vector<std::filesystem::path> dictionary_folders();

// The file of a standard version; nullopt if no folder has it.
[[nodiscard]] std::optional<std::filesystem::path> find_standard_dictionary(std::string_view version);

// Reads and compiles one file. A file that cannot be read is a problem like others (line 0).
[[nodiscard]] protocol::compiled_dictionary load_dictionary(const std::filesystem::path& file);

}  // namespace troupe::actors
