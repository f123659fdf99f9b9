// The dictionaries that messages are read with: the user's own before those that come with Troupe, each read once, when it is needed.
#pragma once

#include "protocol/validate.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::decode {

class frame_reader;

class shelf {
 public:
  // A file of the user's, which holds for its version. Every problem is told on the standard error output; false: it cannot be used.
  [[nodiscard]] bool add(const std::filesystem::path& file);

  // Those of this message: by BeginString(8); with FIXT by ApplVerID(1128), else by DefaultApplVerID(1137) of the last Logon between the two,
  // else FIX.5.0SP2. Empty if the version is unknown, of which is told once.
  [[nodiscard]] const protocol::dictionaries& of(const frame_reader& message);

  // The tag of a field's name in any of the versions; nullopt if there is none.
  [[nodiscard]] std::optional<std::uint32_t> find_tag(std::string_view name);

 private:
  using loaded = std::shared_ptr<const protocol::dictionary>;
  [[nodiscard]] loaded get(const std::string& version);
  [[nodiscard]] std::string application_version(const frame_reader& message);

  std::map<std::string, loaded, std::less<>> read_;
  std::map<std::pair<std::string, std::string>, protocol::dictionaries> pairs_;
  std::map<std::pair<std::string, std::string>, std::string> defaults_;  // DefaultApplVerID of the two parties, in either order
  const protocol::dictionaries* last_ = nullptr;  // of last_version_, if it is no FIXT
  std::string last_version_;
};

}  // namespace troupe::decode
