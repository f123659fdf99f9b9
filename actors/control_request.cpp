#include "actors/control_request.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>

namespace troupe::actors {
namespace {

using json = nlohmann::json;

constexpr std::string_view expected = R"(expected {"ask":"status"}, or {"ask":"logon|logout|reset|disconnect","session":"…"})";

std::optional<operator_command> command_named(const std::string& name) {
  if (name == "logon") return operator_command::logon;
  if (name == "logout") return operator_command::logout;
  if (name == "reset") return operator_command::reset;
  if (name == "disconnect") return operator_command::disconnect;
  return std::nullopt;
}

std::string text_of(const json& request, const char* member) {
  const auto found = request.find(member);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

wrong_request wrong(const std::string& what) { return {what + "; " + std::string{expected}}; }

}  // namespace

control_request read_request(std::string_view line) {
  const auto request = json::parse(line, nullptr, false);
  if (!request.is_object()) return wrong("this is no JSON object");
  const auto ask = text_of(request, "ask");
  if (ask == "status") return status_of_all{};
  const auto what = command_named(ask);
  if (!what) return wrong("nothing is known of \"ask\":\"" + ask + "\"");
  auto session = text_of(request, "session");
  if (session.empty()) return wrong("\"session\" is missing");
  return wanted_command{std::move(session), {*what, text_of(request, "text")}};
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
