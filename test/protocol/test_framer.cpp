// What the framer makes of streams: whole, broken, cut and lied about.
#include "protocol/framer.hpp"
#include "test/protocol/sample_messages.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using namespace troupe::protocol;
using namespace troupe::test;
using kind = frame_result::kind;

namespace {

const std::string heartbeat = with_trailer("8=FIX.4.2|35=0|34=2|49=A|52=20240506-07:08:09|56=B|");
const std::string next_one = with_trailer("8=FIX.4.2|35=0|34=3|49=A|52=20240506-07:08:10|56=B|");

// What a framer reported, one line each: frames as they came, "garbled: why".
using story = std::vector<std::string>;

// A connection's receive buffer.
class reader {
 public:
  explicit reader(std::size_t max_frame = 1 << 20, frame_check check = frame_check::length_and_sum) : framer_(max_frame, check) {}

  void receive(std::string_view bytes) {
    unread_.append(bytes);
    for (;;) {
      const frame_result result = framer_.next(unread_);
      BOOST_REQUIRE(result.consumed <= unread_.size());
      BOOST_REQUIRE(result.what == kind::need_more || result.consumed > 0);
      if (result.what == kind::frame) heard.push_back(shown(result.frame));
      if (result.what == kind::garbled) heard.push_back("garbled: " + std::string{to_string(result.error)});
      unread_.erase(0, result.consumed);
      if (result.what == kind::need_more) break;
    }
    BOOST_REQUIRE(unread_.size() < framer_.max_unread());
  }

  story heard;

 private:
  framer framer_;
  std::string unread_;
};

story read_all(std::string_view stream, std::size_t max_frame = 1 << 20, frame_check check = frame_check::length_and_sum) {
  reader r{max_frame, check};
  r.receive(stream);
  return r.heard;
}

std::string garbled(framing_error error) { return "garbled: " + std::string{to_string(error)}; }

// A bad message is reported as `error`, and the good one behind it is heard.
void check_garbled(std::string_view bad, framing_error error) {
  BOOST_TEST_CONTEXT(shown(bad)) { BOOST_TEST(read_all(std::string{bad} + next_one) == (story{garbled(error), shown(next_one)})); }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framer_suite)

BOOST_AUTO_TEST_CASE(every_valid_message_is_a_frame) {
  for (const std::string& message : sample_messages()) BOOST_TEST(read_all(message) == story{shown(message)});
}

BOOST_AUTO_TEST_CASE(begin_string_may_be_anything_that_begins_with_fix) {
  for (const auto* begin : {"8=FIX.9.9|35=0|", "8=FIX|35=0|", "8=FIX.ABCDEFGHIJKL|35=0|"})
    BOOST_TEST(read_all(with_trailer(begin)).front() == shown(with_trailer(begin)));
}

BOOST_AUTO_TEST_CASE(zeros_in_front_of_a_body_length_are_allowed) {
  BOOST_TEST(read_all(with_check_sum("8=FIX.4.2|9=0010|35=0|34=2|")) == story{shown(with_check_sum("8=FIX.4.2|9=0010|35=0|34=2|"))});
}

BOOST_AUTO_TEST_CASE(a_check_sum_is_three_digits_and_right) {
  const std::string body = heartbeat.substr(0, heartbeat.size() - 7);
  BOOST_TEST_REQUIRE(shown(check_sum_field(body)) == "10=144|");
  for (const auto* bad : {"10=145|", "10=44|", "10=0144|", "10=14x|", "10=400|", "10=|"})
    check_garbled(body + soh(bad), framing_error::bad_check_sum);
}

BOOST_AUTO_TEST_CASE(a_missing_check_sum_is_noticed_by_the_next_message) { check_garbled(heartbeat.substr(0, heartbeat.size() - 7), framing_error::bad_body_length); }

BOOST_AUTO_TEST_CASE(body_length_is_the_second_field_and_a_number) {
  for (const auto* bad : {"9=-5|", "9=abc|", "9=+41|", "9= 41|", "9=41.0|", "9=|", "9=4135=0|", "35=0|9=41|", "90=41|"})
    check_garbled(with_check_sum(std::string{"8=FIX.4.2|"} + bad + "35=0|34=2|"), framing_error::bad_body_length);
}

BOOST_AUTO_TEST_CASE(begin_string_is_in_capitals_not_empty_and_not_endless) {
  for (const auto* bad : {"8=fix.4.2|9=5|35=0|", "8=|9=5|35=0|", "8=FOX|9=5|35=0|", "8=FIX.4.2345678901234567|9=5|35=0|", "8=FIX.4.29=5|35=0|34=12|"})
    BOOST_TEST(read_all(with_check_sum(bad) + next_one).back() == shown(next_one));
}

BOOST_AUTO_TEST_CASE(a_length_that_is_too_short_costs_one_message) {
  check_garbled(with_check_sum("8=FIX.4.2|9=30|35=0|34=2|49=A|52=20240506-07:08:09|56=B|"), framing_error::bad_body_length);
  check_garbled(with_check_sum("8=FIX.4.2|9=40|35=0|34=2|49=A|52=20240506-07:08:09|56=B|"), framing_error::bad_body_length);
}

// As the scripted session tests 2.m have it: what BodyLength claims belongs to the bad message.
BOOST_AUTO_TEST_CASE(a_length_that_reaches_into_the_next_message_takes_it_along) {
  const std::string bad = with_check_sum("8=FIX.4.2|9=55|35=0|34=2|49=A|52=20240506-07:08:09|56=B|");
  BOOST_TEST(read_all(bad + next_one + heartbeat) == (story{garbled(framing_error::bad_body_length), shown(heartbeat)}));
}

BOOST_AUTO_TEST_CASE(a_length_that_ends_in_the_check_sum_costs_one_message) {
  check_garbled(with_check_sum("8=FIX.4.2|9=42|35=0|34=2|49=A|52=20240506-07:08:09|56=B|"), framing_error::bad_body_length);
  check_garbled(with_check_sum("8=FIX.4.2|9=48|35=0|34=2|49=A|52=20240506-07:08:09|56=B|"), framing_error::bad_body_length);
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_length_beyond_the_limit) {
  for (const auto* huge : {"1048577", "999999999", "4294967296", "18446744073709551617", "99999999999999999999999999999"})
    check_garbled(with_check_sum(std::string{"8=FIX.4.2|9="} + huge + "|35=0|34=2|"), framing_error::too_long);
  BOOST_TEST(read_all(heartbeat, heartbeat.size()) == story{shown(heartbeat)});
  BOOST_TEST(read_all(heartbeat, heartbeat.size() - 1) == story{garbled(framing_error::too_long)});
}

BOOST_AUTO_TEST_CASE(a_true_frame_within_a_claimed_length_shows_the_lie_at_once) {
  reader r;
  r.receive(with_check_sum("8=FIX.4.2|9=100000|35=0|34=1|"));
  BOOST_TEST(r.heard.empty());
  r.receive(heartbeat);
  BOOST_TEST(r.heard == (story{garbled(framing_error::bad_body_length), shown(heartbeat)}));
  r.receive(next_one);
  BOOST_TEST(r.heard.back() == shown(next_one));
}

BOOST_AUTO_TEST_CASE(a_broken_frame_within_a_claimed_length_shows_nothing) {
  reader r;
  r.receive(with_check_sum("8=FIX.4.2|9=100000|35=0|34=1|"));
  r.receive(with_check_sum("8=FIX.4.2|9=30|35=0|34=2|49=A|52=20240506-07:08:09|56=B|"));
  BOOST_TEST(r.heard.empty());
  r.receive(heartbeat);
  BOOST_TEST(r.heard == (story{garbled(framing_error::bad_body_length), shown(heartbeat)}));
}

BOOST_AUTO_TEST_CASE(a_frame_within_a_data_field_is_data) {
  const std::string inner = '\x01' + heartbeat;
  const std::string outer = with_trailer("8=FIX.4.4|35=n|34=2|95=" + std::to_string(inner.size()) + "|96=" + inner + "|58=x|");
  BOOST_TEST(read_all(outer) == story{shown(outer)});
  reader r;
  r.receive(outer.substr(0, outer.size() - 10));
  BOOST_TEST(r.heard.empty());
}

BOOST_AUTO_TEST_CASE(noise_in_front_of_a_message_is_reported_once_and_skipped) {
  for (const auto* noise : {"\r\n", "x", "|||", "88=FI8=", "=|=|", "HTTP/1.1 400 Bad Request|"})
    BOOST_TEST(read_all(heartbeat + soh(noise) + next_one) == (story{shown(heartbeat), garbled(framing_error::no_begin_string), shown(next_one)}));
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_a_message_starts_none_behind_a_broken_frame) {
  const std::string bad = with_check_sum("8=FIX.4.2|9=9|35=B|58=8=FIX.4.2 9=5 35=0|");
  BOOST_TEST(read_all(bad + next_one) == (story{garbled(framing_error::bad_body_length), shown(next_one)}));
}

BOOST_AUTO_TEST_CASE(the_first_three_fields_out_of_order_are_skipped) {
  BOOST_TEST(read_all(soh("35=0|8=FIX.4.2|9=11|34=2|49=TW|10=121|") + next_one).back() == shown(next_one));
  BOOST_TEST(read_all(soh("9=5|8=FIX.4.4|35=0|10=000|") + next_one).back() == shown(next_one));
}

BOOST_AUTO_TEST_CASE(a_fault_is_reported_as_soon_as_it_is_known) {
  for (const auto* bad : {"x", "8=FIX.4.2|35", "8=FIX.4.2|9=5x", "8=FIX.4.2|9=10485760|", "8=FIX.4.2|9=5|35=0|x", "8=FIX.4.2|9=5|35=0|10=1x", "8=FIX.4.2|9=4|35=0|"})
    BOOST_TEST(read_all(soh(bad)).size() == 1U, bad);
}

namespace {

// Streams of good and bad pieces, each as far as they matter to a framer.
std::vector<std::string> pieces() {
  std::vector<std::string> all = sample_messages();
  for (const auto* bad : {"8=FIX.4.2|9=30|35=0|34=2|49=A|52=20240506-07:08:09|56=B|", "8=FIX.4.2|9=90|35=0|34=2|", "8=FIX.4.2|9=700|35=0|34=2|",
                          "8=FIX.4.2|9=x|35=0|", "8=FIX.4.2|9=300|35=0|8=FIX.4.2|9=12|35=0|34=1|", "8=FIX.4.2|9=200|35=n|95=100|96=|8=FIX.4.2|9=5|35=0|"})
    all.push_back(with_check_sum(bad));
  for (const auto* noise : {"\r\n", "8=FIX", "8=FIX.4.2|9=", "|8=|", "10=000|", "8=FIX.4.2|9=40|35=0|", "8=FIX.4.2|9=500|35=A|95=400|96=", "9"})
    all.push_back(soh(noise));
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_story_is_the_same_wherever_a_stream_is_cut_once) {
  std::mt19937 random{3};
  const std::vector<std::string> all = pieces();
  for (int round = 0; round < 40; ++round) {
    std::string stream;
    for (int i = 0; i < 6; ++i) stream += all[random() % all.size()];
    const story whole = read_all(stream);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      reader r;
      r.receive(stream.substr(0, cut));
      r.receive(stream.substr(cut));
      BOOST_REQUIRE_MESSAGE(r.heard == whole, shown(stream) << " cut at " << cut);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_story_is_the_same_in_random_pieces_and_byte_by_byte) {
  std::mt19937 random{4};
  const std::vector<std::string> all = pieces();
  constexpr frame_check checks[] = {frame_check::length_and_sum, frame_check::length, frame_check::neither};
  for (int round = 0; round < 1'200; ++round) {
    const auto check = checks[round / 400];
    std::string stream;
    for (int i = 0; i < 12; ++i) stream += all[random() % all.size()];
    if (round % 2) stream[random() % stream.size()] = static_cast<char>(random() % 128);
    const story whole = read_all(stream, 1 << 20, check);
    reader r{1 << 20, check};
    for (std::size_t at = 0, step = 0; at < stream.size(); at += step) {
      step = round % 3 ? 1 + random() % 60 : 1;
      r.receive(std::string_view{stream}.substr(at, step));
    }
    BOOST_REQUIRE_MESSAGE(r.heard == whole, shown(stream));
  }
}

// ---------------------------------------------------------------- peers that cannot count

BOOST_AUTO_TEST_CASE(a_wrong_check_sum_can_be_put_up_with) {
  const std::string body = heartbeat.substr(0, heartbeat.size() - 7), wrong = body + soh("10=145|");
  for (const auto check : {frame_check::length, frame_check::neither}) BOOST_TEST(read_all(wrong + next_one, 1 << 20, check) == (story{shown(wrong), shown(next_one)}));
  for (const auto* bad : {"10=44|", "10=14x|", "10=|"})
    BOOST_TEST(read_all(body + soh(bad) + next_one, 1 << 20, frame_check::length) == (story{garbled(framing_error::bad_check_sum), shown(next_one)}), bad);
}

BOOST_AUTO_TEST_CASE(a_wrong_length_can_be_put_up_with) {
  for (const auto* length : {"0", "5", "30", "40", "42", "48", "55", "97", "120"}) {
    const std::string wrong = soh("8=FIX.4.2|9=" + std::string{length} + "|35=0|34=2|49=A|52=20240506-07:08:09|56=B|10=999|");
    BOOST_TEST(read_all(wrong + next_one + heartbeat, 1 << 20, frame_check::neither) == (story{shown(wrong), shown(next_one), shown(heartbeat)}), length);
    BOOST_TEST(read_all(wrong + next_one + heartbeat, 1 << 20, frame_check::length).front() == garbled(framing_error::bad_body_length), length);
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_counts_right_is_understood) {
  const std::string one = soh("8=FIX.4.2|9=5|35=0|34=2|49=A|56=B|10=000|"), other = soh("8=FIX.4.2|9=99|35=0|34=3|49=A|56=B|10=000|");
  BOOST_TEST(read_all(one + other + one + one + one + one, 1 << 20, frame_check::neither) == (story{shown(one), shown(other), shown(one), shown(one), shown(one), shown(one)}));
}

BOOST_AUTO_TEST_CASE(a_true_length_leads_over_a_check_sum_in_a_data_field) {
  const std::string message = with_trailer("8=FIX.4.2|35=B|34=2|95=8|96=|10=000||58=x|");
  BOOST_TEST(read_all(message, 1 << 20, frame_check::neither) == story{shown(message)});
}

BOOST_AUTO_TEST_CASE(what_has_no_check_sum_is_garbled_whoever_puts_up_with_what) {
  const std::string bad = soh("8=FIX.4.2|9=10|35=0|34=2|49=A|56=B|");
  BOOST_TEST(read_all(bad + next_one, 1 << 20, frame_check::neither) == (story{garbled(framing_error::bad_body_length), shown(next_one)}));
  const std::string endless = soh("8=FIX.4.2|9=10|") + std::string(500, 'x');
  BOOST_TEST(read_all(endless, 400, frame_check::neither) == story{garbled(framing_error::too_long)});
  BOOST_TEST(read_all(endless + soh("|") + next_one, 400, frame_check::neither) == (story{garbled(framing_error::too_long), shown(next_one)}));
}

BOOST_AUTO_TEST_CASE(an_end_that_is_searched_for_byte_by_byte_costs_a_few_looks_only) {
  for (const std::string& filling : {std::string(1'000'000, 'x'), std::string(1'000'000, '\x01')}) {
    const std::string stream = soh("8=FIX.4.2|9=10|58=") + filling;
    framer cutter{1 << 20, frame_check::neither};
    for (std::size_t length = 0; length < stream.size(); ++length)
      BOOST_REQUIRE(cutter.next(std::string_view{stream}.substr(0, length)).what == kind::need_more);
  }
}

// A quadratic framer would look at 10^11 bytes here; the time-out of the test is the check.
BOOST_AUTO_TEST_CASE(a_megabyte_claimed_and_sent_byte_by_byte_is_looked_at_a_few_times_only) {
  std::string begins;
  while (begins.size() < 1'000'000) begins += soh("8=FIX.4.2|9=900000|35=0|");
  for (const std::string& filling : {std::string(1'000'000, 'x'), begins, soh("95=990000|96=") + std::string(990'100, '\x01')}) {
    const std::string stream = soh("8=FIX.4.2|9=1000100|58=") + filling;
    framer cutter;
    for (std::size_t length = 0; length < stream.size(); ++length)
      BOOST_REQUIRE(cutter.next(std::string_view{stream}.substr(0, length)).what == kind::need_more);
  }
}

BOOST_AUTO_TEST_CASE(frames_nested_thousands_deep_cost_no_more_than_their_bytes) {
  std::string nest = heartbeat;
  for (int depth = 0; depth < 3000; ++depth) {
    const std::string body = soh("35=0|") + nest;
    const std::string head = soh("8=FIX.4.2|9=" + std::to_string(body.size()) + "|") + body;
    nest = head + soh("10=000|");
  }
  const story heard = read_all(nest);
  BOOST_TEST(heard.front() == garbled(framing_error::bad_body_length));
  BOOST_TEST(heard[1] == shown(heartbeat));
}

BOOST_AUTO_TEST_SUITE_END()
