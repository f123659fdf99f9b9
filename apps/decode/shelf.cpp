#include "apps/decode/shelf.hpp"

#include "actors/dictionary_files.hpp"
#include "apps/decode/frame_reader.hpp"
#include "apps/decode/printable.hpp"
#include "protocol/appl_version.hpp"
#include "protocol/tags.hpp"

#include <iostream>
#include <utility>

namespace troupe::decode {
namespace {

constexpr std::size_t most_pairs = 10'000;  // of parties, and of versions, that are remembered

// The latest where nothing better is known: it has nearly all that the others have.
std::string version_of(std::string_view appl_ver_id) {
  const auto known = protocol::application_version(appl_ver_id);
  return std::string{known.empty() ? protocol::application_versions.back() : known};
}

void tell_problems(const protocol::compiled_dictionary& compiled, const std::string& file) {
  for (const auto& p : compiled.problems) std::cerr << to_string(p, file) << '\n';
}

}  // namespace

bool shelf::add(const std::filesystem::path& file) {
  const auto compiled = actors::load_dictionary(file);
  tell_problems(compiled, file.string());
  if (!compiled.made) return false;
  read_[compiled.made->version()] = compiled.made;
  return true;
}

shelf::loaded shelf::get(const std::string& version) {
  if (const auto it = read_.find(version); it != read_.end()) return it->second;
  loaded made;
  if (const auto file = actors::find_standard_dictionary(version)) {
    const auto compiled = actors::load_dictionary(*file);
    tell_problems(compiled, file->string());
    made = compiled.made;
  }
  if (read_.size() < most_pairs) read_[version] = made;
  return made;
}

std::string shelf::application_version(const frame_reader& message) {
  std::pair<std::string, std::string> key{message.find(protocol::tag::SenderCompID), message.find(protocol::tag::TargetCompID)};
  if (key.second < key.first) std::swap(key.first, key.second);
  if (message.find(protocol::tag::MsgType) == "A") {
    if (const auto id = message.find(1137); !id.empty()) {
      if (defaults_.size() >= most_pairs) defaults_.clear();
      defaults_[key] = version_of(id);
    }
  }
  if (const auto id = message.find(1128); !id.empty()) return version_of(id);
  const auto known = defaults_.find(key);
  return known == defaults_.end() ? version_of({}) : known->second;
}

const protocol::dictionaries& shelf::of(const frame_reader& message) {
  const auto begin_string = message.find(protocol::tag::BeginString);
  if (last_ != nullptr && begin_string == last_version_) return *last_;
  const std::string version{begin_string};
  const bool is_transport = version.starts_with("FIXT");
  const std::string application = is_transport ? application_version(message) : version;
  if (pairs_.size() >= most_pairs) pairs_.clear();
  const auto [it, is_new] = pairs_.try_emplace({version, application});
  if (is_new) {
    it->second.session = get(version);
    it->second.application = is_transport ? get(application) : it->second.session;
    const bool is_lacking = !it->second.session || !it->second.application;
    if (is_lacking) {
      std::string text = "troupe: no dictionary of ";
      append_printable(text, it->second.session ? application : version);
      std::cerr << text << ": its messages are shown without names and not checked; name one by --dictionary\n";
      it->second = {};
    }
  }
  last_ = is_transport ? nullptr : &it->second;
  last_version_ = version;
  return it->second;
}

std::optional<std::uint32_t> shelf::find_tag(std::string_view name) {
  for (const auto& [version, own] : read_)
    if (const auto* field = own ? own->find_field(name) : nullptr) return field->tag;
  for (const auto* version : {"FIX.5.0SP2", "FIXT.1.1", "FIX.4.4", "FIX.4.2", "FIX.4.0"}) {
    const auto found = get(version);
    if (const auto* field = found ? found->find_field(name) : nullptr) return field->tag;
  }
  return std::nullopt;
}

}  // namespace troupe::decode
