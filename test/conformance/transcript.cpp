#include "test/conformance/transcript.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace troupe::test {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string w; in >> w;) words.push_back(w);
  return words;
}

std::size_t version_called(const std::string& name) {
  const auto found = std::ranges::find(fix_versions, name, &fix_version::name);
  if (found == fix_versions.end()) throw transcript_error{"no version and no role: " + name};
  return static_cast<std::size_t>(found - fix_versions.begin());
}

// "4.2", "4.2+" and later, "-4.1" and earlier, "FIXT".
void add_versions(applicability& to, const std::string& word) {
  std::size_t begin = 0, end = fix_versions.size();
  if (word == "FIXT") begin = version_called("5.0");
  else if (word.back() == '+') begin = version_called(word.substr(0, word.size() - 1));
  else if (word.front() == '-') end = version_called(word.substr(1)) + 1;
  else begin = version_called(word), end = begin + 1;
  std::fill(to.versions.begin() + static_cast<std::ptrdiff_t>(begin), to.versions.begin() + static_cast<std::ptrdiff_t>(end), true);
}

applicability applicability_of(const std::string& text) {
  applicability result;
  bool has_role = false, has_version = false;
  for (const auto& word : words_of(text)) {
    if (word == "all" || word == "both") continue;
    if (word == "acceptor" || word == "initiator") {
      if (!std::exchange(has_role, true)) result.acceptor = result.initiator = false;
      (word == "acceptor" ? result.acceptor : result.initiator) = true;
    } else {
      if (!std::exchange(has_version, true)) result.versions.assign(fix_versions.size(), false);
      add_versions(result, word);
    }
  }
  return result;
}

void take_header(transcript& t, const std::string& key, const std::string& value) {
  if (key == "versions" || key == "role") {
    const auto said = applicability_of(value);
    if (key == "versions") t.where.versions = said.versions;
    else t.where.acceptor = said.acceptor, t.where.initiator = said.initiator;
  } else if (key == "set") {
    t.settings.push_back(value);
  } else if (key == "hooks") {
    t.hooks = words_of(value);
  } else if (key == "numbers") {
    std::istringstream{value} >> t.next_sender >> t.next_target;
  } else if (key != "scenario" && key != "rule" && key != "says") {
    throw transcript_error{"unknown heading " + key};
  }
}

step step_of(std::string text, std::size_t line) {
  step s{line, {}, {}};
  if (text.front() == '[') {
    const auto end = text.find(']');
    if (end == text.npos) throw transcript_error{"] is missing"};
    s.where = applicability_of(text.substr(1, end - 1));
    text.erase(0, text.find_first_not_of(' ', end + 1));
  }
  s.text = std::move(text);
  return s;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  return begin == text.npos ? std::string{} : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

transcript read_transcript(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) throw transcript_error{file.string() + ": cannot be read"};
  transcript t;
  t.name = file.stem().string();
  bool is_header = true;
  std::size_t number = 0;
  try {
    for (std::string line; std::getline(in, line);) {
      ++number;
      line = trimmed(line);
      if (line.empty()) is_header = is_header && number == 1;
      if (line.empty() || line.front() == '#') continue;
      if (!is_header) {
        t.steps.push_back(step_of(line, number));
        continue;
      }
      const auto colon = line.find(':');
      if (colon == line.npos) throw transcript_error{"expected a heading, or an empty line behind the last one"};
      take_header(t, line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
    if (t.steps.empty()) throw transcript_error{"no steps"};
  } catch (const transcript_error& e) {
    throw transcript_error{file.filename().string() + ":" + std::to_string(number) + ": " + e.what()};
  }
  return t;
}

}  // namespace troupe::test
