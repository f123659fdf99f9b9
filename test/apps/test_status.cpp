// What live commands ask and show, without an engine.
#include "actors/control_request.hpp"
#include "actors/status_json.hpp"
#include "apps/status.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

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

BOOST_AUTO_TEST_CASE(status_is_a_table_that_fits) {
  const auto answer = to_json(two_sessions(), 10s).dump();
  const auto wide = apps::status_table(answer, 1000);
  BOOST_TEST(wide.find("FIX.4.2:US->THEM") != std::string::npos);
  BOOST_TEST(wide.find("Active") != std::string::npos);
  BOOST_TEST(wide.find("Connection refused; next try in 3 s") != std::string::npos, wide);
  BOOST_TEST(wide.find("problem: store s is given up: broken") != std::string::npos);
  const auto narrow = apps::status_table(answer, 40);
  std::size_t begin = 0;
  for (auto end = narrow.find('\n'); end != std::string::npos; begin = end + 1, end = narrow.find('\n', begin))
    BOOST_TEST(end - begin <= 39U + std::string_view{"…"}.size());
  BOOST_TEST(apps::status_table("nonsense", 80).find("no status") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(status_is_json_with_stable_members) {
  const auto j = to_json(two_sessions(), 10s);
  BOOST_TEST(j["sessions"][0]["next_sender"] == 12);
  BOOST_TEST(j["sessions"][0]["next_target"] == 7);
  BOOST_TEST(j["sessions"][0]["retry_in_ms"].is_null());
  BOOST_TEST(j["sessions"][1]["retry_in_ms"] == 2500);
  BOOST_TEST(j["ports"][0] == 9876);
}

BOOST_AUTO_TEST_SUITE_END()
