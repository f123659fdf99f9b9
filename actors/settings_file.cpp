#include "actors/settings_file.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::string_view white = " \t\r\v\f";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A part of a line that remembers its column.
struct piece {
  std::string_view text;
  std::uint32_t column = 1;

  [[nodiscard]] piece from(std::size_t offset) const { return {text.substr(offset), column + static_cast<std::uint32_t>(offset)}; }
  [[nodiscard]] piece until(std::size_t offset) const { return {text.substr(0, offset), column}; }
};

piece strip(piece p) {
  const auto first = p.text.find_first_not_of(white);
  if (first == std::string_view::npos) return p.until(0);
  return p.from(first).until(p.text.find_last_not_of(white) - first + 1);
}

bool is_unreadable(char c) { return static_cast<unsigned char>(c) < 0x20 && white.find(c) == std::string_view::npos; }

class cutter {
 public:
  explicit cutter(settings_file& into) : file_(into) {}

  void line(std::string_view text) {
    ++line_;
    const piece p = strip({text});
    if (p.text.empty() || p.text.front() == '#') return;
    if (const auto bad = std::find_if(p.text.begin(), p.text.end(), is_unreadable); bad != p.text.end())
      return problem(p.column + static_cast<std::uint32_t>(bad - p.text.begin()),
                     "a control character; expected text (is this a settings file?)");
    if (p.text.front() == '[') return section(p);
    key_value(p);
  }

 private:
  void section(piece p) {
    if (p.text.back() != ']') return skip(p, "a section without its ']'; expected [DEFAULT] or [SESSION]");
    const std::string_view name = strip(p.from(1).until(p.text.size() - 2)).text;
    if (equal_ignoring_case(name, "DEFAULT"))
      open(section_kind::defaults, p);
    else if (equal_ignoring_case(name, "SESSION"))
      open(section_kind::session, p);
    else
      skip(p, "section [" + std::string{name} + "] is not known; expected [DEFAULT] or [SESSION]");
  }

  // What is below it is nobody's, and not of the section in front.
  void skip(piece p, std::string why) {
    problem(p.column, std::move(why));
    file_.sections.push_back({section_kind::unknown, {line_, p.column}, {}});
    is_skipping_ = true;
  }

  void open(section_kind kind, piece p) {
    is_skipping_ = false;
    const auto is_default = [](const settings_section& s) { return s.kind == section_kind::defaults; };
    const auto other = std::find_if(file_.sections.begin(), file_.sections.end(), is_default);
    if (kind == section_kind::defaults && other != file_.sections.end())
      problem(p.column, "a second [DEFAULT], the first is in line " + std::to_string(other->at.line) + "; expected one: put the keys together");
    file_.sections.push_back({kind, {line_, p.column}, {}});
  }

  void key_value(piece p) {
    const auto equals = p.text.find('=');
    if (equals == std::string_view::npos)
      return problem(p.column, "'" + std::string{p.text.substr(0, 60)} + "' is neither a section nor key=value; a comment starts with '#'");
    const piece key = strip(p.until(equals));
    if (key.text.empty()) return problem(p.column, "a value without a key; expected key=value");
    if (is_skipping_) return;  // its section was reported
    if (file_.sections.empty())
      return problem(key.column, "'" + std::string{key.text} + "' stands in front of the first section; put it below [DEFAULT] or [SESSION]");
    add(key, strip(p.from(equals + 1)));
  }

  void add(piece key, piece value) {
    auto& entries = file_.sections.back().entries;
    const auto is_same = [&](const settings_entry& e) { return equal_ignoring_case(e.key, key.text); };
    if (const auto earlier = std::find_if(entries.begin(), entries.end(), is_same); earlier != entries.end())
      problem(key.column, std::string{key.text} + " is given twice in this section, first in line " + std::to_string(earlier->key_at.line) +
                              "; the last one counts, remove the other",
              severity::warning);
    entries.push_back({std::string{key.text}, std::string{value.text}, {line_, key.column}, {line_, value.column}});
  }

  void problem(std::uint32_t column, std::string text, severity severity = severity::error) {
    file_.problems.push_back({severity, {line_, column}, std::move(text)});
  }

  settings_file& file_;
  std::uint32_t line_ = 0;
  bool is_skipping_ = false;
};

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

settings_file cut_settings(std::string_view text) {
  settings_file file;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    file.problems.push_back({severity::error, {1, 1}, "the file is UTF-16; expected plain text or UTF-8: save it again as UTF-8"});
    return file;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  cutter cut{file};
  while (!text.empty()) {
    const auto end = text.find('\n');
    cut.line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return file;
}

}  // namespace troupe::actors
