// The dictionaries of a settings file: found, read once each, checked whether a session can go by them.
#include "actors/dictionary_files.hpp"
#include "actors/settings.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace troupe::actors {
namespace {

using protocol::dictionary;
using loaded = std::shared_ptr<const dictionary>;

std::string folders_text() {
  std::string text;
  for (const auto& folder : dictionary_folders()) text += (text.empty() ? "" : ", ") + folder.string();
  return text;
}

class dictionary_reader {
 public:
  explicit dictionary_reader(settings_result& result) : problems_(result.problems) {}

  void give(session_settings& session) {
    const auto& version = session.config.id.begin_string;
    const bool is_own = !session.data_dictionary.empty();
    const auto file = is_own ? std::optional{session.data_dictionary} : find_standard_dictionary(version);
    if (!file)
      return error(session.at, "the dictionary of " + version + " is in none of these folders: " + folders_text() +
                                   "; set DataDictionary, or TROUPE_DICTIONARIES in the environment to the folder that has it, or UseDataDictionary=N");
    const auto [known, is_new] = read_.try_emplace(*file);
    if (is_new) known->second = read(*file, session.data_dictionary_at, is_own);
    const auto& found = known->second;
    if (!found) return;
    if (found->version() != version)
      return error(session.data_dictionary_at, file->string() + " is a dictionary of " + found->version() + ", and the session has BeginString=" + version +
                                                   "; name a dictionary of " + version + ", or leave DataDictionary out: Troupe brings one");
    session.config.dictionaries = {found, found};
  }

  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  loaded read(const std::filesystem::path& file, text_position at, bool is_own) {
    auto compiled = load_dictionary(file);
    for (const auto& p : compiled.problems) add(p.is_fatal ? severity::error : severity::warning, at, to_string(protocol::dictionary_problem{p.line, p.text, true}, file.string()));
    if (!compiled.made) {
      if (is_own && compiled.problems.size() == 1 && compiled.problems.front().line == 0)
        problems_.back().text += "; correct the path, or leave DataDictionary out: Troupe brings a dictionary for each version";
      return nullptr;
    }
    if (const auto missing = missing_in_header(*compiled.made); missing != 0) {
      error(at, file.string() + ": its header or trailer does not have the field " + std::to_string(missing) + "; expected a dictionary with the standard header and trailer");
      return nullptr;
    }
    return compiled.made;
  }

  // What a session cannot do without; 0: nothing.
  static std::uint32_t missing_in_header(const dictionary& d) {
    using namespace protocol;
    for (const auto tag : {tag::BeginString, tag::BodyLength, tag::MsgType, tag::SenderCompID, tag::TargetCompID, tag::MsgSeqNum, tag::SendingTime, tag::PossDupFlag})
      if (d.header().find(tag) == dictionary_scope::none) return tag;
    return d.trailer().find(tag::CheckSum) == dictionary_scope::none ? tag::CheckSum : 0;
  }

  void error(text_position at, std::string text) { add(severity::error, at, std::move(text)); }
  void add(severity how, text_position at, std::string text) {
    has_failed_ = has_failed_ || how == severity::error;
    problems_.push_back({how, at, std::move(text)});
  }

  std::vector<settings_problem>& problems_;
  std::map<std::filesystem::path, loaded> read_;
  bool has_failed_ = false;
};

}  // namespace

void load_dictionaries(settings_result& result) {
  if (!result.value) return;
  dictionary_reader reader{result};
  for (auto& session : result.value->sessions)
    if (session.use_data_dictionary) reader.give(session);
  if (reader.has_failed()) result.value.reset();
}

}  // namespace troupe::actors
