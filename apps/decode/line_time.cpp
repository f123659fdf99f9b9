#include "apps/decode/line_time.hpp"

#include "protocol/field_text.hpp"

#include <cstddef>

namespace troupe::decode {
namespace {

using protocol::is_digit;

// `form`: 0 is a digit, the others are themselves.
bool has_form(std::string_view text, std::size_t at, std::string_view form) {
  if (at + form.size() > text.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? !is_digit(text[at + i]) : text[at + i] != form[i]) return false;
  return true;
}

std::size_t date_begin(std::string_view text, std::size_t time) {
  for (const std::string_view form : {"0000-00-00T", "0000-00-00 ", "0000/00/00 ", "00000000-", "00000000 ", "00000000T"})
    if (time >= form.size() && has_form(text, time - form.size(), form)) return time - form.size();
  return time;
}

}  // namespace

std::string_view find_time(std::string_view text) {
  constexpr std::string_view time = "00:00:00";
  for (std::size_t colon = text.rfind(':'); colon != text.npos && colon >= 5; colon = text.rfind(':', colon - 1)) {
    const std::size_t at = colon - 5;
    if (!has_form(text, at, time) || (at > 0 && is_digit(text[at - 1]))) continue;
    std::size_t end = at + time.size();
    if (end + 1 < text.size() && (text[end] == '.' || text[end] == ',') && is_digit(text[end + 1]))
      for (++end; end < text.size() && is_digit(text[end]);) ++end;
    const std::size_t begin = date_begin(text, at);
    return text.substr(begin, end - begin);
  }
  return {};
}

}  // namespace troupe::decode
