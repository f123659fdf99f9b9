#include "actors/control_request.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe::actors {
namespace {

using json = nlohmann::json;

constexpr std::size_t longest_text = 200;
constexpr std::uint64_t longest_stop = 3600;
constexpr std::string_view expected = R"(expected {"ask":"status"}, {"ask":"stop"}, or {"ask":"logon|logout|reset|disconnect|parked|drop-parked","session":"…"})";

std::optional<operator_command> command_named(const std::string& name) {
  if (name == "logon") return operator_command::logon;
  if (name == "logout") return operator_command::logout;
  if (name == "reset") return operator_command::reset;
  if (name == "disconnect") return operator_command::disconnect;
  if (name == "drop-parked") return operator_command::drop_parked;
  return std::nullopt;
}

std::string text_of(const json& request, const char* member) {
  const auto found = request.find(member);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// It may become a Text(58): no SOH that would end the field, nothing that a line of a log could break at.
bool is_plain(const std::string& text) {
  return text.size() <= longest_text && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

wrong_request wrong(const std::string& what) { return {what + "; " + std::string{expected}}; }

control_request read_stop(const json& request, steady_time stop_within) {
  const auto within = request.find("within_seconds");
  if (within == request.end()) return stop{stop_within};
  if (!within->is_number_unsigned() || within->get<std::uint64_t>() > longest_stop)
    return wrong_request{"\"within_seconds\":" + within->dump() + "; expected a whole number from 0 to " + std::to_string(longest_stop)};
  return stop{std::chrono::seconds{within->get<std::int64_t>()}};
}

// As a number, or as a text of digits, for readers of JSON that round large numbers.
std::optional<std::uint64_t> number_in(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto text = value.get<std::string>();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

control_request read_drop(const json& request, std::string session) {
  const auto all = request.find("all");
  const auto token = request.find("token");
  if (all != request.end() && *all == true && token == request.end()) return wanted_command{std::move(session), {operator_command::drop_parked, {}, {}}};
  const auto which = token == request.end() || all != request.end() ? std::nullopt : number_in(*token);
  if (!which || *which == 0) return wrong_request{"which are to be dropped? expected \"token\":\"N\", with the number of one that is parked, or \"all\":true"};
  return wanted_command{std::move(session), {operator_command::drop_parked, {}, submit_token{*which}}};
}

control_request read_list(const json& request, std::string session) {
  const auto after = request.find("after");
  const auto place = after == request.end() ? std::optional<std::uint64_t>{0} : number_in(*after);
  if (!place) return wrong_request{"\"after\":" + after->dump().substr(0, longest_text) + "; expected the \"next\" of the page before"};
  return wanted_parked{std::move(session), {*place}};
}

}  // namespace

control_request read_request(std::string_view line, steady_time stop_within) {
  const auto request = json::parse(line, nullptr, false);
  if (!request.is_object()) return wrong("this is no JSON object");
  const auto ask = text_of(request, "ask");
  if (ask == "status") return status_of_all{};
  if (ask == "stop") return read_stop(request, stop_within);
  const auto what = command_named(ask);
  const bool is_list = ask == "parked";
  if (!what && !is_list) return wrong("nothing is known of \"ask\":\"" + ask.substr(0, longest_text) + "\"");
  auto session = text_of(request, "session");
  if (session.empty()) return wrong("\"session\" is missing");
  if (is_list) return read_list(request, std::move(session));
  if (*what == operator_command::drop_parked) return read_drop(request, std::move(session));
  auto text = text_of(request, "text");
  if (!is_plain(text)) return wrong_request{"\"text\" is expected to have at most " + std::to_string(longest_text) + " bytes and no control characters"};
  return wanted_command{std::move(session), {*what, std::move(text)}};
}

std::variant<wrong_request, session_id> find_session(const std::string& wanted, const std::vector<session_id>& known) {
  std::vector<session_id> named;
  std::string all;
  for (const auto& id : known) {
    if (to_string(id) == wanted) return id;
    if (id.target_comp_id == wanted) named.push_back(id);
    all += (all.empty() ? "" : ", ") + to_string(id);
  }
  if (named.size() == 1) return named.front();
  return wrong_request{(named.empty() ? "no session is called " : "more than one session is called ") + wanted + "; there are: " + all};
}

std::string answer_line(bool is_done, const std::string& text) {
  return json{{"done", is_done}, {"text", text}}.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace troupe::actors
