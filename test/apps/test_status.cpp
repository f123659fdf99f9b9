// What live commands ask and show, without an engine.
#include "actors/control_request.hpp"
#include "actors/status_json.hpp"
#include "actors/parked_json.hpp"
#include "apps/parked.hpp"
#include "apps/status.hpp"
#include "apps/terminal_text.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

engine_status two_sessions() {
  group_status up;
  up.id = {"FIX.4.2", "US", "THEM", ""};
  up.group = group_state::Running;
  up.session.state = protocol::session_state::Active;
  up.session.next_sender = seq_num{12};
  up.session.expected_target = seq_num{7};
  up.peer = "127.0.0.1:4711";
  group_status waiting;
  waiting.id = {"FIX.4.4", "US", "OTHER", ""};
  waiting.group = group_state::Backoff;
  waiting.reason = "Connection refused";
  waiting.retry_at = 12500ms;
  return {{up, waiting}, {{9876, {}}}, {"store s is given up: broken"}};
}

std::string wrong_text(const control_request& r) {
  const auto* w = std::get_if<wrong_request>(&r);
  return w ? w->text : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_commands)

BOOST_AUTO_TEST_CASE(requests_are_read) {
  BOOST_TEST(std::holds_alternative<status_of_all>(read_request(R"({"ask":"status"})")));
  const auto r = read_request(R"({"ask":"logout","session":"THEM","text":"bye"})");
  const auto* c = std::get_if<wanted_command>(&r);
  BOOST_TEST_REQUIRE(c);
  BOOST_TEST(c->session == "THEM");
  BOOST_TEST((c->what.what == operator_command::logout));
  BOOST_TEST(c->what.text == "bye");
}

BOOST_AUTO_TEST_CASE(wrong_requests_are_told_what_was_expected) {
  for (const char* line : {"", "garbage", "[]", "{}", R"({"ask":7})", R"({"ask":"fail","session":"THEM"})", R"({"ask":"logon"})", "{\"ask\":\"\xff\"}"}) {
    const auto text = wrong_text(read_request(line));
    BOOST_TEST(text.find("expected {\"ask\":\"status\"}") != std::string::npos, line << " -> " << text);
  }
}

BOOST_AUTO_TEST_CASE(a_session_is_found_by_name_or_by_a_target_that_is_its_own) {
  const std::vector<session_id> known{{"FIX.4.2", "US", "A", ""}, {"FIX.4.4", "US", "B", ""}, {"FIX.4.2", "US", "B", ""}};
  BOOST_TEST((std::get<session_id>(find_session("A", known)) == known[0]));
  BOOST_TEST((std::get<session_id>(find_session("FIX.4.4:US->B", known)) == known[1]));
  BOOST_TEST(std::get<wrong_request>(find_session("B", known)).text.find("more than one") != std::string::npos);
  BOOST_TEST(std::get<wrong_request>(find_session("C", known)).text.find("FIX.4.2:US->A") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stop_says_how_long) {
  const auto within = [](const control_request& r) { return std::get<stop>(r).within; };
  BOOST_TEST((within(read_request(R"({"ask":"stop"})", 7s)) == 7s));
  BOOST_TEST((within(read_request(R"({"ask":"stop","within_seconds":0})", 7s)) == 0s));
  for (const char* wrong : {"-1", "3601", "1.5", "\"9\"", "null"})
    BOOST_TEST(wrong_text(read_request(std::string{R"({"ask":"stop","within_seconds":)"} + wrong + "}")).find("expected a whole number from 0 to 3600") !=
               std::string::npos, wrong);
}

BOOST_AUTO_TEST_CASE(a_text_cannot_end_its_field) {
  BOOST_TEST(wrong_text(read_request(R"({"ask":"logout","session":"THEM","text":"bye\u000110=000"})")).find("no control characters") != std::string::npos);
  BOOST_TEST(wrong_text(read_request(R"({"ask":"logout","session":"THEM","text":")" + std::string(201, 'x') + "\"}")).find("at most 200") != std::string::npos);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) lines.push_back(text.substr(begin, end - begin));
  BOOST_TEST(begin == text.size());
  return lines;
}
std::size_t characters(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

BOOST_AUTO_TEST_CASE(status_is_a_table_with_reasons_below) {
  const auto lines = lines_of(apps::status_table(to_json(two_sessions(), 10s).dump(), 1000));
  BOOST_TEST_REQUIRE(lines.size() == 5U);
  BOOST_TEST(lines[0] == "SESSION            ROLE       SUPERVISION  STATE         NEXT OUT  NEXT IN  OUT  IN  RESTARTS  PEER");
  BOOST_TEST(lines[1] == "FIX.4.2:US->THEM   initiator  Running      Active        12        7        0    0   0         127.0.0.1:4711");
  BOOST_TEST(lines[2] == "FIX.4.4:US->OTHER  initiator  Backoff      Disconnected  0         0        0    0   0");
  BOOST_TEST(lines[3] == "  Connection refused; next try in 3 s");
  BOOST_TEST(lines[4] == "problem: store s is given up: broken");
}

BOOST_AUTO_TEST_CASE(a_table_fits_and_keeps_what_matters) {
  const auto answer = to_json(two_sessions(), 10s).dump();
  const auto at_80 = lines_of(apps::status_table(answer, 80));
  BOOST_TEST(at_80[0] == "SESSION            SUPERVISION  STATE         NEXT OUT  NEXT IN  PEER");
  BOOST_TEST(at_80[1].find("127.0.0.1:4711") != std::string::npos);
  for (std::size_t columns = 1; columns < 140; ++columns)
    for (const auto& line : lines_of(apps::status_table(answer, columns))) BOOST_TEST(characters(line) <= columns);
  BOOST_TEST(lines_of(apps::status_table(answer, 10))[1] == "FIX.4.2:U…");
}

BOOST_AUTO_TEST_CASE(whoever_needs_the_operator_is_named_last) {
  auto status = two_sessions();
  status.sessions[1].group = group_state::NeedsOperator;
  status.sessions[1].reason = "5 failures in 60 s";
  const auto lines = lines_of(apps::status_table(to_json(status, 10s).dump(), 80));
  BOOST_TEST(lines.back() == "NEEDS THE OPERATOR: FIX.4.4:US->OTHER: remove the cause, then `troupe logon`");
}

BOOST_AUTO_TEST_CASE(a_peers_text_cannot_write_on_the_terminal) {
  auto status = two_sessions();
  status.sessions[0].reason = "bye\x1b[2J\r\nFIX.4.2:US->FAKE";
  status.problems = {"a\x07\nb"};
  const auto table = apps::status_table(to_json(status, 10s).dump(), 1000);
  for (const char c : table) BOOST_TEST((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
  BOOST_TEST(lines_of(table).size() == 6U);
}

BOOST_AUTO_TEST_CASE(what_is_no_status_is_said_to_be_none) {
  for (const char* answer : {"nonsense", "{}", "[]", R"({"sessions":7})"}) BOOST_TEST(apps::status_table(answer, 80).find("is no status: ") != std::string::npos);
  BOOST_TEST(apps::status_table(R"({"sessions":[7,{"retry_in_ms":"soon"}],"problems":[1]})", 80).find("SESSION") == 0U);
}

BOOST_AUTO_TEST_CASE(the_last_word_has_the_numbers_to_go_on_with) {
  auto one = two_sessions().sessions[0];
  one.session.handled_target = seq_num{7};
  one.messages_out = 11;
  one.messages_in = 6;
  one.connects = 1;
  BOOST_TEST(apps::summary({0, {one}}) == "FIX.4.2:US->THEM: next MsgSeqNum out 12, in 7; 11 messages out, 6 in, 1 connections, 0 restarts\n");
  BOOST_TEST(apps::summary({2, {}}) == "2 sessions were cut: they did not log out in time\n");
}

BOOST_AUTO_TEST_CASE(status_is_json_with_stable_members) {
  const auto j = to_json(two_sessions(), 10s);
  BOOST_TEST(j["sessions"][0]["next_sender"] == 12);
  BOOST_TEST(j["sessions"][0]["next_target"] == 7);
  BOOST_TEST(j["sessions"][0]["retry_in_ms"].is_null());
  BOOST_TEST(j["sessions"][1]["retry_in_ms"] == 2500);
  BOOST_TEST(j["ports"][0] == 9876);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_logon_stands_below_its_session) {
  auto status = two_sessions();
  status.sessions[1].session.parked = 3;
  status.sessions[1].session.parked_bytes = 1532;
  status.sessions[1].session.oldest_parked = 2h + 5min + 9s;
  const auto json = to_json(status, 10s);
  BOOST_TEST(json["sessions"][1]["parked"] == 3);
  BOOST_TEST(json["sessions"][1]["parked_bytes"] == 1532);
  BOOST_TEST(json["sessions"][1]["parked_oldest_ms"] == 7'509'000);
  BOOST_TEST(json["sessions"][0]["parked_oldest_ms"].is_null());
  const auto lines = lines_of(apps::status_table(json.dump(), 1000));
  BOOST_TEST_REQUIRE(lines.size() == 6U);
  BOOST_TEST(lines[3] == "  Connection refused; next try in 3 s");
  BOOST_TEST(lines[4] == "  3 submits wait for a logon: 1532 bytes, the oldest for 2 h 5 min");
}

BOOST_AUTO_TEST_CASE(an_age_has_its_two_greatest_units) {
  BOOST_TEST(apps::age_text(-5s) == "0 s");
  BOOST_TEST(apps::age_text(59'999ms) == "59 s");
  BOOST_TEST(apps::age_text(60s) == "1 min");
  BOOST_TEST(apps::age_text(61s) == "1 min 1 s");
  BOOST_TEST(apps::age_text(1h + 59s) == "1 h");
  BOOST_TEST(apps::age_text(75h) == "3 d 3 h");
}

BOOST_AUTO_TEST_CASE(parked_submits_are_a_table_that_fits) {
  const protocol::utc_time now{std::chrono::hours{500'000}};
  std::vector<protocol::parked_submit> page{{4, submit_token{11}, now - 125s, {"D", "50=X\001", "11=A\00158=\033[2J\001"}}, {5, submit_token{0}, now - 5s, {"D", "", "11=B\001"}, true}};
  page.push_back({6, submit_token{12}, now, {"D", "", "58=" + std::string(5000, 'x') + "\001"}});
  const auto json = to_json(session_id{"FIX.4.2", "US", "THEM", ""}, page, true, now);
  BOOST_TEST(json["next"].is_null());
  BOOST_TEST(json["parked"][2]["bytes"] == 5005);
  BOOST_TEST(json["parked"][2]["message"].get<std::string>().size() < 1100U);
  const auto lines = lines_of(apps::parked_lines(json.dump(), 1000));
  BOOST_TEST_REQUIRE(lines.size() == 5U);
  BOOST_TEST(lines[0] == "FIX.4.2:US->THEM");
  BOOST_TEST(lines[1] == "  TOKEN                 TYPE  AGE           BYTES    MESSAGE");
  BOOST_TEST(lines[2] == "  11                    D     2 min 5 s     19       35=D|50=X|11=A|58=\\x1b[2J|");
  BOOST_TEST(lines[3] == "  0                     D     5 s           6        DAMAGED 35=D|11=B|");
  for (std::size_t columns = 1; columns < 140; ++columns)
    for (const auto& line : lines_of(apps::parked_lines(json.dump(), columns))) BOOST_TEST(characters(line) <= columns);
  BOOST_TEST(apps::parked_lines(to_json(session_id{}, {}, true, now).dump(), 80).empty());
}

BOOST_AUTO_TEST_SUITE_END()
