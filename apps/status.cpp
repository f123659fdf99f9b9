#include "apps/status.hpp"

#include "apps/check.hpp"
#include "apps/control_client.hpp"
#include "apps/exit_codes.hpp"

#include <nlohmann/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <vector>

namespace troupe::apps {
namespace {

using json = nlohmann::ordered_json;
using row = std::vector<std::string>;

std::size_t terminal_columns() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 1000;
  return size.ws_col;
}

std::string text(const json& j, const char* member) {
  const auto found = j.find(member);
  if (found == j.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// Why it is as it is, and when that changes by itself.
std::string note_of(const json& s) {
  std::string note = text(s, "reason");
  const auto retry = s.find("retry_in_ms");
  if (retry == s.end() || retry->is_null()) return note;
  return (note.empty() ? "" : note + "; ") + "next try in " + std::to_string((retry->get<long long>() + 999) / 1000) + " s";
}

row row_of(const json& s) {
  return {text(s, "session"), text(s, "role"), text(s, "supervision"), text(s, "state"), text(s, "next_sender"), text(s, "next_target"),
          text(s, "messages_out"), text(s, "messages_in"), text(s, "restarts"), text(s, "peer"), note_of(s)};
}

std::string cut(std::string line, std::size_t columns) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > columns) line = line.substr(0, columns > 0 ? columns - 1 : 0) + "…";
  return line + '\n';
}

std::string print(const std::vector<row>& rows, std::size_t columns) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& r : rows)
    for (std::size_t i = 0; i < r.size(); ++i) widths[i] = std::max(widths[i], r[i].size());
  std::string all;
  for (const auto& r : rows) {
    std::string line;
    for (std::size_t i = 0; i < r.size(); ++i) line += r[i] + std::string(widths[i] - r[i].size() + 2, ' ');
    all += cut(std::move(line), columns);
  }
  return all;
}

std::string ask_or_complain(const std::filesystem::path& socket, const json& request) {
  try {
    return ask(socket, request.dump());
  } catch (const no_answer& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return {};
  }
}

}  // namespace

std::filesystem::path control_socket_of(const std::filesystem::path& file, const std::filesystem::path& socket) {
  if (!socket.empty()) return socket;
  const auto settings = read_or_complain(file);
  return settings ? settings->control_socket : std::filesystem::path{};
}

std::string status_table(std::string_view answer, std::size_t columns) {
  const auto status = json::parse(answer, nullptr, false);
  if (!status.is_object() || !status.contains("sessions")) return "the engine's answer is no status: " + std::string{answer} + '\n';
  std::vector<row> rows{{"SESSION", "ROLE", "SUPERVISION", "STATE", "NEXT OUT", "NEXT IN", "OUT", "IN", "RESTARTS", "PEER", "NOTE"}};
  for (const auto& s : status["sessions"]) rows.push_back(row_of(s));
  std::string table = print(rows, columns);
  for (const auto& problem : status["problems"]) table += cut("problem: " + problem.get<std::string>(), columns);
  return table;
}

int status(const std::filesystem::path& socket, bool is_json) {
  const auto answer = ask_or_complain(socket, {{"ask", "status"}});
  if (answer.empty()) return exit_code::not_running;
  std::cout << (is_json ? answer + '\n' : status_table(answer, terminal_columns()));
  return exit_code::done;
}

int command(const std::filesystem::path& socket, const std::string& what, const std::string& session, const std::string& text) {
  const auto answer = ask_or_complain(socket, {{"ask", what}, {"session", session}, {"text", text}});
  if (answer.empty()) return exit_code::not_running;
  const auto result = json::parse(answer, nullptr, false);
  const bool is_done = result.is_object() && result.value("done", false);
  (is_done ? std::cout : std::cerr) << session << ": " << (result.is_object() ? result.value("text", answer) : answer) << '\n';
  return is_done ? exit_code::done : exit_code::refused;
}

}  // namespace troupe::apps
