#include "apps/status.hpp"

#include "apps/check.hpp"
#include "apps/control_client.hpp"
#include "apps/exit_codes.hpp"
#include "apps/terminal_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <vector>

namespace troupe::apps {
namespace {

using json = nlohmann::ordered_json;
using row = std::vector<std::string>;

constexpr unsigned longest_stop = 3600;
constexpr std::chrono::seconds to_write_and_end{10};  // behind the answer; the logs take at most 5

std::string text(const json& j, const char* member) {
  const auto found = j.find(member);
  if (found == j.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// Why it is as it is, and when that changes by itself.
std::string note_of(const json& s) {
  std::string note = text(s, "reason");
  const auto retry = s.find("retry_in_ms");
  if (retry == s.end() || !retry->is_number_integer()) return note;
  return (note.empty() ? "" : note + "; ") + "next try in " + std::to_string((retry->get<long long>() + 999) / 1000) + " s";
}

// What waits for a logon; empty: nothing.
std::string note_of_parked(const json& s) {
  const auto parked = s.find("parked");
  if (parked == s.end() || !parked->is_number_unsigned() || *parked == 0) return {};
  const auto count = parked->get<std::uint64_t>();
  const auto oldest = s.find("parked_oldest_ms");
  return std::to_string(count) + (count == 1 ? " submit waits" : " submits wait") + " for a logon: " + text(s, "parked_bytes") + " bytes" +
         (oldest != s.end() && oldest->is_number_integer() ? ", the oldest for " + age_text(std::chrono::milliseconds{oldest->get<std::int64_t>()}) : "");
}

struct column {
  const char* title;
  const char* member;
  unsigned dispensable;  // the greatest goes first if a line is too long; 0 stays
};
constexpr std::array columns_of_status = {
    column{"SESSION", "session", 0},   column{"ROLE", "role", 5},        column{"SUPERVISION", "supervision", 0}, column{"STATE", "state", 0},
    column{"NEXT OUT", "next_sender", 0}, column{"NEXT IN", "next_target", 0}, column{"OUT", "messages_out", 3},  column{"IN", "messages_in", 2},
    column{"RESTARTS", "restarts", 4}, column{"PEER", "peer", 1},
};

// Cells of one column, as wide as the widest.
struct cells {
  unsigned dispensable = 0;
  std::size_t width = 0;
  row values;
};

cells cells_of(const column& c, const json& sessions) {
  cells made{c.dispensable, 0, {c.title}};
  for (const auto& s : sessions) made.values.push_back(printable(text(s, c.member)));
  for (const auto& v : made.values) made.width = std::max(made.width, width_of(v));
  return made;
}

void leave_out_what_does_not_fit(std::vector<cells>& table, std::size_t columns) {
  const auto total = [&] {
    std::size_t sum = 0;
    for (const auto& c : table) sum += c.width + 2;
    return sum - 2;
  };
  const auto less = [](const cells& a, const cells& b) { return a.dispensable < b.dispensable; };
  while (total() > columns) {
    const auto first_to_go = std::max_element(table.begin(), table.end(), less);
    if (first_to_go->dispensable == 0) return;
    table.erase(first_to_go);
  }
}

std::string line_of(const std::vector<cells>& table, std::size_t number, std::size_t columns) {
  std::string line;
  for (const auto& c : table) line += c.values[number] + std::string(c.width - width_of(c.values[number]) + 2, ' ');
  return cut(std::move(line), columns);
}

// Each session, and below it why it is as it is.
std::string print(const json& sessions, std::size_t columns) {
  std::vector<cells> table;
  for (const auto& c : columns_of_status) table.push_back(cells_of(c, sessions));
  leave_out_what_does_not_fit(table, columns);
  std::string all = line_of(table, 0, columns);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    all += line_of(table, i + 1, columns);
    for (const auto& note : {note_of(sessions[i]), note_of_parked(sessions[i])})
      if (!note.empty()) all += cut("  " + printable(note), columns);
  }
  return all;
}

std::string what_needs_somebody(const json& status, std::size_t columns) {
  std::string all;
  for (const auto& problem : status.value("problems", json::array()))
    if (problem.is_string()) all += cut("problem: " + printable(problem.get<std::string>()), columns);
  for (const auto& s : status["sessions"])
    if (text(s, "supervision") == "NeedsOperator")
      all += cut("NEEDS THE OPERATOR: " + printable(text(s, "session")) + ": remove the cause, then `troupe logon`", columns);
  return all;
}

template <class F>
std::string or_complain(F ask_it) {
  try {
    return ask_it();
  } catch (const no_answer& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return {};
  }
}

std::string request_of(const std::string& what, const std::string& session, const std::string& text) {
  return json{{"ask", what}, {"session", session}, {"text", text}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_done(const std::string& answer) {
  const auto result = json::parse(answer, nullptr, false);
  return result.is_object() && result.value("done", false);
}

int tell_result(const std::string& whose, const std::string& answer) {
  const auto result = json::parse(answer, nullptr, false);
  (is_done(answer) ? std::cout : std::cerr) << whose << printable(result.is_object() ? text(result, "text") : answer) << '\n';
  return is_done(answer) ? exit_code::done : exit_code::refused;
}

}  // namespace

std::filesystem::path control_socket_of(const std::filesystem::path& file, const std::filesystem::path& socket) {
  if (!socket.empty()) return socket;
  const auto settings = read_or_complain(file);
  return settings ? settings->control_socket : std::filesystem::path{};
}

std::string status_table(std::string_view answer, std::size_t columns) {
  const auto status = json::parse(answer, nullptr, false);
  const bool is_status = status.is_object() && status.contains("sessions") && status["sessions"].is_array();
  if (!is_status) return "the engine's answer is no status: " + printable(std::string{answer.substr(0, 200)}) + '\n';
  return print(status["sessions"], columns) + what_needs_somebody(status, columns);
}

std::string summary(const actors::stopped& end) {
  std::string text = end.cut == 0 ? "" : std::to_string(end.cut) + " sessions were cut: they did not log out in time\n";
  for (const auto& s : end.sessions)
    text += to_string(s.id) + ": next MsgSeqNum out " + std::to_string(s.session.next_sender.value) + ", in " +
            std::to_string(s.session.handled_target.value) + "; " + std::to_string(s.messages_out) + " messages out, " +
            std::to_string(s.messages_in) + " in, " + std::to_string(s.connects) + " connections, " + std::to_string(s.restarts) + " restarts\n";
  return text;
}

int status(const std::filesystem::path& socket, bool is_json) {
  const auto answer = or_complain([&] { return ask(socket, json{{"ask", "status"}}.dump()); });
  if (answer.empty()) return exit_code::not_running;
  std::cout << (is_json ? answer + '\n' : status_table(answer, terminal_columns()));
  return exit_code::done;
}

int command(const std::filesystem::path& socket, const std::string& what, const std::string& session, const std::string& text) {
  const auto answer = or_complain([&] { return ask(socket, request_of(what, session, text)); });
  if (answer.empty()) return exit_code::not_running;
  return tell_result(session + ": ", answer);
}

int stop(const std::filesystem::path& socket, std::optional<unsigned> within_seconds) {
  json request{{"ask", "stop"}};
  if (within_seconds) request["within_seconds"] = *within_seconds;
  const auto patience = std::chrono::seconds{within_seconds.value_or(longest_stop) + 30};
  try {
    return tell_result("", ask_until_gone(socket, request.dump(), patience, to_write_and_end, is_done));
  } catch (const not_gone& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return exit_code::refused;
  } catch (const no_answer& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return exit_code::not_running;
  }
}

}  // namespace troupe::apps
