// The comparison of the durability proof must be able to fail: every kind of damage is found, at the moment at which it can be told.
#include "test/durability/comparison.hpp"

#include "apps/demo/forwarding_store.hpp"
#include "store/memory_store.hpp"
#include "test/store/batches.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

using namespace troupe;
using namespace troupe::durability;
using demo::arrival;
using demo::stored_message;
using protocol::seq_num;

namespace {

// Two orders went from a buyer to a venue and were answered, behind a Logon each way.
struct trade {
  trade() {
    buyer.stored = {seq_num{4}, seq_num{4}, {{seq_num{2}, "O2", ""}, {seq_num{3}, "O3", ""}}, contents("D", "O"), {{seq_num{2}, "token 7", ""}}};
    venue.stored = {seq_num{4}, seq_num{4}, {{seq_num{2}, "F2", "O2"}, {seq_num{3}, "F3", "O3"}}, contents("8", "F"), {{seq_num{2}, "token 8", ""}}};
    buyer.handled = {{seq_num{2}, "F2", false}, {seq_num{3}, "F3", false}};
    venue.handled = {{seq_num{2}, "O2", false}, {seq_num{3}, "O3", false}};
    buyer.received = received(venue.stored);
    venue.received = received(buyer.stored);
    buyer.accepted = {{seq_num{2}, "token 7", false}};
    venue.accepted = {{seq_num{2}, "token 8", false}};
  }
  static std::vector<stored_message> contents(const std::string& type, const std::string& id) {
    return {{seq_num{1}, "A @1 #1", ""}, {seq_num{2}, type + ' ' + id + "2 #2", ""}, {seq_num{3}, type + ' ' + id + "3 #3", ""}};
  }
  static std::vector<arrival> received(const stored_side& s) {
    std::vector<arrival> all;
    for (const auto& m : s.contents) all.push_back({m.number, m.id, false});
    return all;
  }
  [[nodiscard]] demo::verdict all() const { return settled(buyer, venue) + settled(venue, buyer) + answers(venue); }

  evidence buyer, venue;
};

using findings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(durability_comparison)

BOOST_AUTO_TEST_CASE(what_is_whole_is_clean_whoever_was_killed) {
  const trade t;
  BOOST_TEST(t.all().is_clean());
  BOOST_TEST(t.all().compared == 4u);  // messages, each once
  BOOST_TEST(killed(t.buyer, t.venue).is_clean());
  BOOST_TEST((killed(t.venue, t.buyer) + answers(t.venue)).is_clean());
}

BOOST_AUTO_TEST_CASE(what_is_under_way_is_lost_only_when_all_should_have_arrived) {
  trade t;
  t.venue.handled.pop_back();
  t.venue.received.pop_back();
  t.venue.stored.next_target = seq_num{3};
  BOOST_TEST(killed(t.buyer, t.venue).is_clean());
  BOOST_TEST(settled(t.buyer, t.venue).lost == findings{"O3 (MsgSeqNum 3)"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_that_left_and_is_not_stored_is_unknown_at_once) {
  trade t;
  t.buyer.stored.messages.pop_back();
  t.buyer.stored.contents.pop_back();
  BOOST_TEST(killed(t.buyer, t.venue).unknown == (findings{"O3 (MsgSeqNum 3)", "D O3 #3 (MsgSeqNum 3)"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_submit_that_was_accepted_and_is_not_stored_is_lost_at_once) {
  trade t;
  t.venue.accepted.push_back({seq_num{9}, "token 9", false});
  BOOST_TEST(killed(t.venue, t.buyer).lost == findings{"token 9 (MsgSeqNum 9), which was accepted"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_number_of_which_another_message_came_is_reused) {
  trade t;
  t.venue.received.push_back({seq_num{3}, "A @3 #9", false});
  BOOST_TEST(killed(t.buyer, t.venue).reused == findings{"D O3 #3 (MsgSeqNum 3) and A @3 #9"}, boost::test_tools::per_element());
  t.venue.received.erase(t.venue.received.end() - 2);
  BOOST_TEST(killed(t.buyer, t.venue).reused == findings{"D O3 #3 (MsgSeqNum 3) arrived as A @3 #9"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_that_comes_again_must_be_marked) {
  trade t;
  t.venue.received.push_back({seq_num{3}, "D O3 #3", true});
  t.venue.handled.push_back({seq_num{3}, "O3", true});
  BOOST_TEST(t.all().is_clean());
  t.venue.received.back().is_marked = false;
  t.venue.handled.back().is_marked = false;
  BOOST_TEST(settled(t.buyer, t.venue).duplicated == (findings{"O3 (MsgSeqNum 3)", "D O3 #3 (MsgSeqNum 3)"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_stored_once_stays_under_its_number) {
  trade t;
  t.buyer.stored_before = t.buyer.stored;
  t.venue.stored_before = t.venue.stored;
  BOOST_TEST(t.all().is_clean());
  t.buyer.stored_before.contents.push_back({seq_num{4}, "D O4 #4", ""});
  t.buyer.stored_before.next_sender = seq_num{5};
  const auto v = killed(t.buyer, t.venue);
  BOOST_TEST(v.lost == findings{"D O4 #4 (MsgSeqNum 4), which was stored"}, boost::test_tools::per_element());
  BOOST_TEST(v.reused == findings{"the next number out went back from 5 to 4"}, boost::test_tools::per_element());
  t.venue.stored_before.next_target = seq_num{9};
  BOOST_TEST(killed(t.venue, t.buyer).duplicated == findings{"the next number in went back from 9 to 4"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_counts_as_handled_is_written) {
  trade t;
  t.buyer.handled.pop_back();
  BOOST_TEST(killed(t.buyer, t.venue).lost == findings{"8 F3 #3 (MsgSeqNum 3), which counts as handled"}, boost::test_tools::per_element());
  t.buyer.stored.next_target = seq_num{3};
  BOOST_TEST(killed(t.buyer, t.venue).is_clean());
}

BOOST_AUTO_TEST_CASE(handled_and_answered_are_one_thing) {
  trade t;
  t.venue.stored.messages.pop_back();
  BOOST_TEST(answers(t.venue).lost == findings{"the answer to O3 (MsgSeqNum 3)"}, boost::test_tools::per_element());
  t.venue.stored.next_target = seq_num{3};
  BOOST_TEST(answers(t.venue).is_clean());
  t.venue.stored.messages.push_back({seq_num{3}, "F3", "O3"});
  BOOST_TEST(answers(t.venue).duplicated == findings{"the answer to O3 (MsgSeqNum 3), which does not count as handled"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_is_the_same_each_time_it_is_sent) {
  const auto frame = [](const std::string& head, const std::string& price) {
    std::string text = "8=FIX.4.2|9=5|35=D|" + head + "49=A|56=B|11=O5|44=" + price + "|10=000|";
    std::replace(text.begin(), text.end(), '|', '\x01');
    return text;
  };
  const auto first = record_of(frame("34=5|52=20260101-00:00:00|", "1"));
  const auto again = record_of(frame("34=5|43=Y|52=20260101-00:00:09|122=20260101-00:00:00|", "1"));
  const auto other = record_of(frame("34=5|52=20260101-00:00:00|", "2"));
  BOOST_REQUIRE((first && again && other));
  BOOST_TEST(first->content == again->content);
  BOOST_TEST(first->content != other->content);
  BOOST_TEST((!first->is_marked && again->is_marked));
  BOOST_TEST(first->message.id == "O5");
  BOOST_TEST(!record_of("no message"));
}

BOOST_AUTO_TEST_CASE(what_a_store_holds_is_read_back_and_found_by_its_token) {
  const test::temp_folder folder;
  const auto file = folder.path() / "buyer.stored";
  store::memory_store store;
  test::hand hand{store, test::alpha};
  const std::string order = "8=FIX.4.2\0019=5\00135=D\00134=2\00111=O2\00110=000\001";
  hand.commit(hand.next(protocol::record_kind::administrative, "8=FIX.4.2\0019=5\00135=A\00134=1\00110=000\001"));
  hand.commit(hand.next(protocol::record_kind::application, order, protocol::submit_token{7}));
  write_stored(store, file);
  const auto side = read_stored(file);
  BOOST_TEST(side.next_sender.value == 3u);
  BOOST_REQUIRE((side.messages.size() == 1u && side.contents.size() == 2u && side.tokens.size() == 1u));
  BOOST_TEST(side.messages.front().id == "O2");
  BOOST_TEST(side.tokens.front().id == "token 7");

  struct forgetful final : demo::forwarding_store {
    using forwarding_store::forwarding_store;
    std::optional<seq_num> find_token(const protocol::session_id&, protocol::submit_token) override { return std::nullopt; }
  };
  auto inner = std::make_unique<store::memory_store>();
  test::hand other{*inner, test::alpha};
  other.commit(other.next(protocol::record_kind::application, order, protocol::submit_token{7}));
  forgetful bad{std::move(inner)};
  BOOST_CHECK_EXCEPTION(write_stored(bad, file), std::runtime_error,
                        [](const std::runtime_error& e) { return std::string{e.what()} == "the store has token 7 under MsgSeqNum 1 and finds it nowhere"; });
  BOOST_TEST(read_stored(file).next_sender.value == 3u);  // as it was
}

BOOST_AUTO_TEST_CASE(a_file_that_no_party_has_written_is_refused_by_name) {
  const test::temp_folder folder;
  const auto file = folder.path() / "buyer.stored";
  for (const char* text : {"", "4\tx\n", "4\t4\n1\t1\n", "4\t4\n1\t1\t0\tO1\t\n", "4\t4\nx\t1\t0\tO1\t\tD\n"}) {
    std::ofstream{file} << text;
    BOOST_CHECK_EXCEPTION(static_cast<void>(read_stored(file)), std::runtime_error,
                          [&](const std::runtime_error& e) { return std::string{e.what()}.find(file.string()) != std::string::npos; });
  }
}

BOOST_AUTO_TEST_SUITE_END()
