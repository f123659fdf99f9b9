#include "actors/parked_json.hpp"

#include "actors/log_text.hpp"
#include "protocol/mask.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t longest_shown = 1000;

// No frame yet: it has neither a number nor a checksum. What is no text becomes \xNN.
std::string shown(const protocol::outgoing_message& m) {
  std::string masked;
  protocol::garbled_masker{}.append(masked, "35=" + m.msg_type + '\x01' + m.header + m.body);
  std::replace(masked.begin(), masked.end(), '\x01', '|');
  std::string text;
  append_in_line(text, std::string_view{masked}.substr(0, longest_shown));
  return masked.size() > longest_shown ? text + "…" : text;
}

nlohmann::ordered_json to_json(const protocol::parked_submit& p, utc_time now) {
  nlohmann::ordered_json j;
  std::string since;
  append_time(since, p.since);
  j["place"] = p.place;
  j["token"] = std::to_string(p.token.value);  // more digits than many readers of JSON keep of a number
  j["msg_type"] = p.message.msg_type;
  j["since"] = since;
  j["age_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now - p.since).count();
  j["bytes"] = size_of(p.message);
  j["is_damaged"] = p.is_damaged;
  j["message"] = shown(p.message);
  return j;
}

}  // namespace

nlohmann::ordered_json to_json(const session_id& of, std::span<const protocol::parked_submit> page, bool is_last, utc_time now) {
  nlohmann::ordered_json j;
  j["session"] = to_string(of);
  j["parked"] = nlohmann::ordered_json::array();
  for (const auto& p : page) j["parked"].push_back(to_json(p, now));
  if (is_last || page.empty()) j["next"] = nullptr;
  else j["next"] = page.back().place;
  return j;
}

}  // namespace troupe::actors
