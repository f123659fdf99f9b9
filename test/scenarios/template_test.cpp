// Sessions that are made by their Logon.
#include "test/scenarios/open_venue.hpp"

#include <deque>
#include <map>
#include <random>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

BOOST_AUTO_TEST_SUITE(templates)

BOOST_FIXTURE_TEST_CASE(whoever_logs_on_gets_a_session_that_trades, open_venue) {
  auto ann = logged_on("ANN");
  order(ann, "A1");
  const auto answer = ann.take();
  BOOST_TEST(answer.starts_with("8:"), answer);
  BOOST_TEST(seller.log().messages(named("ANN")) == "A1");
  BOOST_TEST((of("ANN").session.state == Active));
  BOOST_TEST(made == std::vector<std::string>{"FIX.4.2:SELL->ANN"});
  BOOST_TEST(seller.events().count("session-made") == 1U);
  // What is configured is not made.
  auto buy = logged_on("BUY");
  BOOST_TEST(made.size() == 1U);
  BOOST_TEST(buy.is_connected());
  // What the template does not fit is turned away without a word.
  fix_peer other{clock(), {"FIX.4.2", "SOMEBODY", "ANN", ""}};
  other.log_on();
  run();
  BOOST_TEST(!other.is_connected());
  BOOST_TEST(other.take().empty());
}

BOOST_AUTO_TEST_CASE(from_an_address_that_is_not_allowed_nobody_gets_a_session) {
  open_venue v{[](session_template& t) {
    t.max_sessions = 1;
    BOOST_TEST_REQUIRE(!t.variants.front().allowed.add("192.0.2.0/24"));
  }};
  auto ann = v.dial("ANN");
  ann.log_on();
  v.run();
  BOOST_TEST(!ann.is_connected());
  BOOST_TEST(ann.take().empty());
  BOOST_TEST(v.made.empty());
  BOOST_TEST(v.stored() == 1U);
  BOOST_TEST(v.seller.events().count("lobby-refused") == 1U);
  BOOST_TEST(v.logged_on("BUY").is_connected());  // it has no list
}

BOOST_AUTO_TEST_CASE(a_template_that_is_left_out_makes_no_session) {
  open_venue v{[](session_template& t) { t.refusal = "left out"; }};
  auto ann = v.dial("ANN");
  ann.log_on();
  v.run();
  BOOST_TEST(!ann.is_connected());
  BOOST_TEST(v.made.empty());
  BOOST_TEST(v.logged_on("BUY").is_connected());
}

BOOST_FIXTURE_TEST_CASE(a_reference_is_good_from_the_first_logon_on, open_venue) {
  auto ann = logged_on("ANN");
  auto r = seller.session(named("ANN"));
  BOOST_TEST((r.submit({"8", "", "17=E1\001"}, submit_token{1}) == submit_result::taken));
  run();
  BOOST_TEST(ann.take() == "8:17=E1");
  BOOST_CHECK_THROW((void)seller.session(named("NOBODY")), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(two_hundred_peers_are_two_hundred_sessions) {
  open_venue v{{}, 2};
  std::deque<fix_peer> peers;
  for (int n = 0; n < 200; ++n) {
    peers.push_back(v.dial("P" + std::to_string(n)));
    peers.back().log_on();
  }
  v.run();
  for (int n = 0; n < 200; ++n) {
    auto& p = peers[static_cast<std::size_t>(n)];
    BOOST_TEST_REQUIRE(p.is_connected());
    v.order(p, "O" + std::to_string(n));
    BOOST_TEST(v.seller.log().messages(named("P" + std::to_string(n))) == "O" + std::to_string(n));
  }
  BOOST_TEST(v.count() == 200U);
}

BOOST_AUTO_TEST_CASE(two_connections_of_one_name_at_once_are_one_session_whatever_the_order) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    open_venue v{{}, 2, seed, seed % 2 == 0};
    auto first = v.dial("ANN");
    auto second = v.dial("ANN");
    first.log_on();
    second.log_on();
    v.run();
    BOOST_TEST(first.is_connected() != second.is_connected(), "seed " << seed);
    BOOST_TEST((v.of("ANN").session.state == Active));
    BOOST_TEST(v.made.size() == 1U);
    BOOST_TEST(v.count() == 1U);
  }
}

// ---------------------------------------------------------------- numbers go on

BOOST_FIXTURE_TEST_CASE(numbers_go_on_after_a_kill, open_venue) {
  auto ann = logged_on("ANN");
  order(ann, "A1");
  const auto next = ann.next();
  seller.kill();
  advance(1s);
  start_seller();
  BOOST_TEST(count() == 0U);
  BOOST_TEST((seller.session(named("ANN")).submit({"8", "", "17=E9\001"}, submit_token{9}) == submit_result::stopped));  // known, and not there
  ann = logged_on("ANN", next);
  BOOST_TEST(of("ANN").session.next_sender.value == 4U);
  order(ann, "A2");
  BOOST_TEST(seller.log().messages(named("ANN")) == "A1 A2");
}

BOOST_AUTO_TEST_CASE(an_idle_session_ends_and_goes_on_with_its_numbers) {
  open_venue v{[](session_template& t) { t.idle = 60s; }};
  auto ann = v.logged_on("ANN");
  v.order(ann, "A1");
  const auto next = ann.next();
  auto r = v.seller.session(named("ANN"));
  ann.close();
  v.advance(59s);
  BOOST_TEST(v.count() == 1U);
  v.advance(2s);
  BOOST_TEST(v.count() == 0U);
  BOOST_TEST(v.ended == v.made);
  BOOST_TEST((r.submit({"8", "", "17=E1\001"}, submit_token{1}) == submit_result::stopped));
  BOOST_TEST(v.stored() == 2U);
  ann = v.logged_on("ANN", next);
  BOOST_TEST((r.submit({"8", "", "17=E2\001"}, submit_token{2}) == submit_result::taken));  // the reference of before
  v.run();
  BOOST_TEST(ann.take() == "8:17=E2");
}

// Its end is decided, and a link comes and goes before that is done: whoever waits for the next end waits for nothing.
BOOST_AUTO_TEST_CASE(a_link_that_comes_and_goes_while_it_ends_leaves_no_timer_behind) {
  open_venue v{[](session_template& t) { t.idle = 60s; }};
  v.logged_on("ANN").close();
  v.run();
  v.advance(59s);
  BOOST_TEST_REQUIRE(v.seller.hold(part::supervisor));
  v.logged_on("ANN", 2).close();
  v.advance(1500ms);  // it is time, and what the supervisor has not heard yet says otherwise
  v.seller.release(part::supervisor);
  v.run();
  BOOST_TEST(!v.has("ANN"));
  v.advance(2min);
  v.logged_on("BOB");
}

BOOST_AUTO_TEST_CASE(without_a_limit_of_time_it_stays) {
  open_venue v{[](session_template& t) { t.idle = 0s; }};
  v.logged_on("ANN").close();
  v.advance(24h);
  BOOST_TEST(v.count() == 1U);
}

// What would be lost with a session keeps it: here, a message that its application has not handled.
BOOST_AUTO_TEST_CASE(a_session_with_something_under_way_does_not_end) {
  open_venue v{[](session_template& t) { t.idle = 60s; }};
  auto ann = v.logged_on("ANN");
  BOOST_TEST_REQUIRE(v.seller.hold(part::application, named("ANN")));
  v.order(ann, "A1");
  ann.close();
  v.advance(10min);
  BOOST_TEST(v.count() == 1U);
  v.seller.release(part::application, named("ANN"));
  v.advance(2min);
  BOOST_TEST(v.count() == 0U);
  BOOST_TEST(v.seller.log().messages(named("ANN")) == "A1");
}

BOOST_AUTO_TEST_CASE(the_operators_word_is_not_forgotten) {
  open_venue v{[](session_template& t) { t.idle = 60s; t.max_sessions = 1; }};
  auto ann = v.logged_on("ANN");
  BOOST_TEST(v.seller.tell(operator_command::logout, named("ANN")).is_done);
  v.run();
  ann.close();
  v.advance(1h);
  BOOST_TEST((v.of("ANN").group == group_state::Stopped));
  auto again = v.dial("ANN");
  again.log_on();
  auto other = v.dial("BOB");  // and its place is not to be had
  other.log_on();
  v.run();
  BOOST_TEST(!again.is_connected());
  BOOST_TEST(!other.is_connected());
  BOOST_TEST(v.seller.tell(operator_command::logon, named("ANN")).is_done);
  v.logged_on("ANN", 2);
}

// ---------------------------------------------------------------- bounds

BOOST_AUTO_TEST_CASE(at_the_limit_who_left_first_makes_room_and_who_is_there_stays) {
  open_venue v{[](session_template& t) { t.max_sessions = 3; }};
  auto a = v.logged_on("A");
  auto b = v.logged_on("B");
  auto c = v.logged_on("C");
  auto late = v.dial("LATE");
  late.log_on();
  v.run();
  BOOST_TEST(!late.is_connected());
  BOOST_TEST(late.take().empty());
  BOOST_TEST(v.seller.events().count("lobby-refused") == 1U);
  b.close();
  v.advance(1s);
  a.close();
  v.advance(1s);
  auto d = v.logged_on("D");
  BOOST_TEST(!v.has("B"));
  BOOST_TEST(v.has("A"));
  auto e = v.logged_on("E");
  BOOST_TEST(!v.has("A"));
  BOOST_TEST(v.count() == 3U);
  BOOST_TEST(c.is_connected());
}

// Turned away by the application: no session, no place in the store, however many names are tried.
BOOST_AUTO_TEST_CASE(whoever_invents_names_leaves_nothing_behind) {
  open_venue v{[](session_template& t) {
    t.max_sessions = 10;
    t.max_identities = 5;
    t.variants.front().config.has_authenticate_hook = true;
  }};
  v.seller.application().authenticate = [](session_reference& s, const troupe::protocol::message_view&) { return admission{s.id().target_comp_id == "ANN", "unknown"}; };
  for (int n = 0; n < 100; ++n) {
    auto stranger = v.dial("X" + std::to_string(n));
    stranger.log_on();
    v.run();
    v.advance(1ms);
    BOOST_TEST(!stranger.is_connected());
    BOOST_TEST(stranger.take().empty());
  }
  BOOST_TEST(v.count() == 0U);
  BOOST_TEST(v.stored() == 1U);
  BOOST_CHECK_THROW((void)v.seller.session(named("X1")), std::out_of_range);
  v.logged_on("ANN");
  BOOST_TEST(v.stored() == 2U);
}

BOOST_AUTO_TEST_CASE(so_many_identities_and_no_more_also_after_a_restart) {
  open_venue v{[](session_template& t) { t.max_identities = 3; }};
  for (const auto* name : {"A", "B", "C"}) v.logged_on(name).close();
  const auto is_refused = [&](const std::string& name) {
    auto p = v.dial(name);
    p.log_on();
    v.run();
    return !p.is_connected();
  };
  BOOST_TEST(is_refused("D"));
  v.seller.kill();
  v.advance(1s);
  v.start_seller();
  BOOST_TEST(is_refused("D"));
  v.logged_on("B", 2);
  BOOST_TEST(v.stored() == 4U);
}

BOOST_FIXTURE_TEST_CASE(names_that_are_none_are_turned_away, open_venue) {
  for (const std::string& name : {std::string(65, 'X'), std::string{"A\tB"}, std::string{"*"}, std::string{" A"}, std::string{"caf\xc3\xa9"}}) {
    auto p = dial(name);
    p.log_on();
    run();
    BOOST_TEST(!p.is_connected(), name);
  }
  BOOST_TEST(count() == 0U);
  BOOST_TEST(stored() == 1U);
  logged_on(std::string(64, 'X'));
  logged_on("../../x");
}

// The store takes so long that the lobby closes the connection: the session that nobody takes ends by itself.
BOOST_FIXTURE_TEST_CASE(a_session_that_is_made_too_late_is_not_kept_for_long, open_venue) {
  BOOST_TEST_REQUIRE(seller.hold(part::store));
  auto p = dial("ANN");
  p.log_on();
  advance(11s);
  BOOST_TEST(!p.is_connected());
  BOOST_TEST(made.size() == 1U);
  seller.release(part::store);
  advance(31s);
  BOOST_TEST(count() == 0U);
  BOOST_TEST(stored() == 1U);
  logged_on("ANN");
}

// ---------------------------------------------------------------- names in common

BOOST_AUTO_TEST_CASE(with_own_qualifiers_every_connection_is_a_session) {
  open_venue v{[](session_template& t) { t.has_own_qualifiers = true; }};
  auto first = v.logged_on("ANN");
  auto second = v.logged_on("ANN");
  v.order(first, "A1");
  v.order(second, "B1");
  BOOST_TEST(v.there() == (std::vector<std::string>{"BUY", "ANN1", "ANN2"}));
  BOOST_TEST(v.seller.log().messages(named("ANN", "1")) == "A1");
  BOOST_TEST(v.seller.log().messages(named("ANN", "2")) == "B1");
  first.close();
  v.advance(1s);
  BOOST_TEST(v.there() == (std::vector<std::string>{"BUY", "ANN2"}));
  auto third = v.logged_on("ANN");  // numbers of the first are not its own
  BOOST_TEST(v.there() == (std::vector<std::string>{"BUY", "ANN2", "ANN1"}));
  v.order(third, "C1");
  BOOST_TEST(third.take().starts_with("8:"));
  BOOST_TEST(second.is_connected());
}

BOOST_AUTO_TEST_CASE(sub_ids_are_taken_over_from_the_logon_or_must_fit) {
  open_venue v{[](session_template& t) {
    t.variants.front().config.target_sub_id = "*";
    t.variants.front().config.sender_sub_id = "DESK";
  }};
  auto without = v.dial("ANN");
  without.log_on();
  v.run();
  BOOST_TEST(!without.is_connected());
  auto ann = v.dial("ANN");
  ann.send_as(1, "A", "98=0|108=30|", "50=TRADER|57=DESK|");
  v.run();
  const auto all = ann.take_all();
  BOOST_TEST_REQUIRE(all.size() == 1U);
  BOOST_TEST(all.front().all.find("|50=DESK|") != std::string::npos, all.front().all);
  BOOST_TEST(all.front().all.find("|57=TRADER|") != std::string::npos, all.front().all);
}

// ---------------------------------------------------------------- failures

BOOST_FIXTURE_TEST_CASE(its_parts_are_restarted_like_those_of_any_other, open_venue) {
  auto ann = logged_on("ANN");
  order(ann, "A1");
  for (const auto p : {part::session, part::group, part::application}) {
    const auto next = ann.next();
    BOOST_TEST_REQUIRE(seller.crash(p, named("ANN")));
    advance(1s);
    if (!ann.is_connected()) ann = logged_on("ANN", next);
    order(ann, "B" + std::to_string(static_cast<int>(p)));
  }
  BOOST_TEST(count() == 1U);
  BOOST_TEST(seller.crash(part::lobby));
  advance(1s);
  logged_on("BOB");
  BOOST_TEST(ann.is_connected());
}

// Whatever dies while a session is made: in the end the peer gets one, and there is one.
BOOST_AUTO_TEST_CASE(a_crash_at_every_step_of_making_one) {
  for (const auto p : {part::group, part::session, part::application, part::lobby, part::store, part::acceptor}) {
    std::size_t last = 0;
    for (std::size_t step = 0; step == 0 || last == step - 1; ++step) {
      open_venue v{{}, 1, step + 1, step % 2 == 0};
      auto ann = v.dial("ANN");
      ann.log_on();
      last = v.run_steps(step) == step ? step : last;
      const bool is_of_session = p < part::store;
      if (is_of_session) v.seller.crash(p, named("ANN"));
      else v.seller.crash(p);
      v.advance(15s);
      if (!ann.is_connected()) {
        auto next = ann.next();
        ann = v.dial("ANN");
        ann.set_next(next);
        ann.log_on();
      }
      v.advance(1s);
      BOOST_TEST(ann.is_connected(), to_string(p) << " at step " << step);
      BOOST_TEST((v.of("ANN").session.state == Active || v.of("ANN").session.state == Recovering), to_string(p) << " at step " << step);
      BOOST_TEST(v.count() == 1U);
    }
    BOOST_TEST(last > 5U);
  }
}

BOOST_AUTO_TEST_CASE(names_at_random_come_and_go_and_the_bounds_hold) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    open_venue v{[](session_template& t) { t.max_sessions = 5; t.max_identities = 12; t.idle = 20s; }, 2, seed, seed % 2 == 0};
    std::mt19937 random{seed};
    std::map<std::string, std::uint64_t> next;
    std::map<std::string, fix_peer> up;
    for (int n = 0; n < 200; ++n) {
      const auto name = "P" + std::to_string(random() % 20);
      if (const auto there = up.find(name); there != up.end()) {
        next[name] = there->second.next();
        up.erase(there);
      } else {
        auto p = v.dial(name);
        p.set_next(std::max<std::uint64_t>(next[name], 1));
        p.log_on();
        v.run();
        if (p.is_connected()) up.emplace(name, std::move(p));
      }
      v.advance(std::chrono::milliseconds{random() % 5000});
      BOOST_TEST_REQUIRE(v.count() <= 5U);
      BOOST_TEST_REQUIRE(v.stored() <= 13U);
      for (const auto& [who, p] : up) BOOST_TEST_REQUIRE(p.is_connected(), who << " was cut, seed " << seed);
    }
    BOOST_TEST(next.size() == 20U);
    const auto end = v.seller.stop();
    BOOST_TEST(end.cut <= 5U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
