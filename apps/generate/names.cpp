#include "apps/generate/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::generate {
namespace {

// Keywords, also of C++23, and small macros that standard headers of this system define.
constexpr auto kept_by_cpp = std::to_array<std::string_view>(
    {"alignas", "alignof", "and", "and_eq", "asm", "assert", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "char16_t",
    "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr",
    "constinit", "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "errno", "explicit", "export",
    "extern", "false", "final", "float", "for", "friend", "goto", "if", "import", "inline", "int", "linux", "long", "module", "mutable",
    "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "offsetof", "operator", "or", "or_eq", "override", "private", "protected",
    "public", "register", "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "stderr", "stdin", "stdout", "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid",
    "typename", "union", "unix", "unsigned", "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq"});
static_assert(std::ranges::is_sorted(kept_by_cpp));

// Where the standard's capitals do not tell words apart.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> exceptions{{{"IOIid", "ioi_id"}, {"IOIID", "ioi_id"}, {"XMLnonFIX", "xml_non_fix"}}};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// The s of IDs, in front of another word or the end.
bool is_plural(std::string_view name, std::size_t at) {
  const bool ends = at + 1 == name.size() || !is_lower(name[at + 1]);
  return name[at] == 's' && at >= 2 && is_upper(name[at - 1]) && is_upper(name[at - 2]) && ends;
}

bool begins_word(std::string_view name, std::size_t at) {
  if (at == 0 || !is_upper(name[at])) return false;
  if (!is_upper(name[at - 1])) return true;
  return at + 1 < name.size() && is_lower(name[at + 1]) && !is_plural(name, at + 1);
}

// Letters, digits and single '_' only, neither first nor last.
std::string only_words(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool is_part = is_lower(c) || is_digit(c);
    if (is_part) words += c;
    else if (!words.empty() && words.back() != '_') words += '_';
  }
  while (!words.empty() && words.back() == '_') words.pop_back();
  return words;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string made_safe(std::string name, std::string_view prefix) {
  if (name.empty() || is_digit(name[0])) name.insert(0, prefix);
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (std::binary_search(kept_by_cpp.begin(), kept_by_cpp.end(), std::string_view{name})) name += '_';
  return name;
}

}  // namespace

std::string snake_case(std::string_view name) {
  for (const auto& [fix, snake] : exceptions)
    if (fix == name) return std::string{snake};
  std::string words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (begins_word(name, i)) words += '_';
    words += to_lower(name[i]);
  }
  return made_safe(only_words(words), "field_");
}

std::string value_name(std::string_view description, std::string_view value) {
  return made_safe(description.empty() ? "value_" + only_words(lower(value)) : only_words(lower(description)), "value_");
}

std::string name_scope::take(const std::string& wanted, std::string_view suffix, std::string_view second) {
  std::string name = wanted;
  const auto is_free = [&] { return !is_taken(name) && (second.empty() || !is_taken(name + std::string{second})); };
  const std::string longer = wanted + (wanted.ends_with('_') ? "" : "_") + only_words(lower(suffix));
  for (int i = 1; !is_free(); ++i) name = i == 1 && !longer.ends_with('_') ? longer : wanted + "_n" + std::to_string(i);
  reserve(name);
  if (!second.empty()) reserve(name + std::string{second});
  return name;
}

}  // namespace troupe::generate
