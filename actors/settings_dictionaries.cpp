// The dictionaries of a settings file: found, read once each, checked whether a session can go by them.
#include "actors/dictionary_files.hpp"
#include "actors/settings_reader.hpp"
#include "protocol/appl_version.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <map>
#include <span>
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
  dictionary_reader(std::vector<settings_problem>& problems, bool goes_on) : problems_(problems), goes_on_(goes_on) {}

  // Problems say why it has none, if that is so.
  void give(session_settings& session, bool is_everybodys = false) {
    if (!session.use_data_dictionary) return;
    const auto known = problems_.size();
    find_for(session);
    if (session.config.dictionaries.session || !goes_on_) return;
    error(session.at, "the dictionary of this session cannot be used");
    if (!is_everybodys) leave_out(session, std::span{problems_}.subspan(known));
  }

  // Of sessions that the rest can do without: where they are, and what is wrong.
  [[nodiscard]] const std::map<text_position, std::string>& broken() const { return broken_; }

 private:
  void find_for(session_settings& session) {
    const auto& version = session.config.id.begin_string;
    if (version == "FIXT.1.1") return give_versions(session);
    const auto found = get({"DataDictionary", version, "BeginString=" + version, session.data_dictionary, true});
    if (found) session.config.dictionaries = {found, found};
  }

  // What is wanted: which key names it, of which version it must be, who says so.
  struct wanted {
    std::string key;
    std::string version;
    std::string because;
    const dictionary_setting& own;
    bool has_header;  // it is the session's
    std::string without = "Troupe brings one";  // what happens if the key is left out
  };

  // Transport and application are two; each version that a message may be of has its own.
  void give_versions(session_settings& session) {
    const std::string standard{protocol::application_version(session.config.default_appl_ver_id)};
    protocol::dictionaries made;
    made.session = get({"TransportDataDictionary", "FIXT.1.1", "BeginString=FIXT.1.1", session.transport_dictionary, true});
    const auto named = session.application_dictionaries.find(standard);
    const bool is_by_version = session.application_dictionary.file.empty() && named != session.application_dictionaries.end();
    made.application = get({"AppDataDictionary", standard, "DefaultApplVerID=" + standard, is_by_version ? named->second : session.application_dictionary, false});
    made.versions.push_back({session.config.default_appl_ver_id, made.application});
    bool is_whole = made.session && made.application;
    for (const auto& [version, own] : session.application_dictionaries) {
      if (version == standard) continue;
      made.versions.push_back({std::string{protocol::appl_ver_id_of(version)}, get({"AppDataDictionary." + version, version, "the key AppDataDictionary." + version, own, false, "messages of " + version + " are rejected then"})});
      is_whole = is_whole && made.versions.back().application;
    }
    if (!is_whole) return;
    made.gather_data_fields();
    session.config.dictionaries = std::move(made);
  }

  loaded get(const wanted& w) {
    const bool is_own = !w.own.file.empty();
    const auto file = is_own ? std::optional{w.own.file} : find_standard_dictionary(w.version);
    if (!file) {
      error(w.own.at, "the dictionary of " + w.version + " is in none of these folders: " + folders_text() + "; set " + w.key +
                          ", or TROUPE_DICTIONARIES in the environment to the folder that has it, or UseDataDictionary=N");
      return nullptr;
    }
    const auto [known, is_new] = read_.try_emplace(*file);
    if (is_new) known->second = read(*file, w, is_own);
    const auto& found = known->second;
    if (found && found->version() != w.version)
      error(w.own.at, file->string() + " is a dictionary of " + found->version() + ", and the session has " + w.because + "; name a dictionary of " + w.version + ", or leave " +
                          w.key + " out: " + w.without);
    if (!found || found->version() != w.version) return nullptr;
    const auto missing = w.has_header ? missing_in_header(*found) : 0;
    if (missing != 0) error(w.own.at, file->string() + ": its header or trailer does not have the field " + std::to_string(missing) + "; expected a dictionary with the standard header and trailer");
    return missing == 0 ? found : nullptr;
  }

  loaded read(const std::filesystem::path& file, const wanted& w, bool is_own) {
    const text_position at = w.own.at;
    auto compiled = load_dictionary(file);
    for (const auto& p : compiled.problems) add(p.is_fatal ? severity::error : severity::warning, at, to_string(protocol::dictionary_problem{p.line, p.text, true}, file.string()));
    if (!compiled.made) {
      if (is_own && compiled.problems.size() == 1 && compiled.problems.front().line == 0)
        problems_.back().text += "; correct the path, or leave " + w.key + " out: " + w.without;
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

  void leave_out(const session_settings& session, std::span<settings_problem> its) {
    for (auto& p : its) p.is_of_one_session = p.severity == severity::error;
    const auto first = std::find_if(its.begin(), its.end(), [](const auto& p) { return p.is_of_one_session; });
    broken_.try_emplace(session.at, "line " + std::to_string(first->at.line) + ": " + first->text);
  }

  void error(text_position at, std::string text) { add(severity::error, at, std::move(text)); }
  void add(severity how, text_position at, std::string text) {
    problems_.push_back({how, at, std::move(text)});
  }

  std::vector<settings_problem>& problems_;
  bool goes_on_;
  std::map<text_position, std::string> broken_;
  std::map<std::filesystem::path, loaded> read_;
};

}  // namespace

void load_dictionaries(settings_result& result) {
  if (!result.value) return;
  auto& all = *result.value;
  dictionary_reader reader{result.problems, all.continues_on_error};
  for (auto& session : all.sessions) reader.give(session);
  for (auto& t : all.templates)
    for (auto& variant : t.variants)
      if (t.left_out.empty()) reader.give(variant, all.accepts_anybody && &t == &all.templates.back());
  if (auto nothing = leave_out(all, reader.broken())) result.problems.push_back(std::move(*nothing));
  if (has_error_of_all(result.problems)) result.value.reset();
}

}  // namespace troupe::actors
