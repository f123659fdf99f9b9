// What a counterparty can do to a session in the middle of recovery: one engine, and a peer that a test plays by hand.
#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

struct seller_alone : stage {
  explicit seller_alone(stage_plan plan) : stage(std::move(plan)) {
    seller.application().answer = nullptr;
    BOOST_TEST_REQUIRE(seller.start().error.empty());
  }
};

// The seller's engine, and a buyer played by hand.
struct counter : seller_alone {
  explicit counter(stage_plan plan = {}) : seller_alone(std::move(plan)) { run(); }
  fix_peer peer{clock(), seller.id()};

  void log_on() {
    peer.log_on();
    run();
    BOOST_TEST_REQUIRE(peer.take() == "A:98=0|108=30");
  }
  void order(fix_peer& from, const std::string& id) { from.send("D", body(id)); }
  static std::string body(const std::string& id) { return "11=" + id + "|55=TEST|54=1|"; }
  std::string says() {
    run();
    return peer.take();
  }
  // The seller says something of its own.
  void report(const std::string& id) {
    auto r = seller.session();
    BOOST_TEST_REQUIRE((r.submit({"8", "", "17=" + id + "\001"}, token_of(id)) == submit_result::taken));
    run();
  }
};

// The MsgSeqNums of what came, "2 3? 4": those with PossDupFlag(43)=Y have a question mark.
std::string numbers(const std::vector<fix_peer::message>& all) {
  std::string text;
  for (const auto& m : all) text += (text.empty() ? "" : " ") + std::to_string(m.number) + (m.is_possible_duplicate ? "?" : "");
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(peers)

// ---------------------------------------------------------------- a gap while we recover

BOOST_FIXTURE_TEST_CASE(a_gap_is_asked_for_once_and_closed_in_order, counter) {
  log_on();
  peer.skip(2);         // 2 and 3
  order(peer, "A4");
  order(peer, "A5");
  BOOST_TEST(says() == "2:7=2|16=0");
  BOOST_TEST((seller.state() == Recovering));
  BOOST_TEST(seller.seen().empty());
  peer.resend(2, "D", body("A2"));
  peer.resend(3, "D", body("A3"));
  peer.resend(4, "D", body("A4"));
  peer.resend(5, "D", body("A5"));
  BOOST_TEST(says().empty());
  BOOST_TEST((seller.state() == Active));
  BOOST_TEST(seller.seen() == "A2? A3? A4 A5" , seller.seen());
}

BOOST_FIXTURE_TEST_CASE(another_gap_opens_while_one_is_filled, counter) {
  log_on();
  peer.skip(1);  // 2
  order(peer, "A3");
  BOOST_TEST(says() == "2:7=2|16=0");
  peer.resend(2, "D", body("A2"));
  peer.skip(1);  // 4, lost while the fill is under way
  order(peer, "A5");
  BOOST_TEST(says() == "2:7=4|16=0");
  peer.fill_gap(4, 5);
  run();
  BOOST_TEST(seller.seen() == "A2? A3 A5", seller.seen());
  BOOST_TEST((seller.state() == Active));
}

BOOST_FIXTURE_TEST_CASE(a_fill_that_never_comes_is_asked_for_again_and_then_needs_an_operator, counter) {
  log_on();
  peer.skip(1);
  order(peer, "A3");
  std::size_t asked = 0;
  run_until([&] {
    for (const auto& m : peer.take_all()) asked += m.type == "2" ? 1 : 0;
    peer.send("0");
    return seller.status(0).group == group_state::NeedsOperator;
  }, 5min);
  BOOST_TEST(asked == 3U);
  BOOST_TEST((seller.status(0).group == group_state::NeedsOperator));
}

BOOST_FIXTURE_TEST_CASE(the_link_is_lost_in_the_middle_of_a_fill, counter) {
  log_on();
  peer.skip(3);  // 2, 3, 4
  order(peer, "A5");
  run();
  peer.resend(2, "D", body("A2"));
  run();
  const auto next = peer.next();
  cut();
  run();
  peer = fix_peer{clock(), seller.id()};
  peer.set_next(next);
  peer.log_on();
  BOOST_TEST(says() == "A:98=0|108=30 2:7=3|16=0");
  for (const auto* id : {"A3", "A4", "A5"}) peer.resend(static_cast<std::uint64_t>(id[1] - '0'), "D", body(id));
  peer.fill_gap(6, 7);
  run();
  BOOST_TEST(seller.seen() == "A2? A3? A4? A5?", seller.seen());
  BOOST_TEST((seller.state() == Active));
}

BOOST_FIXTURE_TEST_CASE(the_session_crashes_in_the_middle_of_a_fill, counter) {
  log_on();
  peer.skip(1);
  order(peer, "A3");
  run();
  const auto next = peer.next();
  BOOST_TEST(seller.crash(part::session));
  advance(1s);
  BOOST_TEST(!peer.is_connected());
  peer = fix_peer{clock(), seller.id()};
  peer.set_next(next);
  peer.log_on();
  BOOST_TEST(says() == "A:98=0|108=30 2:7=2|16=0");
}

BOOST_FIXTURE_TEST_CASE(a_garbled_message_is_a_gap_that_the_next_one_shows, counter) {
  log_on();
  peer.garble("D", body("A2"));
  BOOST_TEST(says().empty());
  order(peer, "A2");  // the same number again: as if the first had never been
  BOOST_TEST(says().empty());
  BOOST_TEST(seller.seen() == "A2");
}

BOOST_AUTO_TEST_CASE(a_peer_that_cannot_count_is_understood_where_that_is_asked_for) {
  stage_plan plan;
  plan.change_session = [](session_spec& s) { s.config.framing = troupe::protocol::frame_check::neither; };
  counter at{plan};
  at.log_on();
  at.peer.garble("D", counter::body("A2"));
  BOOST_TEST(at.says().empty());
  BOOST_TEST(at.seller.seen() == "A2");
}

BOOST_FIXTURE_TEST_CASE(a_message_that_comes_again_without_a_mark_ends_the_session, counter) {
  log_on();
  order(peer, "A2");
  peer.repeat_last();
  const auto answer = says();
  BOOST_TEST(answer.starts_with("5:58=MsgSeqNum too low, expecting 3 but received 2"), answer);
  BOOST_TEST(seller.seen() == "A2");
}

// ---------------------------------------------------------------- an application that fails in the middle of a batch

// What it had submitted for the message that it failed on is void; what it had handled before is handled, and not delivered again.
BOOST_FIXTURE_TEST_CASE(a_handler_that_throws_behind_its_submit_has_not_submitted, counter) {
  int throws = 1;
  seller.application().answer = [&](session_reference& session, const troupe::protocol::message_view& m, const message_info& info) {
    const auto result = answer_orders(session, m, info);
    if (m.find(11) == "A3" && throws-- > 0) throw std::runtime_error{"out of memory"};
    return result;
  };
  log_on();
  std::vector<std::string> together;
  for (const auto* id : {"A2", "A3", "A4"}) together.push_back(peer.next_frame("D", body(id)));
  peer.send_together(together);
  advance(5s);
  BOOST_TEST(seller.seen() == "A2 A3 A3? A4?", seller.seen());
  std::string fills;
  for (const auto& m : peer.take_all()) fills += std::to_string(m.number) + m.body.substr(0, m.body.find('|')) + " ";
  BOOST_TEST(fills == "237=A2 337=A3 437=A4 ");
}

// RejectMessageOnUnhandledException=Y: the message is counted, its neighbours are handled, and nothing comes again.
BOOST_AUTO_TEST_CASE(a_message_that_the_application_throws_on_is_rejected_where_that_is_asked_for) {
  struct picky final : application {
    explicit picky(std::string& s) : seen(s) {}
    handling on_message(session_reference& session, const troupe::protocol::message_view& m, const message_info& info) override {
      seen += std::string{m.find(11).value_or("-")} + (info.is_possible_duplicate ? "? " : " ");
      (void)answer_orders(session, m, info);
      if (m.find(11) == "A3") throw std::runtime_error{"cannot price A3"};
      return handling::handled;
    }
    std::string& seen;
  };
  std::string seen;
  int made = 0;
  stage_plan plan;
  plan.change_session = [&](session_spec& s) {
    const auto make = [&](const session_id&) { return ++made, std::make_unique<picky>(seen); };
    if (s.config.role == troupe::protocol::role::acceptor) s.application = hosted(make, {.rejects_what_throws = true});
  };
  counter at{plan};
  at.log_on();
  std::vector<std::string> together;
  for (const auto* id : {"A2", "A3", "A4"}) together.push_back(at.peer.next_frame("D", counter::body(id)));
  at.peer.send_together(together);
  at.advance(5s);
  BOOST_TEST(seen == "A2 A3 A4 ");
  BOOST_TEST(made == 1);
  std::string answers;
  for (const auto& m : at.peer.take_all()) answers += std::to_string(m.number) + ":" + m.type + " " + (m.type == "j" ? m.body : "") + ";";
  BOOST_TEST(answers == "2:j 45=3|58=Application not available|372=D|380=4;3:8 ;4:8 ;");
  BOOST_TEST(at.seller.events().count("handling-failed") == 1U);
  BOOST_TEST((at.seller.state() == Active));
}

// Bytes of a data field that only the session's dictionary knows, with SOH and what looks like a field among them.
BOOST_AUTO_TEST_CASE(what_comes_again_to_an_application_is_told_apart_by_the_dictionary_too) {
  const auto own = troupe::protocol::read_dictionary(R"(<fix type='FIX' major='4' minor='2' servicepack='0'><header/><trailer/><messages>
    <message name='NewOrderSingle' msgtype='D' msgcat='app'><field name='ClOrdID' required='Y'/><field name='OwnLength' required='N'/>
    <field name='OwnData' required='N'/></message></messages><components/><fields><field number='11' name='ClOrdID' type='STRING'/>
    <field number='20005' name='OwnLength' type='LENGTH'/><field number='20006' name='OwnData' type='DATA'/></fields></fix>)");
  for (const auto& p : own.problems) BOOST_TEST_MESSAGE(p.text);
  BOOST_TEST_REQUIRE(own.made.get() != nullptr);
  stage_plan plan;
  plan.change_session = [&](session_spec& s) {
    s.config.dictionaries = {own.made, own.made};
    s.config.reject_invalid = false;
  };
  counter at{plan};
  std::string seen;
  at.seller.application().answer = [&](session_reference&, const troupe::protocol::message_view& m, const message_info&) {
    seen += std::string{m.find(20006).value_or("-")} + ";";
    if (seen.size() < 10) throw std::runtime_error{"out of memory"};
    return handling::handled;
  };
  at.log_on();
  at.peer.send("D", "11=A|20005=6|20006=a\00154=2|");
  at.advance(5s);
  BOOST_TEST(seen == "a\00154=2;a\00154=2;");
}

// ---------------------------------------------------------------- in the middle of a replay

namespace {

// The seller has sent 2 … 101; pages of ten, and a wire that takes little at once: the replay stays under way.
struct replaying : counter {
  static stage_plan in_small_pages() {
    stage_plan p;
    p.change_session = [](session_spec& s) {
      s.config.replay_page_records = 10;
      s.config.replay_low_water = 1;
    };
    return p;
  }
  replaying() : counter(in_small_pages()) {
    net().last_wire().to_connector().settings().window = 3000;
    log_on();
    for (int i = 2; i <= 101; ++i) report("E" + std::to_string(i));
    BOOST_TEST_REQUIRE(numbers(peer.take_all()).ends_with("100 101"));
  }
  // Asks for everything, and does not read: the replay fills the wire and waits.
  void begin_replay() {
    peer.read(false);
    peer.send("2", "7=2|16=0|");
    run();
  }
  std::vector<fix_peer::message> all_of_it() {
    peer.read(true);
    advance(1s);
    return peer.take_all();
  }
  static std::string range(int from, int to) {
    std::string text;
    for (int i = from; i <= to; ++i) text += std::to_string(i) + "? ";
    return text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_replay_waits_for_a_peer_that_does_not_read_and_then_goes_on, replaying) {
  begin_replay();
  BOOST_TEST(net().last_wire().to_connector().bytes_unread() < 20'000U);
  BOOST_TEST(numbers(all_of_it()) + " " == range(2, 101));
}

BOOST_FIXTURE_TEST_CASE(what_is_submitted_in_the_middle_of_a_replay_comes_behind_it_as_a_first_sending, replaying) {
  begin_replay();
  report("NEW");
  BOOST_TEST(seller.in_flight() == 0U);  // durable, and accepted
  BOOST_TEST(numbers(all_of_it()) == range(2, 101) + "102");
}

BOOST_FIXTURE_TEST_CASE(a_test_request_in_the_middle_of_a_replay_is_answered, replaying) {
  begin_replay();
  peer.send("1", "112=ALIVE|");
  run();
  const auto all = all_of_it();
  const auto answer = std::find_if(all.begin(), all.end(), [](const auto& m) { return m.type == "0"; });
  BOOST_TEST_REQUIRE((answer != all.end()));
  BOOST_TEST(answer->body == "112=ALIVE");
  BOOST_TEST(answer->number == 102U);
  BOOST_TEST(std::count_if(all.begin(), all.end(), [](const auto& m) { return m.is_possible_duplicate; }) == 100);
}

BOOST_FIXTURE_TEST_CASE(a_second_resend_request_in_the_middle_of_a_replay_is_served_behind_it, replaying) {
  begin_replay();
  peer.send("2", "7=50|16=60|");
  run();
  BOOST_TEST(numbers(all_of_it()) + " " == range(2, 101) + range(50, 60));
}

BOOST_FIXTURE_TEST_CASE(the_link_is_lost_in_the_middle_of_a_replay, replaying) {
  begin_replay();
  report("NEW");
  const auto next = peer.next();
  cut();
  run();
  peer = fix_peer{clock(), seller.id()};
  peer.set_next(next);
  peer.log_on();
  advance(1s);
  BOOST_TEST(numbers(peer.take_all()) == "103");  // the Logon alone: nothing of the old link comes over
  peer.send("2", "7=2|16=0|");
  advance(1s);
  BOOST_TEST(numbers(peer.take_all()) == range(2, 103) .substr(0, range(2, 103).size() - 1));
}

// ---------------------------------------------------------------- who may come

BOOST_FIXTURE_TEST_CASE(a_second_connection_is_turned_away_and_the_first_does_not_notice, counter) {
  log_on();
  fix_peer second{clock(), seller.id()};
  second.log_on();
  run();
  BOOST_TEST(!second.is_connected());
  BOOST_TEST(second.take().empty());
  BOOST_TEST(seller.events().count("link-refused") == 1U);
  order(peer, "A2");
  run();
  BOOST_TEST(peer.is_connected());
  BOOST_TEST(seller.seen() == "A2");
  BOOST_TEST(seller.status(0).connects == 1U);
}

BOOST_FIXTURE_TEST_CASE(two_connections_at_the_same_moment_are_one_session, counter) {
  fix_peer second{clock(), seller.id()};
  peer.log_on();
  second.log_on();
  run();
  BOOST_TEST(peer.is_connected() != second.is_connected());
  BOOST_TEST((seller.state() == Active));
}

BOOST_FIXTURE_TEST_CASE(a_stranger_is_turned_away_without_a_word, counter) {
  fix_peer stranger{clock(), {"FIX.4.2", "SELL", "NOBODY", ""}};
  stranger.log_on();
  run();
  BOOST_TEST(!stranger.is_connected());
  BOOST_TEST(stranger.take().empty());
}

// The other role: a venue that is played by hand.
BOOST_AUTO_TEST_CASE(a_venue_that_is_silent_is_asked_and_then_left) {
  stage s;
  auto venue = fix_peer::listening(s.clock(), s.buyer.id());
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  s.run();
  BOOST_TEST(venue.take() == "A:98=0|108=30");
  venue.log_on();
  venue.be_silent();
  s.advance(37s);
  const auto asked = venue.take_all();
  BOOST_TEST_REQUIRE(!asked.empty());
  BOOST_TEST(asked.back().type == "1");
  s.advance(34s);
  BOOST_TEST(s.buyer.events().count("link-ended") == 0U);
  s.advance(4s);
  BOOST_TEST(s.buyer.events().count("link-ended") == 1U);
  BOOST_TEST(venue.take().ends_with("A:98=0|108=30"));  // and it comes again
}

BOOST_AUTO_TEST_CASE(a_venue_that_answers_test_requests_is_kept) {
  stage s;
  auto venue = fix_peer::listening(s.clock(), s.buyer.id());
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  s.run();
  venue.log_on();
  s.advance(10min);
  BOOST_TEST(venue.is_connected());
  BOOST_TEST((s.buyer.state() == Active));
}

// ---------------------------------------------------------------- a venue that does not log us on

namespace {

// Three Logons without an answer are enough.
struct three_tries : stage {
  three_tries() : stage(plan()) {}
  static stage_plan plan() {
    stage_plan p;
    p.change_session = [](session_spec& spec) { spec.max_failed_logons = 3; };
    return p;
  }
  [[nodiscard]] group_status buyers() { return buyer.status(0); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(after_so_many_refused_logons_the_operator_is_needed, three_tries) {
  auto venue = fix_peer::listening(clock(), buyer.id());
  BOOST_TEST_REQUIRE(buyer.start().error.empty());
  for (int n = 1; n <= 3; ++n) {
    BOOST_TEST_REQUIRE(run_until([&] { return venue.is_connected(); }, 1min));
    BOOST_TEST((buyers().group != group_state::NeedsOperator));
    venue.send("5", "58=not today|");
    run();
    venue.close();
    run();
  }
  BOOST_TEST((buyers().group == group_state::NeedsOperator));
  BOOST_TEST(buyers().reason.starts_with("3 connections in a row without a logon"), buyers().reason);
  BOOST_TEST(buyers().reason.find("not today") != std::string::npos, buyers().reason);
  BOOST_TEST(buyer.events().count("needs-operator") == 1U);
  advance(1h);
  BOOST_TEST(buyers().connects == 3U);
  // The operator says that it is mended: three more.
  BOOST_TEST(buyer.tell(operator_command::logon).is_done);
  BOOST_TEST(run_until([&] { return buyers().connects == 4U; }, 1min));
  BOOST_TEST((buyers().group == group_state::Running));
}

BOOST_FIXTURE_TEST_CASE(a_venue_that_never_answers_a_logon_is_one_that_refuses, three_tries) {
  auto venue = fix_peer::listening(clock(), buyer.id());
  venue.be_silent();
  BOOST_TEST_REQUIRE(buyer.start().error.empty());
  BOOST_TEST(run_until([&] { return buyers().group == group_state::NeedsOperator; }, 10min));
  BOOST_TEST(buyers().connects == 3U);
  BOOST_TEST(buyers().reason.find("no Logon in time") != std::string::npos, buyers().reason);
}

BOOST_FIXTURE_TEST_CASE(connections_that_nobody_takes_are_no_failed_logons, three_tries) {
  BOOST_TEST_REQUIRE(buyer.start().error.empty());
  advance(10min);
  BOOST_TEST(buyers().connects > 10U);
  BOOST_TEST((buyers().group != group_state::NeedsOperator));
  BOOST_TEST_REQUIRE(seller.start().error.empty());
  BOOST_TEST(settle(), what_is_open());
}

BOOST_AUTO_TEST_SUITE_END()
