// What the applications answer to an order.
#include "apps/echo.hpp"
#include "apps/executor.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe;

namespace {

std::string wire(std::string text) {
  std::replace(text.begin(), text.end(), '|', '\x01');
  return text;
}
std::string readable(std::string text) {
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}

struct received {
  std::string bytes;
  protocol::message_view view;
  explicit received(const std::string& text) : bytes(wire(text)) { BOOST_REQUIRE((view.assign(bytes) == protocol::parse_error::none)); }
};

std::string order(const std::string& version, const std::string& more = "") {
  return "8=" + version + "|9=100|35=D|34=7|49=THEM|52=20261123-12:00:00|56=US|" + more + "11=A-1|55=MSFT|54=1|38=100|44=10.50|40=2|10=000|";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(an_order_is_filled_at_its_price) {
  apps::executor e;
  const auto answer = e.on_message(received{order("FIX.4.4")}.view, false);
  BOOST_TEST((answer.what == apps::order_answer::filled));
  BOOST_TEST(answer.report.msg_type == "8");
  const std::string body = readable(answer.report.body);
  for (const char* field : {"|11=A-1|", "|150=F|", "|39=2|", "|55=MSFT|", "|54=1|", "|38=100|", "|32=100|", "|31=10.50|", "|151=0|", "|14=100|", "|6=10.50|"})
    BOOST_TEST(body.find(field) != std::string::npos, body << " lacks " << field);
  BOOST_TEST(body.find("|20=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(versions_differ_in_what_a_fill_has) {
  apps::executor e;
  const auto in = [&](const std::string& version) { return readable(apps::executor{}.on_message(received{order(version)}.view, false).report.body); };
  BOOST_TEST(in("FIX.4.2").find("|20=0|150=2|") != std::string::npos);
  BOOST_TEST(in("FIX.4.0").find("|150=") == std::string::npos);
  BOOST_TEST(in("FIX.4.0").find("|151=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_order_is_not_filled_twice_but_another_one_is) {
  apps::executor e;
  const auto first = e.on_message(received{order("FIX.4.4")}.view, false);
  BOOST_TEST((e.on_message(received{order("FIX.4.4")}.view, true).what == apps::order_answer::ignored));
  BOOST_TEST((e.on_message(received{order("FIX.4.4", "97=Y|")}.view, false).what == apps::order_answer::ignored));
  BOOST_TEST((apps::executor{}.on_message(received{order("FIX.4.4", "97=Y|")}.view, true).what == apps::order_answer::filled));
  // After a crash that lost both the order's handling and its report, both are made again, the same.
  const auto again = apps::executor{}.on_message(received{order("FIX.4.4")}.view, true);
  BOOST_TEST((again.token == first.token));
  BOOST_TEST(again.report.body == first.report.body);
}

BOOST_AUTO_TEST_CASE(what_is_no_order_is_unsupported) {
  apps::executor e;
  BOOST_TEST((e.on_message(received{"8=FIX.4.4|9=5|35=F|34=2|11=A|10=000|"}.view, false).what == apps::order_answer::unsupported));
  BOOST_TEST((e.on_message(received{"8=FIX.4.4|9=5|35=D|34=2|11=A|10=000|"}.view, false).what == apps::order_answer::unsupported));
}

BOOST_AUTO_TEST_CASE(echo_sends_back_what_came) {
  apps::echo e;
  const auto back = e.on_message(received{order("FIX.4.2", "128=X|97=Y|43=Y|122=20261123-11:00:00|")}.view, false);
  BOOST_TEST((back.what == apps::echo_answer::sent_back));
  BOOST_TEST(back.message.msg_type == "D");
  BOOST_TEST(readable(back.message.header) == "97=Y|128=X|");
  BOOST_TEST(readable(back.message.body) == "11=A-1|55=MSFT|54=1|38=100|44=10.50|40=2|");
  BOOST_TEST((e.on_message(received{order("FIX.4.2", "97=Y|")}.view, false).what == apps::echo_answer::ignored));
  e.on_logout();
  BOOST_TEST((e.on_message(received{order("FIX.4.2", "97=Y|")}.view, false).what == apps::echo_answer::sent_back));
  BOOST_TEST((e.on_message(received{"8=FIX.4.2|9=5|35=V|34=2|10=000|"}.view, false).what == apps::echo_answer::unsupported));
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_bounded) {
  apps::recent_ids two{2};
  BOOST_TEST(two.remember("a"));
  BOOST_TEST(two.remember("b"));
  BOOST_TEST(!two.remember("a"));
  BOOST_TEST(two.remember("c"));  // "a" goes, the oldest
  BOOST_TEST(!two.remember("b"));
  BOOST_TEST(two.remember("a"));
  apps::echo one{1};
  (void)one.on_message(received{order("FIX.4.2")}.view, false);
  std::string other = order("FIX.4.2");
  other.replace(other.find("11=A-1"), 6, "11=A-2");
  (void)one.on_message(received{other}.view, false);
  BOOST_TEST((one.on_message(received{order("FIX.4.2", "97=Y|")}.view, false).what == apps::echo_answer::sent_back));
}

BOOST_AUTO_TEST_SUITE_END()
