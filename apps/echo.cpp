#include "apps/echo.hpp"

#include "protocol/tags.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::apps {
namespace {

using namespace troupe::protocol;

constexpr std::array<std::uint32_t, 10> stamped = {8, 9, 10, 34, 35, 43, 49, 52, 56, 122};

template <std::size_t N>
bool holds(const std::array<std::uint32_t, N>& tags, std::uint32_t tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

void append(std::string& into, std::uint32_t tag, std::string_view value) {
  into += std::to_string(tag);
  into += '=';
  into += value;
  into += '\x01';
}

outgoing_message same_again(const message_view& message) {
  outgoing_message out;
  out.msg_type = message.msg_type();
  std::vector<field_ref> head;
  for (const field_ref& f : message.fields()) {
    if (holds(stamped, f.tag) || is_trailer_tag(f.tag)) continue;
    if (is_header_tag(f.tag))
      head.push_back(f);
    else
      append(out.body, f.tag, message.value(f));
  }
  const bool has_hops = std::any_of(head.begin(), head.end(), [](const field_ref& f) { return f.tag == 627; });
  if (!has_hops) std::stable_sort(head.begin(), head.end(), [](const field_ref& a, const field_ref& b) { return a.tag < b.tag; });
  for (const field_ref& f : head) append(out.header, f.tag, message.value(f));
  return out;
}

}  // namespace

echoed echo::on_message(const message_view& message, bool is_possible_duplicate) {
  const std::string_view type = message.msg_type();
  if (type != "D" && type != "d" && type != "C") return {};
  if (type == "d" && message.begin_string() < "FIX.4.2") return {};
  if (type == "D") {
    const bool is_new = seen_.remember(message.find(11).value_or(""));
    const bool may_be_known = is_possible_duplicate || message.find_bool(tag::PossResend).value_or(false);
    if (may_be_known && !is_new) return {echo_answer::ignored, {}};
  }
  return {echo_answer::sent_back, same_again(message)};
}

}  // namespace troupe::apps
