// Who gets in where: sessions and templates have their ports, and a session that was made has the names of the Logon that it was made for.
#include "test/scenarios/open_venue.hpp"

#include <map>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

constexpr std::uint16_t first_port = 9876, second_port = 9877;

bool is_said(const std::string& text, const std::string& part) {
  const bool is_there = text.find(part) != std::string::npos;
  BOOST_TEST(is_there, text);
  return is_there;
}

// SELL<->BUY is at the first port, the template at the second.
struct two_ports : open_venue {
  explicit two_ports(const std::function<void(engine_config&)>& more = {}) : open_venue(true, with_ports(more)) {}
  static std::function<void(engine_config&)> with_ports(const std::function<void(engine_config&)>& more) {
    return [more](engine_config& c) {
      c.listen = {{"", first_port}, {"", second_port}};
      c.sessions.front().place = place_number{0};
      c.session_templates.front().variants.front().place = place_number{1};
      if (more) more(c);
    };
  }
  bool is_let_in(const std::string& who, std::uint16_t port, std::uint64_t next = 1) {
    auto p = dial(who, port);
    p.set_next(next);
    p.log_on();
    run();
    const bool is_in = p.is_connected() && p.take().starts_with("A:");
    p.close();
    run();
    return is_in;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ports)

BOOST_FIXTURE_TEST_CASE(a_session_is_at_its_own_port_only, two_ports) {
  BOOST_TEST(!is_let_in("BUY", second_port));
  BOOST_TEST(is_said(refusal(), "this session is at another port"));
  BOOST_TEST(made.empty());
  BOOST_TEST(is_let_in("BUY", first_port));
}

BOOST_FIXTURE_TEST_CASE(a_template_is_at_its_own_port_only, two_ports) {
  BOOST_TEST(!is_let_in("ANN", first_port));
  BOOST_TEST(is_said(refusal(), "no such session here, and no template for it"));
  BOOST_TEST(is_let_in("ANN", second_port));
  BOOST_TEST(!is_let_in("ANN", first_port, 2));  // nor is what it has made
  BOOST_TEST(is_said(refusal(), "this session is at another port"));
}

BOOST_FIXTURE_TEST_CASE(so_it_is_when_the_door_was_made_again, two_ports) {
  BOOST_TEST(is_let_in("ANN", second_port));
  BOOST_TEST_REQUIRE(seller.crash(part::lobby));
  advance(1s);
  BOOST_TEST(!is_let_in("BUY", second_port));
  BOOST_TEST(!is_let_in("ANN", first_port, 2));
  BOOST_TEST(!is_let_in("BOB", first_port));
  BOOST_TEST(is_let_in("BUY", first_port));
  BOOST_TEST(is_let_in("ANN", second_port, 2));
}

// One name in two templates: the session belongs to one of them as long as it is there.
BOOST_AUTO_TEST_CASE(a_session_of_one_port_is_not_taken_over_at_another) {
  two_ports v{[](engine_config& c) {
    c.session_templates.front().has_own_qualifiers = false;
    c.session_templates.push_back(c.session_templates.front());
    c.session_templates.back().variants.front().place = place_number{0};
    for (auto& t : c.session_templates) t.idle = 60s;
  }};
  BOOST_TEST(v.is_let_in("ANN", second_port));
  BOOST_TEST(!v.is_let_in("ANN", first_port, 2));
  v.advance(61s);
  BOOST_TEST(v.is_let_in("ANN", first_port, 2));
  BOOST_TEST(!v.is_let_in("ANN", second_port, 3));
}

// The header of the other port may say what it likes.
BOOST_AUTO_TEST_CASE(a_list_of_addresses_cannot_be_passed_by_way_of_a_balancers_port) {
  two_ports v{[](engine_config& c) {
    c.listen.back().has_proxy_header = true;
    BOOST_TEST_REQUIRE(!c.sessions.front().allowed.add("203.0.113.9"));
  }};
  auto liar = v.dial("BUY", second_port);
  liar.send_together({"PROXY TCP4 203.0.113.9 10.0.0.1 4000 1\r\n" + liar.next_frame("A", "98=0|108=30|")});
  v.run();
  BOOST_TEST(!liar.is_connected());
  BOOST_TEST(is_said(v.refusal(), "203.0.113.9:4000: this session is at another port"));
}

BOOST_AUTO_TEST_CASE(one_without_a_place_is_at_all_of_them) {
  two_ports v{[](engine_config& c) {
    c.sessions.front().place.reset();
    c.session_templates.front().variants.front().place.reset();
  }};
  for (const auto port : {first_port, second_port}) {
    BOOST_TEST(v.is_let_in("BUY", port, port == first_port ? 1 : 2));
    BOOST_TEST(v.is_let_in("P" + std::to_string(port), port));
  }
}

BOOST_AUTO_TEST_CASE(a_place_that_is_not_there_is_an_error) {
  engine_config c;
  c.stores.push_back({"s", {}, 0});
  c.listen = {{"", first_port}};
  session_spec s;
  s.config.id = named("BUY");
  s.config.role = troupe::protocol::role::acceptor;
  s.store = "s";
  s.application = [](reactor&, const session_reference&) { return application_actor{}; };
  s.place = place_number{0};
  c.sessions = {s};
  BOOST_CHECK_NO_THROW((void)make_anchors(c));
  c.sessions.front().place = place_number{1};
  BOOST_CHECK_THROW((void)make_anchors(c), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(desks)

BOOST_AUTO_TEST_CASE(every_logon_has_the_names_that_the_template_wants) {
  open_venue v{[](session_template& t) {
    t.variants.front().config.target_sub_id = "DESK1";
    t.origin = "the template in line 12";
  }};
  BOOST_TEST(!v.dial_with("50=DESK2|").is_connected());
  BOOST_TEST(is_said(v.refusal(), "no such session here, and the template in line 12 does not fit: SenderSubID(50) is DESK2, expected DESK1"));
  BOOST_TEST(!v.dial_with("").is_connected());
  BOOST_TEST(is_said(v.refusal(), "SenderSubID(50) is missing, expected DESK1"));
  BOOST_TEST(!v.dial_with("50=" + std::string(100, 'x') + "|").is_connected());
  BOOST_TEST(is_said(v.refusal(), "SenderSubID(50) is no name, expected DESK1"));
  v.dial_with("50=DESK1|").close();
  v.run();
  BOOST_TEST(v.count() == 1U);
  auto other = v.dial_with("50=DESK2|", "ANN", 2);
  BOOST_TEST(!other.is_connected());
  BOOST_TEST(other.take().empty());
  BOOST_TEST(is_said(v.refusal(), "the session of this name was made for another Logon: SenderSubID(50) is DESK2, expected DESK1"));
  BOOST_TEST(v.dial_with("50=DESK1|", "ANN", 2).is_connected());
}

BOOST_AUTO_TEST_CASE(any_desk_may_come_and_then_it_is_that_one) {
  for (const std::string first : {"50=DESK1|142=HERE|", ""}) {
    open_venue v{[](session_template& t) {
      t.variants.front().config.target_sub_id = "*";
      t.variants.front().config.target_location_id = "*";
    }};
    v.dial_with(first).close();
    v.run();
    BOOST_TEST(v.count() == 1U);
    for (const auto* other : {"50=DESK2|142=HERE|", "50=DESK1|142=THERE|", "50=DESK1|"}) BOOST_TEST(!v.dial_with(other, "ANN", 2).is_connected(), other);
    BOOST_TEST(v.dial_with(first, "ANN", 2).is_connected());
  }
}

BOOST_FIXTURE_TEST_CASE(what_a_template_does_not_say_is_not_looked_at, open_venue) {
  dial_with("50=DESK1|").close();
  run();
  auto p = dial_with("50=caf\xc3\xa9|", "ANN", 2);
  BOOST_TEST(p.is_connected());
}

BOOST_AUTO_TEST_CASE(what_is_taken_over_must_be_a_name) {
  open_venue v{[](session_template& t) {
    auto& c = t.variants.front().config;
    c.target_sub_id = c.sender_sub_id = c.target_location_id = c.sender_location_id = "*";
  }};
  const std::map<std::string, std::string> fields{{"50", "SenderSubID(50)"}, {"57", "TargetSubID(57)"}, {"142", "SenderLocationID(142)"}, {"143", "TargetLocationID(143)"}};
  for (const auto& [tag, name] : fields)
    for (const auto& value : {std::string(7000, '\x02'), std::string(65, 'X'), std::string{"*"}, std::string{" A"}}) {
      BOOST_TEST(!v.dial_with(tag + "=" + value + "|").is_connected());
      BOOST_TEST(is_said(v.refusal(), name + " is no name for a session of a template: "));
    }
  BOOST_TEST(v.stored() == 1U);
  BOOST_TEST(v.dial_with("50=" + std::string(64, 'X') + "|57=A|142=B|143=C|").is_connected());
}

// The store does not say of which template a name is; what is counted for one is not taken from the other.
BOOST_AUTO_TEST_CASE(identities_are_counted_where_they_belong) {
  open_venue v{false, [](engine_config& c) {
    auto& one = c.session_templates.front();
    one.max_identities = 3;
    one.variants.front().config.has_authenticate_hook = true;
    c.session_templates.push_back(one);
    c.session_templates[0].variants.front().config.target_sub_id = "D1";
    c.session_templates[1].variants.front().config.target_sub_id = "D2";
  }};
  v.seller.application().authenticate = [](session_reference& s, const troupe::protocol::message_view&) { return admission{s.id().target_comp_id != "X", "unknown"}; };
  auto x = v.dial("X");
  x.send_as(1, "A", "98=0|108=30|", "50=D2|");
  // Killed when it was stored, and nobody was asked yet.
  for (int n = 0; n < 10'000 && v.stored() < 2; ++n) BOOST_TEST_REQUIRE(v.run_steps(1) == 1U);
  v.seller.kill();
  v.advance(1s);
  v.start_seller();
  BOOST_TEST(v.stored() == 2U);
  for (int n = 0; n < 3; ++n) {
    BOOST_TEST(!v.dial_with("50=D2|", "X").is_connected());
    v.advance(40s);
  }
  BOOST_TEST(v.stored() == 1U);
  for (const auto* who : {"A", "B", "C"}) BOOST_TEST(v.dial_with("50=D2|", who).is_connected(), who);
  BOOST_TEST(!v.dial_with("50=D2|", "D").is_connected());
  BOOST_TEST(is_said(v.refusal(), "the store holds 3 sessions of this template"));
  for (const auto* who : {"E", "F", "G"}) BOOST_TEST(v.dial_with("50=D1|", who).is_connected(), who);
  BOOST_TEST(!v.dial_with("50=D1|", "H").is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(late_links)

// Between the promise of a place and the link, more time has passed than the promise lasts.
BOOST_FIXTURE_TEST_CASE(a_link_that_comes_too_late_for_its_place_is_told, open_venue) {
  auto buy = dial("BUY");
  run();
  BOOST_TEST_REQUIRE(seller.hold(part::lobby));
  buy.log_on();
  run();
  advance(6s);
  seller.release(part::lobby);
  run();
  BOOST_TEST(!buy.is_connected());
  BOOST_TEST(seller.events().count("link-refused") == 1U);
  BOOST_TEST(is_said(seller.events().list.back().text, "came too late for the place that was kept for it"));
  logged_on("BUY");
}

BOOST_FIXTURE_TEST_CASE(a_link_that_comes_to_a_stopped_session_is_told, open_venue) {
  auto buy = dial("BUY");
  run();
  BOOST_TEST_REQUIRE(seller.hold(part::lobby));
  buy.log_on();
  run();
  BOOST_TEST(seller.tell(operator_command::logout, named("BUY")).is_done);
  seller.release(part::lobby);
  run();
  BOOST_TEST(!buy.is_connected());
  BOOST_TEST(is_said(seller.events().list.back().text, "stopped by the operator"));
}

BOOST_AUTO_TEST_SUITE_END()
