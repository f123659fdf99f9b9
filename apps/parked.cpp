#include "apps/parked.hpp"

#include "actors/parked_json.hpp"
#include "apps/check.hpp"
#include "apps/control_client.hpp"
#include "apps/exit_codes.hpp"
#include "apps/store_place.hpp"
#include "apps/terminal_text.hpp"
#include "store/store_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <vector>

namespace troupe::apps {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t page_of_store = 100;

cannot refused(const std::string& text) { return {exit_code::refused, text}; }

std::string dumped(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }

json ask_engine(const parked_question& q, const json& request) {
  auto answer = json::parse(ask(q.socket, dumped(request)), nullptr, false);
  if (!answer.is_object()) throw refused("the engine's answer is no JSON object");
  if (!answer.value("done", false)) throw refused(answer.value("text", std::string{"no reason was given"}));
  return answer;
}

struct printer {
  const parked_question& question;
  std::size_t columns = terminal_columns();
  bool has_shown = false;

  void page(const std::string& answer, bool is_first) {
    if (question.is_json) {
      std::cout << answer << '\n';
      return;
    }
    const auto lines = parked_lines(answer, columns);
    has_shown = has_shown || !lines.empty();
    std::cout << (is_first ? lines : lines.substr(std::min(lines.size(), lines.find('\n', lines.find('\n') + 1) + 1)));
  }
  void end() const {
    if (!question.is_json && !has_shown) std::cout << "nothing waits for a logon\n";
  }
};

// `next_page(after)`: one page of one session.
void print_pages(printer& out, const std::function<json(std::uint64_t after)>& next_page) {
  std::uint64_t after = 0;
  for (bool is_first = true;; is_first = false) {
    const auto page = next_page(after);
    out.page(dumped(page), is_first);
    const auto next = page.find("next");
    if (next == page.end() || !next->is_number_unsigned()) return;
    after = next->get<std::uint64_t>();
  }
}

std::vector<std::string> sessions_of_engine(const parked_question& q) {
  if (!q.session.empty()) return {q.session};
  const auto status = ask_engine(q, {{"ask", "status"}});
  std::vector<std::string> names;
  for (const auto& s : status.value("sessions", json::array()))
    if (s.value("parked", 0U) > 0) names.push_back(s.value("session", std::string{}));
  return names;
}

void list_of_engine(const parked_question& q) {
  printer out{q};
  for (const auto& name : sessions_of_engine(q))
    print_pages(out, [&](std::uint64_t after) { return ask_engine(q, {{"ask", "parked"}, {"session", name}, {"after", after}}); });
  out.end();
}

json page_of(store::store_view& view, const store::viewed_session& session, std::uint64_t after) {
  auto page = view.parked(session, after, page_of_store + 1);
  const bool is_last = page.size() <= page_of_store;
  if (!is_last) page.pop_back();
  json answer{{"done", true}};
  answer.update(actors::to_json(session.id, page, is_last, std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now())));
  return answer;
}

std::vector<store::viewed_session> sessions_of_store(store::store_view& view, const std::string& wanted) {
  auto all = view.sessions();
  if (wanted.empty()) return all;
  std::vector<protocol::session_id> known;
  for (const auto& s : all) known.push_back(s.id);
  const auto meant = session_meant(wanted, known);
  std::erase_if(all, [&](const auto& s) { return s.id != meant; });
  return all;
}

int list_of_store(const parked_question& q) {
  const auto settings = read_or_complain(q.file);
  if (!settings) return exit_code::wrong_settings;
  if (settings->store.kind == actors::store_kind::memory) {
    std::cerr << "troupe: its store is in memory, and ended with it\n";
    return exit_code::not_running;
  }
  const auto place = opened_as(settings->store);
  const auto view = store::view_store(place);
  std::cerr << "troupe: so this is what stands in " << printable(store::name_of(place)) << ":\n";
  printer out{q};
  for (const auto& session : sessions_of_store(*view, q.session))
    if (!q.session.empty() || !view->parked(session, 0, 1).empty())
      print_pages(out, [&](std::uint64_t after) { return page_of(*view, session, after); });
  out.end();
  return exit_code::done;
}

std::string padded(std::string text, std::size_t width) { return text + std::string(width - std::min(width, width_of(text)) + 2, ' '); }

std::string line_of(const json& p) {
  const auto age = age_text(std::chrono::milliseconds{p.value("age_ms", std::int64_t{0})});
  return "  " + padded(p.value("token", std::string{}), 20) + padded(p.value("msg_type", std::string{}), 4) + padded(age, 12) +
         padded(std::to_string(p.value("bytes", std::uint64_t{0})), 7) + (p.value("is_damaged", false) ? "DAMAGED " : "") + p.value("message", std::string{});
}

}  // namespace

std::string parked_lines(std::string_view answer, std::size_t columns) {
  const auto page = json::parse(answer, nullptr, false);
  if (!page.is_object() || !page.contains("parked") || !page["parked"].is_array()) return "the answer is no list: " + printable(std::string{answer.substr(0, 200)}) + '\n';
  if (page["parked"].empty()) return {};
  std::string all = cut(printable(page.value("session", std::string{})), columns);
  all += cut("  " + padded("TOKEN", 20) + padded("TYPE", 4) + padded("AGE", 12) + padded("BYTES", 7) + "MESSAGE", columns);
  for (const auto& p : page["parked"])
    if (p.is_object()) all += cut(printable(line_of(p)), columns);
  return all;
}

int list_parked(const parked_question& q) {
  return or_complain([&] {
    try {
      list_of_engine(q);
      return exit_code::done;
    } catch (const no_answer& e) {
      std::cerr << "troupe: " << e.what() << '\n';
    }
    if (!q.file.empty()) return list_of_store(q);
    std::cerr << "troupe: name the settings FILE instead of the socket to read what stands in its store\n";
    return exit_code::not_running;
  });
}

int drop_parked(const parked_question& q, std::optional<std::uint64_t> token) {
  json request{{"ask", "drop-parked"}, {"session", q.session}};
  if (token) request["token"] = std::to_string(*token);
  else request["all"] = true;
  return or_complain([&] {
    try {
      std::cout << q.session << ": " << printable(ask_engine(q, request).value("text", std::string{})) << '\n';
      return exit_code::done;
    } catch (const no_answer& e) {
      std::cerr << "troupe: " << e.what() << "\ntroupe: only a running engine drops what is parked, because its application has to be told; without --drop this lists what is there\n";
      return exit_code::not_running;
    }
  });
}

}  // namespace troupe::apps
