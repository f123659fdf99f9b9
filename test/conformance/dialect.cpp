#include "test/conformance/dialect.hpp"

#include "test/conformance/transcript.hpp"
#include "test/support/fix_text.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::test {
namespace {

constexpr std::string_view order_time = "20260302-12:00:00";

std::string order_body(std::string_view id, const fix_version& version) {
  const bool has_time = !version.is_before_4_2();
  return "11=" + std::string{id} + "|21=1|38=100|40=1|54=1|55=INTC|" + (has_time ? "60=" + std::string{order_time} + "|" : "");
}

std::string with_orders(std::string text, const fix_version& version) {
  constexpr std::string_view begin = "{order ";
  for (std::size_t at; (at = text.find(begin)) != text.npos;) {
    const auto end = text.find('}', at);
    if (end == text.npos) throw transcript_error{"} is missing"};
    const auto id = text.substr(at + begin.size(), end - at - begin.size());
    text.replace(at, end - at + 1, order_body(id, version));
  }
  return text;
}

// "@", "@-30s", "@+1s"
std::string time_at(const std::string& value, const fix_version& version, protocol::utc_time now) {
  const auto seconds = value.size() == 1 ? 0 : std::stol(value.substr(1));
  return utc_in(version, now + std::chrono::seconds{seconds});
}

void add_behind_number(written_fields& fields, const written_fields& added) {
  std::size_t at = 0;
  while (at < fields.size() && (fields[at].first == "8" || fields[at].first == "9" || fields[at].first == "35" || fields[at].first == "34")) ++at;
  for (const auto& f : added)
    if (!find(fields, f.first)) fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(at++), f);
}

std::string value_or(const written_fields& fields, std::string_view tag, std::string other) {
  const auto* found = find(fields, tag);
  return found ? *found : other;
}

void drop(written_fields& fields, std::initializer_list<std::string_view> tags) {
  std::erase_if(fields, [&](const auto& f) { return std::ranges::find(tags, f.first) != tags.end(); });
}

void replace(written_fields& fields, std::string_view tag, std::string value) {
  for (auto& f : fields)
    if (f.first == tag) f.second = value;
}

// Behind what a session says itself, and in front of what settings and hooks add.
void add_version(written_fields& logon, const fix_version& version) {
  const auto added = std::ranges::find_if(logon, [](const auto& f) { return f.first == "553"; });
  logon.insert(added, {"1137", std::string{version.appl_ver_id}});
}

void as_old_reject(written_fields& fields, bool is_business) {
  const auto about = find(fields, "371");
  auto text = is_business ? "Unsupported message type" : value_or(fields, "58", "");
  if (about) text += " (" + *about + ")";
  replace(fields, "35", "3");
  replace(fields, "58", text);
  drop(fields, {"371", "372", "373", "380"});
}

}  // namespace

std::string utc_in(const fix_version& version, protocol::utc_time t) {
  std::string text;
  protocol::append_utc(text, t, version.is_before_4_2() ? protocol::utc_precision::seconds : protocol::utc_precision::milliseconds);
  return text;
}

const std::string* find(const written_fields& fields, std::string_view tag) {
  const auto found = std::ranges::find(fields, tag, &written_field::first);
  return found == fields.end() ? nullptr : &found->second;
}

std::string text_of(const written_fields& fields) {
  std::string text;
  for (const auto& [tag, value] : fields) text += tag + "=" + value + "|";
  return text;
}

written_fields fields_of(std::string_view text, const fix_version& version, protocol::utc_time now) {
  const auto whole = with_orders(std::string{text}, version);
  if (whole.empty() || whole.back() != '|') throw transcript_error{"a message ends with |: " + whole};
  written_fields fields;
  for (std::size_t at = 0; at < whole.size();) {
    const auto end = whole.find('|', at);
    const auto field = whole.substr(at, end - at);
    const auto equals = std::min(field.find('='), field.size());
    const auto value = equals == field.size() ? std::string{} : field.substr(equals + 1);
    fields.emplace_back(field.substr(0, equals), value.starts_with('@') ? time_at(value, version, now) : value);
    at = end + 1;
  }
  return fields;
}

std::string frame_of_peer(written_fields fields, const fix_version& version, protocol::utc_time now) {
  const auto begin_string = value_or(fields, "8", std::string{version.begin_string});
  const auto length = value_or(fields, "9", "");
  const auto check_sum = value_or(fields, "10", "");
  drop(fields, {"8", "9", "10"});
  add_behind_number(fields, {{"49", "THEM"}, {"52", utc_in(version, now)}, {"56", "US"}});
  if (version.is_fixt() && value_or(fields, "35", "") == "A" && !find(fields, "1137")) fields.emplace_back("1137", version.appl_ver_id);
  std::erase_if(fields, [](const auto& f) { return f.second == "-"; });
  const auto body = text_of(fields);
  const auto frame = "8=" + begin_string + "|9=" + (length.empty() ? std::to_string(body.size()) : length) + "|" + body;
  return check_sum.empty() ? with_check_sum(frame) : soh(frame + "10=" + check_sum + "|");
}

written_fields as_expected(written_fields fields, const fix_version& version) {
  const auto type = value_or(fields, "35", "");
  if (type == "A" && version.is_fixt() && !find(fields, "1137")) add_version(fields, version);
  if (type == "2" && version.is_before_4_2() && value_or(fields, "16", "") == "0") replace(fields, "16", "999999");
  const bool is_reject = type == "3" || type == "j";
  if (is_reject && version.is_before_4_2()) as_old_reject(fields, type == "j");
  // SessionRejectReason(373) ends with 11 in FIX 4.2.
  if (type == "3" && version.begin_string == "FIX.4.2" && value_or(fields, "373", "").size() == 2 && value_or(fields, "373", "") > "11") drop(fields, {"373"});
  return fields;
}

}  // namespace troupe::test
