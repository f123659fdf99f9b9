// What a message looks like: names, meanings, groups, faults, secrets, and nothing that hurts a terminal.
#include "apps/decode/decoder.hpp"
#include "apps/decode/printable.hpp"
#include "test/decode/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace troupe::decode {
namespace {

using test::frame_of;

std::string printed(const options& chosen, const std::vector<std::string>& frames, std::vector<std::uint32_t> fields = {}, style look = plain_style) {
  shelf books;
  output out;
  decoder all{chosen, books, out, {}, std::move(fields), look};
  std::uint64_t line = 0;
  for (const auto& f : frames) {
    found_message found;
    found.line = ++line, found.column = 1, found.is_first = true, found.bytes = f, found.separator = "\x01";
    all.take("x.log", found);
  }
  all.finish();
  return out.text();
}

const std::string allocation = frame_of(
    "35=D|34=7|49=A|52=20240315-14:30:00|56=B|11=C1|78=2|79=ACC1|539=1|524=P1|525=D|538=3|80=10|79=ACC2|80=20|55=IBM|54=1|60=20240315-14:30:00|38=30|40=1|");

}  // namespace

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(groups_are_indented_and_their_entries_numbered) {
  const std::string text = printed({}, {allocation});
  BOOST_TEST(text.starts_with("x.log:1  20240315-14:30:00  34=7  A -> B  NewOrderSingle(D)\n     8  BeginString"));
  BOOST_TEST(text.find("\n    78  NoAllocs             2\n   1.    79  AllocAccount         ACC1\n        539  NoNestedPartyIDs     1\n"
                       "        1.   524  NestedPartyID        P1\n") != std::string::npos,
             text);
  BOOST_TEST(text.find("\n         80  AllocQty             10\n   2.    79  AllocAccount         ACC2\n") != std::string::npos, text);
  BOOST_TEST(text.find("\n    55  Symbol               IBM\n    54  Side                 1         BUY\n") != std::string::npos, text);
  BOOST_TEST(text.find('!') == std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(faults_stand_under_their_field_and_what_is_missing_at_the_end) {
  const std::string text = printed({}, {frame_of("35=D|34=7|49=A|52=20240315-14:30:00|56=B|11=C1|55=IBM|54=z|38=x|40=1|9999=u|")});
  const auto line_behind = [&text](std::string_view field) {
    const auto at = text.find('\n', text.find(field)) + 1;
    return text.substr(at, text.find('\n', at) - at);
  };
  BOOST_TEST(line_behind("    54  Side").starts_with("        ! Side(54)=z is none of 1 (BUY)"));
  BOOST_TEST(line_behind("    38  OrderQty").starts_with("        ! OrderQty(38)=x: expected Qty"));
  BOOST_TEST(line_behind("    10  CheckSum").starts_with("        ! TransactTime(60) is missing"));
  BOOST_TEST(text.find("  9999  (unknown)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_rules_are_a_session_s_only_with_strict) {
  const std::string user_defined = frame_of("35=0|34=7|49=A|52=20240315-14:30:00|56=B|9999=u|");
  options chosen;
  chosen.validates = true;
  BOOST_TEST(printed(chosen, {user_defined}) == "");
  chosen.is_strict = true;
  BOOST_TEST(printed(chosen, {user_defined}) == "x.log:1: tag 9999 is not defined in FIX.4.4\n");
}

BOOST_AUTO_TEST_CASE(several_words_of_a_multiple_value) {
  options chosen;
  chosen.is_short = true;
  const std::string text = printed(chosen, {frame_of("35=D|34=7|49=A|52=20240315-14:30:00|56=B|11=C1|18=1 G|55=IBM|54=2|60=20240315-14:30:00|38=30|40=1|")});
  BOOST_TEST(text == "x.log:1  20240315-14:30:00  34=7  A -> B  NewOrderSingle(D)  ClOrdID=C1 ExecInst=NOT_HELD, ALL_OR_NONE Symbol=IBM Side=SELL "
                     "TransactTime=20240315-14:30:00 OrderQty=30 OrdType=MARKET\n");
}

BOOST_AUTO_TEST_CASE(secrets_are_masked_in_every_form) {
  const std::string logon = frame_of("35=A|34=1|49=A|52=20240315-14:30:00|56=B|98=0|108=30|95=6|96=hidden|553=user|554=hidden|925=hidden|");
  options text, line, json, values;
  line.is_short = json.is_json = true;
  values.fields = {"554"};
  for (const auto& chosen : {text, line, json, values}) {
    BOOST_TEST(printed(chosen, {logon}, values.fields == chosen.fields ? std::vector<std::uint32_t>{554, 96} : std::vector<std::uint32_t>{}).find("hidden") ==
               std::string::npos);
  }
  text.shows_secrets = true;
  BOOST_TEST(printed(text, {logon}).find("hidden") != std::string::npos);
  BOOST_TEST(printed({}, {frame_of("35=B|34=1|49=A|52=20240315-14:30:00|56=B|148=x|33=1|58=y|95=5|96=plain|")}).find("plain") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_reaches_a_terminal_that_could_hurt_it) {
  std::string safe;
  append_printable(safe, "a\x1b[2J\x7f\xff\xc3\xa9\xc2\x9b\xe2\x80\xae\xc0\x80\n");
  BOOST_TEST(safe == "a\\x1b[2J\\x7f\\xff\xc3\xa9\\xc2\\x9b\\xe2\\x80\\xae\\xc0\\x80\\x0a");
  const std::string evil = "8=FIX.4.4\x01" "9=\x1b[1m\x01" "35=\x1b\x01" "34=\x1b\x01" "49=\x1b\x01" "56=\x9b\x01\x1b\x01" "58=\x1b]0;\x07\x01" "10=\x1b\x01";
  for (int form = 0; form < 5; ++form) {
    options chosen;
    chosen.is_short = form == 1, chosen.is_json = form == 2, chosen.validates = form == 3, chosen.sums_up = form == 4;
    const auto text = printed(chosen, {evil});
    BOOST_TEST(!text.empty());
    for (const char c : text) BOOST_TEST((static_cast<unsigned char>(c) >= 0x20 || c == '\n'), "form " << form);
    BOOST_TEST(text.find('\x9b') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(json_nests_groups_and_keeps_bytes) {
  options chosen;
  chosen.is_json = true;
  BOOST_TEST(printed(chosen, {allocation}).find(R"("NoAllocs":[{"AllocAccount":"ACC1","NoNestedPartyIDs":[{"NestedPartyID":"P1","NestedPartyIDSource":"D",)"
                                                R"("NestedPartyIDSource_meaning":"PROPRIETARY","NestedPartyRole":"3","NestedPartyRole_meaning":"CLIENT_ID"}],)"
                                                R"("AllocQty":"10"},{"AllocAccount":"ACC2","AllocQty":"20"}],"Symbol":"IBM","Side":"1","Side_meaning":"BUY")") !=
             std::string::npos, printed(chosen, {allocation}));
  const std::string odd = printed(chosen, {frame_of("35=0|34=1|49=A|52=20240315-14:30:00|56=B|112=a\"\\\x02\xff|112=b|")});
  BOOST_TEST(odd.find(R"("TestReqID":{"base64":"YSJcAv8="},"TestReqID#2":"b")") != std::string::npos, odd);
}

BOOST_AUTO_TEST_CASE(chosen_fields_in_their_order) {
  options chosen;
  chosen.fields = {"79"};
  BOOST_TEST(printed(chosen, {allocation}, {79, 44, 11}) == "ACC1,ACC2\t\tC1\n");
  chosen.is_json = true;
  BOOST_TEST(printed(chosen, {allocation}, {79, 44, 11}).find(R"("fields":{"AllocAccount":["ACC1","ACC2"],"ClOrdID":"C1"})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(fixt_goes_by_the_application_version_of_message_and_logon) {
  const auto order = [](std::string_view more) { return frame_of("35=D|34=2|49=A|52=20240315-14:30:00|56=B|" + std::string{more} + "21=1|55=IBM|", "FIXT.1.1"); };
  const std::string logon = frame_of("35=A|34=1|49=B|52=20240315-14:30:00|56=A|98=0|108=30|1137=4|", "FIXT.1.1");
  options chosen;
  chosen.is_strict = chosen.validates = true;
  const auto faults_with = [&](std::vector<std::string> frames) { return printed(chosen, frames); };
  BOOST_TEST(faults_with({order("")}).find("FIXT.1.1") == std::string::npos);
  BOOST_TEST(faults_with({order("528=A|")}).find("528") == std::string::npos);
  const std::string after_logon = faults_with({logon, order("528=A|")});
  BOOST_TEST(after_logon.find("tag 528 is not defined in FIXT.1.1 and FIX.4.2") != std::string::npos, after_logon);  // FIX.4.2 does not know it
  BOOST_TEST(faults_with({logon, order("1128=9|528=A|")}).find("528") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_summary_counts_types) {
  options chosen;
  chosen.sums_up = true;
  const std::string heartbeat = frame_of("35=0|34=2|49=A|52=20240315-14:30:00|56=B|");
  BOOST_TEST(printed(chosen, {heartbeat, allocation, heartbeat}) == "         2  0  Heartbeat\n         1  D  NewOrderSingle\n         3  messages\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::decode
