// Messages on their way out: built, stamped, sent again.
#include "protocol/framer.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "protocol/structure_check.hpp"
#include "protocol/tags.hpp"
#include "test/protocol/sample_messages.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::protocol;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon = std::chrono::sys_days{std::chrono::year{2024} / 5 / 6} + 12h + 5ms;

std::string error_of(message_builder& builder) {
  const build_result built = builder.build();
  return built ? "none" : to_string(*built.error);
}

std::string body_of(message_builder& builder) {
  const build_result built = builder.build();
  return built ? shown(built.message.body) : to_string(*built.error);
}

wire_header header_of(std::string_view begin_string) { return {begin_string, "D", "ME", "YOU", seq_num{7}, noon}; }

std::string_view at(std::string_view wire, byte_range range) { return wire.substr(range.offset, range.length); }

// `body`, stamped: what stands on the wire.
std::string stamped(const wire_header& header, std::string_view extra, std::string_view body) {
  std::string wire;
  append_frame(wire, header, soh(extra), soh(body));
  return shown(wire);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_builder_suite)

BOOST_AUTO_TEST_CASE(fields_of_all_types_go_out_in_the_order_written) {
  message_builder b{msg_type::NewOrderSingle};
  b.field(tag::ClOrdID, "A-1").field(tag::Side, '1').field(tag::OrderQty, 100).field(tag::Price, decimal{-1050, -2}).field(114, true);
  b.field(tag::Symbol, std::string{"X"}).field(111, 18446744073709551615U).field(tag::TransactTime, noon);
  b.field(126, noon, utc_precision::seconds).field(110, std::int64_t{-5});
  BOOST_TEST(body_of(b) == "11=A-1|54=1|38=100|44=-10.50|114=Y|55=X|111=18446744073709551615|60=20240506-12:00:00.005|126=20240506-12:00:00|110=-5|");
}

BOOST_AUTO_TEST_CASE(days_and_times_of_day_go_out_and_others_are_refused) {
  message_builder b{"D"};
  b.field(432, std::chrono::year{2024} / 2 / 29).field(273, time_of_day{9h + 30min}).field(273, time_of_day{24h}, utc_precision::seconds);
  BOOST_TEST(body_of(b) == "432=20240229|273=09:30:00.000|273=23:59:60|");
  message_builder no_day{"D"};
  no_day.field(432, std::chrono::year{2023} / 2 / 29);
  BOOST_TEST(error_of(no_day) == "432: no such day or time of day");
  message_builder no_time{"D"};
  no_time.field(273, time_of_day{25h});
  BOOST_TEST(error_of(no_time) == "273: no such day or time of day");
}

BOOST_AUTO_TEST_CASE(header_fields_go_to_the_header_ascending) {
  message_builder b{"D"};
  b.field(tag::OnBehalfOfCompID, "FUND").field(tag::ClOrdID, "A").field(tag::SenderSubID, "DESK").data(90, 91, soh("a|b")).field(tag::PossResend, false);
  const build_result built = b.build();
  BOOST_TEST(shown(built.message.header) == "50=DESK|90=3|91=a|b|97=N|115=FUND|");
  BOOST_TEST(shown(built.message.body) == "11=A|");
}

BOOST_AUTO_TEST_CASE(data_goes_out_with_its_length) {
  message_builder b{"B"};
  b.data(tag::RawDataLength, tag::RawData, soh("a|10=000|"));
  BOOST_TEST(body_of(b) == "95=9|96=a|10=000||");
}

BOOST_AUTO_TEST_CASE(groups_count_their_entries_and_nest) {
  message_builder b{"D"};
  {
    auto parties = b.group(tag::NoPartyIDs);
    parties.entry().field(tag::PartyID, "P1").field(tag::PartyRole, 1);
    {
      auto subs = parties.group(tag::NoPartySubIDs);
      for (int i = 0; i < 11; ++i) subs.entry().field(tag::PartySubID, i);
    }
    parties.entry().field(tag::PartyID, "P2").data(354, 355, "x");
  }
  { auto none = b.group(tag::NoAllocs); }
  b.field(tag::Symbol, "X");
  BOOST_TEST(body_of(b) == "453=2|448=P1|452=1|802=11|523=0|523=1|523=2|523=3|523=4|523=5|523=6|523=7|523=8|523=9|523=10|448=P2|354=1|355=x|55=X|");
}

BOOST_AUTO_TEST_CASE(what_the_session_stamps_is_refused) {
  for (const unsigned stamped_tag : {8U, 9U, 10U, 34U, 35U, 43U, 49U, 52U, 56U, 122U}) {
    message_builder b{"D"};
    b.field(tag::ClOrdID, "A").field(stamped_tag, "1").field(tag::Symbol, "");
    BOOST_TEST(error_of(b) == std::to_string(stamped_tag) + ": stamped by the session");
  }
}

BOOST_AUTO_TEST_CASE(what_would_be_no_field_on_the_wire_is_refused) {
  const auto error_with = [](auto write) {
    message_builder b{"D"};
    write(b);
    return error_of(b);
  };
  BOOST_TEST(error_with([](auto& b) { b.field(58, ""); }) == "58: no value");
  BOOST_TEST(error_with([](auto& b) { b.field(58, soh("a|b")); }) == "58: SOH in a value that is no data field");
  BOOST_TEST(error_with([](auto& b) { b.field(0, "x"); }) == "0: not a valid tag number");
  BOOST_TEST(error_with([](auto& b) { b.field(1'000'000'000, "x"); }) == "1000000000: not a valid tag number");
  BOOST_TEST(error_with([](auto& b) { b.field(96, "x"); }).substr(0, 3) == "96:");
  BOOST_TEST(error_with([](auto& b) { b.field(95, 1); }).substr(0, 3) == "95:");
  BOOST_TEST(error_with([](auto& b) { b.data(95, 355, "x"); }).substr(0, 4) == "355:");
  BOOST_TEST(error_with([](auto& b) { b.data(95, 96, ""); }) == "96: no value");
  BOOST_TEST(error_with([](auto& b) { b.field(89, "x"); }) == "89: belongs to the trailer");
  BOOST_TEST(error_with([](auto& b) { b.field(44, decimal{1, 99}); }).substr(0, 3) == "44:");
  message_builder untyped{""};
  BOOST_TEST(error_of(untyped) == "35: no MsgType");
}

BOOST_AUTO_TEST_CASE(a_group_that_would_not_be_read_as_one_is_refused) {
  const auto error_with = [](auto write) {
    message_builder b{"D"};
    write(b);
    return error_of(b);
  };
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453); g.field(448, "x"); }).substr(0, 4) == "448:");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453); g.entry(); }).substr(0, 4) == "453:");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453); g.entry().field(448, "x"); g.entry().field(452, 1); }).substr(0, 4) == "452:");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453); g.entry().field(448, "x"); b.field(55, "x"); }) == "55: a group within is still open");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453, 448); g.entry().field(452, 1); }) == "452: an entry that does not begin with the group's first field");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453, 448); g.entry().field(448, "x"); g.entry().field(448, "y"); }) == "none");
  BOOST_TEST(error_with([](auto& b) { auto g = b.group(453); g.entry().field(50, "x"); }) == "50: a header field in a group");
}

BOOST_AUTO_TEST_CASE(a_builder_is_used_again_after_restart) {
  message_builder b{"D"};
  b.field(58, "");
  BOOST_TEST(error_of(b) == "58: no value");
  b.restart("F");
  b.field(41, "A");
  const build_result built = b.build();
  BOOST_TEST(built.message.msg_type == "F");
  BOOST_TEST(shown(built.message.body) == "41=A|");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stamp_suite)

BOOST_AUTO_TEST_CASE(the_header_is_8_9_35_and_then_ascending) {
  BOOST_TEST(stamped(header_of("FIX.4.2"), "", "11=A|") == shown(with_trailer("8=FIX.4.2|35=D|34=7|49=ME|52=20240506-12:00:00.005|56=YOU|11=A|")));
  BOOST_TEST(stamped(header_of("FIX.4.2"), "50=S|57=T|97=Y|128=V|", "11=A|") ==
             shown(with_trailer("8=FIX.4.2|35=D|34=7|49=ME|50=S|52=20240506-12:00:00.005|56=YOU|57=T|97=Y|128=V|11=A|")));
}

BOOST_AUTO_TEST_CASE(possible_duplicates_carry_43_and_122) {
  wire_header header = header_of("FIX.4.4");
  header.is_possible_duplicate = true;
  header.orig_sending_time = noon - 1s;
  BOOST_TEST(stamped(header, "115=F|128=V|", "") ==
             shown(with_trailer("8=FIX.4.4|35=D|34=7|43=Y|49=ME|52=20240506-12:00:00.005|56=YOU|115=F|122=20240506-11:59:59.005|128=V|")));
}

BOOST_AUTO_TEST_CASE(fix_4_0_and_4_1_have_whole_seconds) {
  for (const auto* old : {"FIX.4.0", "FIX.4.1"}) BOOST_TEST(stamped(header_of(old), "", "").find("|52=20240506-12:00:00|") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_extra_header_field_that_is_stamped_gives_way) {
  BOOST_TEST(stamped(header_of("FIX.4.2"), "49=THEM|50=S|", "") == stamped(header_of("FIX.4.2"), "50=S|", ""));
}

BOOST_AUTO_TEST_CASE(frames_lie_back_to_back_and_are_true_at_every_length) {
  std::string wire;
  utc_text clock;
  message_view view;
  for (std::size_t length = 1; length < 1200; length += 7) {
    const std::string body = "58=" + std::string(length, 'x') + '\x01';
    const byte_range range = append_frame(wire, header_of("FIXT.1.1"), {}, body, clock);
    BOOST_REQUIRE(range.offset + range.length == wire.size());
    const frame_result cut = framer{}.next(at(wire, range));
    BOOST_REQUIRE(cut.what == frame_result::kind::frame && cut.consumed == range.length);
    BOOST_REQUIRE(view.assign(cut.frame) == parse_error::none);
    BOOST_REQUIRE(!structure_check(view));
  }
}

BOOST_AUTO_TEST_CASE(a_frame_sent_again_differs_in_43_52_and_122_only) {
  std::string wire;
  const std::string stored = with_trailer("8=FIX.4.2|35=D|34=7|49=ME|50=S|52=20240506-11:00:00.001|56=YOU|97=Y|128=V|11=A|95=5|96=a|10=|");
  BOOST_TEST_REQUIRE(append_resend(wire, stored, {noon}).has_value());
  BOOST_TEST(shown(wire) == shown(with_trailer("8=FIX.4.2|35=D|34=7|43=Y|49=ME|50=S|52=20240506-12:00:00.005|56=YOU|97=Y|122=20240506-11:00:00.001|"
                                               "128=V|11=A|95=5|96=a|10=|")));
}

BOOST_AUTO_TEST_CASE(a_frame_sent_a_third_time_keeps_its_body_and_number) {
  std::string once, twice;
  const std::string stored = with_trailer("8=FIX.4.1|35=D|34=7|49=ME|52=20240506-11:00:00|56=YOU|11=A|93=1|89=s|");
  BOOST_TEST_REQUIRE(append_resend(once, stored, {noon}).has_value());
  BOOST_TEST_REQUIRE(append_resend(twice, stored, {noon + 1s}).has_value());
  BOOST_TEST(shown(once) == shown(with_trailer("8=FIX.4.1|35=D|34=7|43=Y|49=ME|52=20240506-12:00:00|56=YOU|122=20240506-11:00:00|11=A|93=1|89=s|")));
  BOOST_TEST(shown(twice) == shown(with_trailer("8=FIX.4.1|35=D|34=7|43=Y|49=ME|52=20240506-12:00:01|56=YOU|122=20240506-11:00:00|11=A|93=1|89=s|")));
}

BOOST_AUTO_TEST_CASE(every_valid_message_can_be_sent_again) {
  message_view before, after;
  for (const std::string& frame : sample_messages()) {
    BOOST_REQUIRE(before.assign(frame) == parse_error::none);
    if (!before.find(tag::SendingTime)) continue;
    std::string wire;
    BOOST_TEST_REQUIRE(append_resend(wire, frame, {noon}).has_value());
    BOOST_REQUIRE(framer{}.next(wire).consumed == wire.size());
    BOOST_REQUIRE(after.assign(wire) == parse_error::none);
    BOOST_TEST(!structure_check(after), shown(wire));
    BOOST_TEST(after.find(tag::OrigSendingTime).value() == before.find(tag::SendingTime).value());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_stored_frame_is_not_sent) {
  std::string wire = "before";
  const std::string good = with_trailer("8=FIX.4.2|35=D|34=7|49=ME|52=20240506-11:00:00|56=YOU|11=A|");
  for (std::size_t length = 0; length < good.size(); ++length) BOOST_TEST(!append_resend(wire, good.substr(0, length), {noon}).has_value());
  for (const auto* bad : {"8=FIX.4.2|35=D|34=7|11=A|", "8=FIX.4.2|35=D|52=20240506-11:00:00|11=A|", "8=FIX.4.2|11=A|"})
    BOOST_TEST(!append_resend(wire, with_trailer(bad), {noon}).has_value());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    BOOST_TEST(!append_resend(wire, damaged, {noon}).has_value(), shown(damaged));
  }
  BOOST_TEST(wire == "before");
}

BOOST_AUTO_TEST_SUITE_END()
