// Views of messages, their groups, and what the structure check says about them.
#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/structure_check.hpp"
#include "protocol/tags.hpp"
#include "test/protocol/sample_messages.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

// A view that keeps its bytes.
struct message {
  explicit message(std::string_view text) : bytes(with_trailer(text)), error(view.assign(bytes)) {}
  message(const message&) = delete;
  message& operator=(const message&) = delete;

  std::string bytes;
  message_view view;
  parse_error error;
};

constexpr std::string_view head = "8=FIX.4.4|35=D|34=2|49=A|52=20240506-07:08:09|56=B|";

std::string in_body(std::string_view fields) { return std::string{head} + std::string{fields}; }

std::string text_of(field_range entry) {
  std::string text;
  for (const field_ref& field : entry.fields()) text += std::to_string(field.tag) + '=' + shown(entry.value(field)) + ' ';
  return text;
}

std::vector<std::string> texts_of(const group_view& group) {
  std::vector<std::string> texts;
  for (const field_range entry : group) texts.push_back(text_of(entry));
  return texts;
}

using texts = std::vector<std::string>;

constexpr std::uint32_t party_tags[] = {tag::PartyID, tag::PartyIDSource, tag::PartyRole, tag::NoPartySubIDs, tag::PartySubID, tag::PartySubIDType};

std::string fault_text(std::string_view text, const structure_rules& rules = {}) {
  const message m{text};
  if (m.error != parse_error::none) return "garbled";
  const auto fault = structure_check(m.view, rules);
  if (!fault) return "none";
  return std::to_string(static_cast<int>(fault->reason)) + '/' + (fault->ref_tag ? std::to_string(*fault->ref_tag) : "-");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_view_suite)

BOOST_AUTO_TEST_CASE(fields_are_found_by_tag_and_read_by_type) {
  const message m{in_body("11=A=1|38=100|44=-1.50|114=Y|113=N|60=20240506-07:08:09.123|58= x |432=20240506|273=07:08:09|54=1|")};
  BOOST_TEST(m.view.begin_string() == "FIX.4.4");
  BOOST_TEST(m.view.msg_type() == "D");
  BOOST_TEST(m.view.find(tag::ClOrdID).value() == "A=1");
  BOOST_TEST(m.view.find(tag::Text).value() == " x ");
  BOOST_TEST(m.view.find_int(tag::OrderQty).value() == 100);
  BOOST_TEST(m.view.find_seq_num(tag::MsgSeqNum).value().value == 2U);
  BOOST_TEST(m.view.find_bool(114).value());
  BOOST_TEST(!m.view.find_bool(113).value());
  BOOST_CHECK(m.view.find_decimal(tag::Price) == (decimal{-150, -2}));
  BOOST_TEST(m.view.find_utc(tag::TransactTime).has_value());
  BOOST_CHECK(m.view.find_date(432) == std::chrono::year{2024} / 5 / 6);
  BOOST_CHECK(m.view.find_time_of_day(273) == time_of_day{std::chrono::seconds{7 * 3600 + 8 * 60 + 9}});
  BOOST_TEST(m.view.find_char(54).value() == '1');
  BOOST_TEST(!m.view.find_char(tag::OrderQty));
  BOOST_TEST(!m.view.find_date(273));
  BOOST_TEST(!m.view.find_time_of_day(432));
  BOOST_TEST(!m.view.find(tag::Symbol));
  BOOST_TEST(!m.view.find_int(tag::Text));
  BOOST_TEST(!m.view.find_bool(tag::Text));
}

BOOST_AUTO_TEST_CASE(administrative_are_the_seven_of_the_session_layer) {
  for (const auto type : {"0", "1", "2", "3", "4", "5", "A"}) BOOST_TEST(is_admin_msg_type(type));
  for (const auto type : {"", "n", "j", "D", "AE", "00", "6"}) BOOST_TEST(!is_admin_msg_type(type));
}

BOOST_AUTO_TEST_CASE(data_fields_are_as_long_as_their_length_says) {
  const message m{in_body("95=12|96=a|10=000|b=c|58=x|")};
  BOOST_TEST(shown(m.view.find(tag::RawData).value()) == "a|10=000|b=c");
  BOOST_TEST(m.view.find(tag::Text).value() == "x");
}

BOOST_AUTO_TEST_CASE(a_length_that_leads_nowhere_ends_the_data_at_the_first_soh) {
  for (const auto* length : {"2", "4", "999", "-1", "4294967299", "x"}) {
    const message m{in_body(std::string{"95="} + length + "|96=abc|58=x|")};
    BOOST_TEST(m.view.find(tag::RawData).value() == "abc", length);
    BOOST_TEST(m.view.find(tag::Text).value() == "x");
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_field_makes_a_message_garbled) {
  for (const auto* bad : {"55IBM|", "=1|", " 55=IBM|", "5 5=IBM|", "|", "garbled9=x|", "-=1|"}) {
    const message m{in_body(bad)};
    BOOST_CHECK_MESSAGE(m.error == parse_error::bad_tag, bad);
    BOOST_TEST(m.view.fields().empty());
  }
  for (const auto* bad : {"8=FIX.4.4|34=2|35=D|", "8=FIX.4.4|"}) BOOST_CHECK(message{bad}.error == parse_error::first_three_fields);
}

BOOST_AUTO_TEST_CASE(integers_that_are_no_tags_are_kept_as_they_came) {
  for (const auto* odd : {"0", "-1", "007", "99999999999", "1000000000"}) {
    const message m{in_body(std::string{odd} + "=x|")};
    BOOST_REQUIRE(m.error == parse_error::none);
    const field_ref& field = m.view.fields()[m.view.fields().size() - 2];
    BOOST_TEST(field.tag == 0U);
    BOOST_TEST(m.view.tag_text(field) == odd);
  }
}

BOOST_AUTO_TEST_CASE(a_view_can_be_assigned_any_bytes) {
  message_view view;
  for (const auto* bytes : {"", "8", "8=", "=", "8=F|9=1|35=", "95=3|96=", "96=", "95=|96=x|", "8=F|9=1|35=D"}) {
    const std::string text = soh(bytes);
    BOOST_CHECK_MESSAGE(view.assign(text) != parse_error::none, bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_group_with_known_members_ends_exactly) {
  const message m{in_body("453=2|448=P1|447=D|452=1|802=1|523=S|803=1|448=P2|452=3|55=X|452=9|")};
  const group_view parties = m.view.group(tag::NoPartyIDs, party_tags);
  BOOST_TEST(parties.count() == 2U);
  BOOST_TEST(parties.size() == 2U);
  BOOST_TEST(texts_of(parties) == (texts{"448=P1 447=D 452=1 802=1 523=S 803=1 ", "448=P2 452=3 "}));
  BOOST_TEST(text_of(parties[1]) == "448=P2 452=3 ");
  BOOST_TEST(texts_of(parties[0].group(tag::NoPartySubIDs)) == texts{"523=S 803=1 "});
  BOOST_TEST(parties[1].group(tag::NoPartySubIDs).empty());
}

BOOST_AUTO_TEST_CASE(without_members_the_last_entry_ends_where_no_earlier_entry_had_the_tag) {
  const message two{in_body("268=2|269=0|270=1|269=1|270=2|55=X|")};
  BOOST_TEST(texts_of(two.view.group(tag::NoMDEntries)) == (texts{"269=0 270=1 ", "269=1 270=2 "}));
  const message one{in_body("268=1|269=0|270=1|55=X|")};
  BOOST_TEST(texts_of(one.view.group(tag::NoMDEntries)) == texts{"269=0 270=1 55=X "});
  const message nested{in_body("78=2|79=A|539=1|524=N|80=1|79=B|539=1|524=M|80=2|55=X|")};
  BOOST_TEST(texts_of(nested.view.group(tag::NoAllocs)) == (texts{"79=A 539=1 524=N 80=1 ", "79=B 539=1 524=M 80=2 "}));
}

BOOST_AUTO_TEST_CASE(a_field_that_nobody_knows_does_not_end_a_group_that_goes_on) {
  const std::uint32_t known[] = {8, 9, 10, 34, 35, 49, 52, 55, 56, 447, 448, 452, 453, 523, 802, 803};
  const auto read = [&](const char* body) { return texts_of(message{in_body(body)}.view.group(tag::NoPartyIDs, party_tags, known)); };
  BOOST_TEST(read("453=2|448=A|6001=u|452=1|6002=v|448=B|452=2|55=X|") == (texts{"448=A 6001=u 452=1 6002=v ", "448=B 452=2 "}));
  BOOST_TEST(read("453=1|6001=u|448=A|452=1|6002=v|55=X|") == (texts{"448=A 452=1 "}));
  BOOST_TEST(read("453=1|448=A|6001=u|448=B|452=2|") == (texts{"448=A "}));  // more than the count says
  BOOST_TEST(read("453=2|448=A|55=X|448=B|452=2|") == (texts{"448=A "}));    // known, and none of the group
  BOOST_TEST(texts_of(message{in_body("453=2|448=A|6001=u|448=B|")}.view.group(tag::NoPartyIDs, party_tags)) == (texts{"448=A "}));
}

BOOST_AUTO_TEST_CASE(groups_nest_as_deep_as_they_like) {
  const message m{in_body("552=1|54=1|78=2|79=X|756=2|757=N|806=1|760=s|757=O|79=Y|756=1|757=M|")};
  const group_view allocs = (*m.view.group(552).begin()).group(tag::NoAllocs);
  BOOST_TEST_REQUIRE(allocs.size() == 2U);
  const group_view parties = allocs[0].group(756);
  BOOST_TEST_REQUIRE(parties.size() == 2U);
  BOOST_TEST(parties[0].group(806)[0].find(760).value() == "s");
  BOOST_TEST(allocs[1].group(756)[0].find(757).value() == "M");
}

BOOST_AUTO_TEST_CASE(a_count_is_believed_in_nothing) {
  const message giant{in_body("453=2147483647|448=A|452=1|55=X|")};
  BOOST_TEST(giant.view.group(tag::NoPartyIDs, party_tags).size() == 1U);
  const message low{in_body("453=1|448=A|452=1|448=B|452=2|55=X|")};
  BOOST_TEST(texts_of(low.view.group(tag::NoPartyIDs, party_tags)) == texts{"448=A 452=1 "});
  for (const auto* none : {"453=0|55=X|", "453=2|55=X|", "453=x|448=A|", "453=-1|448=A|", "453=2|", "55=X|"})
    BOOST_TEST(message{in_body(none)}.view.group(tag::NoPartyIDs, party_tags).empty(), none);
}

BOOST_AUTO_TEST_CASE(an_entry_begins_with_the_tag_behind_the_count) {
  const message m{in_body("453=2|452=1|448=A|452=2|448=B|55=X|")};
  BOOST_TEST(texts_of(m.view.group(tag::NoPartyIDs, party_tags)) == (texts{"452=1 448=A ", "452=2 448=B "}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(structure_check_suite)

BOOST_AUTO_TEST_CASE(valid_messages_pass) {
  message_view view;
  for (const std::string& frame : sample_messages()) {
    BOOST_REQUIRE(view.assign(frame) == parse_error::none);
    BOOST_TEST(!structure_check(view), shown(frame));
  }
}

// TROUPE_CORPUS: a directory with *.fix files, a valid message a line. Files named malformed* are left out.
BOOST_AUTO_TEST_CASE(valid_messages_of_a_corpus_pass_if_there_is_one) {
  const char* const directory = std::getenv("TROUPE_CORPUS");
  if (!directory) return;
  message_view view;
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    const std::string name = file.path().filename().string();
    if (file.path().extension() != ".fix" || name.rfind("malformed", 0) == 0) continue;
    std::ifstream lines{file.path(), std::ios::binary};
    for (std::string line; std::getline(lines, line);) {
      const frame_result cut = framer{}.next(line);
      BOOST_REQUIRE_MESSAGE(cut.what == frame_result::kind::frame && cut.frame == line, name << ": " << shown(line));
      BOOST_REQUIRE_MESSAGE(view.assign(line) == parse_error::none, name << ": " << shown(line));
      BOOST_CHECK_MESSAGE(!structure_check(view), name << ": " << shown(line));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_tag_that_is_no_tag_is_named) {
  BOOST_TEST(fault_text(in_body("0=HI|")) == "0/0");
  BOOST_TEST(fault_text(in_body("-1=HI|")) == "0/-1");
  BOOST_TEST(fault_text(in_body("99999999999999999999=HI|")) == "0/-");
}

BOOST_AUTO_TEST_CASE(a_field_without_a_value_is_named_wherever_it_stands) {
  BOOST_TEST(fault_text("8=FIX.4.2|35=0|34=2|49=A|52=20240506-07:08:09|56=|") == "4/56");
  BOOST_TEST(fault_text("8=FIX.4.2|35=|34=2|") == "4/35");
  BOOST_TEST(fault_text(in_body("55=|")) == "4/55");
  BOOST_TEST(fault_text(in_body("354=0|355=|")) == "4/355");
  BOOST_TEST(fault_text(in_body("55=|354=0|355=|"), {.may_be_empty = true}) == "none");
}

BOOST_AUTO_TEST_CASE(header_body_and_trailer_come_in_this_order) {
  BOOST_TEST(fault_text("8=FIX.4.2|35=D|11=id|55=X|34=2|49=A|52=20240506-07:08:09|56=B|") == "14/34");
  BOOST_TEST(fault_text("8=FIX.4.2|35=D|55=X|34=2|49=A|52=20240506-07:08:09|56=B|11=id|") == "14/34");
  BOOST_TEST(fault_text(in_body("11=C|50=SUB|")) == "14/50");
  BOOST_TEST(fault_text(in_body("11=C|93=1|89=x|55=X|")) == "14/55");
  BOOST_TEST(fault_text(in_body("11=C|50=SUB|"), {.may_be_disordered = true}) == "none");
}

BOOST_AUTO_TEST_CASE(no_tag_comes_twice_outside_of_groups) {
  BOOST_TEST(fault_text(in_body("11=ID|21=1|40=1|40=2|54=1|")) == "13/40");
  BOOST_TEST(fault_text(in_body("55=IBM|54=1|55=IBM|")) == "13/55");
  BOOST_TEST(fault_text("8=FIX.4.2|35=0|34=2|49=A|34=3|") == "13/34");
  BOOST_TEST(fault_text(in_body("453=2|448=A|448=B|")) == "none");
  BOOST_TEST(fault_text(in_body("9001=2|448=A|448=B|")) == "none");
}

BOOST_AUTO_TEST_CASE(what_the_session_reads_has_its_format) {
  for (const auto* bad : {"34=x|", "34=-2|", "34=1.0|", "34=99999999999999999999|"}) BOOST_TEST(fault_text(std::string{"8=FIX.4.2|35=0|"} + bad) == "6/34", bad);
  for (const auto* bad : {"43=y|", "43=1|", "43=YES|"}) BOOST_TEST(fault_text(std::string{"8=FIX.4.2|35=0|34=1|"} + bad) == "6/43", bad);
  BOOST_TEST(fault_text("8=FIX.4.2|35=0|34=1|97=0|") == "6/97");
  BOOST_TEST(fault_text("8=FIX.4.2|35=0|34=1|52=yesterday|") == "6/52");
  BOOST_TEST(fault_text("8=FIX.4.2|35=0|34=1|122=20240506|") == "6/122");
}

BOOST_AUTO_TEST_CASE(data_and_length_belong_together) {
  BOOST_TEST(fault_text(in_body("355=abc|")) == "1/354");
  BOOST_TEST(fault_text(in_body("354=3|58=x|355=abc|")) == "1/354");
  BOOST_TEST(fault_text(in_body("354=2|355=abc|")) == "6/355");
  BOOST_TEST(fault_text(in_body("354=-1|355=abc|")) == "6/354");
  BOOST_TEST(fault_text(in_body("354=4294967299|355=abc|")) == "6/354");
}

BOOST_AUTO_TEST_CASE(the_first_fault_on_the_wire_is_the_one_named) { BOOST_TEST(fault_text(in_body("55=|0=x|34=2|")) == "4/55"); }

BOOST_AUTO_TEST_SUITE_END()
