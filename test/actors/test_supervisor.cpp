// The supervisor, in virtual time: what it starts, restarts, gives up, and how it ends.
#include "actors/supervisor.hpp"
#include "actors/application_adapter.hpp"
#include "actors/fake_network.hpp"
#include "actors/fake_peer.hpp"
#include "actors/session_group.hpp"
#include "store/memory_store.hpp"
#include "store/store_unavailable.hpp"
#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/support/quiet_application.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

// What the applications saw; and what they are to do.
struct diary {
  std::map<std::string, std::vector<std::string>> seen;  // by our CompID: ClOrdIDs, "?" behind those marked
  int to_throw = 0;                                       // so many on_message calls of SELL throw
  int made = 0;
  int refused = 0;                                        // outcomes
  std::map<std::string, std::map<std::uint64_t, std::string>> outcomes;  // by our CompID and token
  std::map<std::string, std::string> links;               // by our CompID: + for a logon, - for a logout
};

class diarist final : public application {
 public:
  diarist(diary& d, std::string who) : diary_(d), who_(std::move(who)) { ++diary_.made; }
  handling on_message(session_reference&, const protocol::message_view& m, const message_info& info) override {
    if (who_ == "SELL" && diary_.to_throw > 0) {
      --diary_.to_throw;
      throw std::runtime_error{"the order book is closed"};
    }
    diary_.seen[who_].push_back(std::string{m.find(11).value_or("")} + (info.is_possible_duplicate ? "?" : ""));
    return handling::handled;
  }
  void on_logon(session_reference&) override { diary_.links[who_] += '+'; }
  void on_logout(session_reference&, protocol::end_reason, std::string_view) override { diary_.links[who_] += '-'; }
  void on_outcome(session_reference&, const submit_outcome& o) override {
    diary_.refused += o.refused ? 1 : 0;
    diary_.outcomes[who_][o.token.value] = o.refused ? "refused" : "sent";
  }

 private:
  diary& diary_;
  std::string who_;
};

// Takes what it is given and never says that it handled it.
class mute {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;
  explicit mute(pointer) {}
  handle_type::behavior_type make_behavior() {
    return test::quiet_application();
  }
};

// Keeps its sessions when its actor dies, like a file; dies on demand.
class brittle_store final : public store::message_store {
 public:
  brittle_store(store::message_store& file, bool& is_breaking, const bool& is_unreadable)
      : file_(file), is_breaking_(is_breaking), is_unreadable_(is_unreadable) {}
  protocol::session_snapshot load(const session_id& id, utc_time now) override { return file_.load(id, now); }
  void commit(std::span<const store::session_batch> b, std::span<store::commit_result> r) override {
    if (std::exchange(is_breaking_, false)) throw store::store_error{"the disk was pulled"};
    file_.commit(b, r);
  }
  protocol::replay_page fetch(const session_id& id, seq_num b, seq_num e, std::size_t n, std::size_t bytes) override { return file_.fetch(id, b, e, n, bytes); }
  std::optional<seq_num> find_token(const session_id& id, submit_token t) override {
    if (is_unreadable_) throw store::store_unavailable{"somebody holds the file"};
    return file_.find_token(id, t);
  }
  bool is_parked(const session_id& id, submit_token t) override { return file_.is_parked(id, t); }
  std::vector<store::stored_session> sessions() override { return file_.sessions(); }
  [[nodiscard]] std::vector<std::string> findings() const override { return found; }
  [[nodiscard]] bool is_blocking() const override { return false; }
  [[nodiscard]] std::string describe() const override { return "brittle"; }

  std::vector<std::string> found;

 private:
  store::message_store& file_;
  bool& is_breaking_;
  const bool& is_unreadable_;
};

protocol::session_id id_of(const std::string& us, const std::string& them) { return {"FIX.4.2", us, them, ""}; }

// One engine with both sides of BUY -> SELL and of a neighbour pair LEFT -> RIGHT; each side has a store of its own.
struct stage : test::actor_world {
  diary notes;
  test::noted_events events;
  std::map<std::string, store::memory_store> files;
  std::map<std::string, bool> is_breaking;
  std::map<std::string, int> opened;
  std::string cannot_open, damaged;
  bool is_unreadable = false;
  std::string mute_one;  // whose application is a `mute`
  std::vector<endpoint> listen{{"", 9876}};
  bool starts_without_ports = false;
  session_anchors anchors;
  supervisor_actor supervisor;

  ~stage() {
    supervisor = nullptr;
    reactor.end_all();
  }

  session_spec spec(const std::string& us, const std::string& them, protocol::role role) {
    session_spec s;
    s.config.id = id_of(us, them);
    s.config.role = role;
    s.store = us;
    s.back_off = {.base = 1s, .cap = 8s, .growth = 2, .jitter = 0.2, .stable_after = 30s};
    if (role == protocol::role::initiator) s.hosts = {{"venue", 9876}};
    if (us == mute_one) s.application = [](actors::reactor& home, const session_reference&) { return home.spawn<mute>(); };
    else s.application = hosted([this](const session_id& id) { return std::make_unique<diarist>(notes, id.sender_comp_id); });
    return s;
  }

  engine_config config() {
    engine_config c;
    for (const auto* name : {"BUY", "SELL", "LEFT", "RIGHT"}) {
      c.stores.push_back({name,
                          [this, name]() -> std::shared_ptr<store::message_store> {
                            ++opened[name];
                            if (cannot_open == name) throw store::store_error{std::string{name} + ".db: cannot be opened"};
                            auto opened_one = std::make_shared<brittle_store>(files[name], is_breaking[name], is_unreadable);
                            if (damaged == name) opened_one->found = {"bytes 1 to 2 are damaged", "2 of its messages are damaged"};
                            return opened_one;
                          },
                          0});
    }
    c.sessions = {spec("BUY", "SELL", protocol::role::initiator), spec("SELL", "BUY", protocol::role::acceptor),
                  spec("LEFT", "RIGHT", protocol::role::initiator), spec("RIGHT", "LEFT", protocol::role::acceptor)};
    c.listen = listen;
    c.starts_without_ports = starts_without_ports;
    c.events = &events;
    return c;
  }

  template <class Answer, class Question>
  Answer ask(Question q, steady_time patience = 60s) {
    caf::scoped_actor self{system};
    std::optional<Answer> answer;
    auto request = self->request(supervisor, caf::infinite, std::move(q));
    reactor.run();
    for (steady_time t{}; t < patience && self->mailbox().empty(); t += 1s) reactor.advance(1s);
    BOOST_REQUIRE_MESSAGE(!self->mailbox().empty(), "the supervisor does not answer");
    request.receive([&](Answer& a) { answer = std::move(a); }, [&](const caf::error& e) { BOOST_FAIL("no answer: " << to_string(e)); });
    return *answer;
  }

  started start_up() {
    auto c = config();
    anchors = make_anchors(c);
    supervisor = spawn_supervisor(reactor, {std::move(c), {&reactor}, anchors});
    return ask<started>(start{});
  }
  group_status status(const std::string& us) {
    const auto all = ask<engine_status>(status_of_all{}).sessions;
    return *std::find_if(all.begin(), all.end(), [&](const auto& g) { return g.id.sender_comp_id == us; });
  }
  bool is_active(const std::string& us) { return status(us).session.state == protocol::session_state::Active; }
  bool are_active() { return is_active("BUY") && is_active("SELL") && is_active("LEFT") && is_active("RIGHT"); }
  void trade(const std::string& us, const std::string& them, const std::string& order) {
    session_reference r{anchors.at(id_of(us, them))};
    BOOST_TEST_REQUIRE((r.submit({"D", "", "11=" + order + "\x01"}, submit_token{++last_token}) == submit_result::taken));
    reactor.run();
  }
  std::string all_seen(const std::string& us) {
    std::string all;
    for (const auto& s : notes.seen[us]) all += s + ' ';
    return all;
  }
  bool was_noted(const std::string& code) const {
    return std::any_of(events.list.begin(), events.list.end(), [&](const auto& e) { return e.starts_with(code + ' '); });
  }
  std::uint64_t last_token = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_suite, stage)

BOOST_AUTO_TEST_CASE(everything_starts_in_order_and_trades) {
  const auto up = start_up();
  BOOST_TEST(up.error.empty(), up.error);
  BOOST_TEST_REQUIRE(up.endpoints.size() == 1U);
  BOOST_TEST(up.endpoints.front().port == 9876);
  BOOST_TEST_REQUIRE(are_active());
  trade("BUY", "SELL", "A1");
  trade("SELL", "BUY", "B1");
  BOOST_TEST(all_seen("SELL") == "A1 ");
  BOOST_TEST(all_seen("BUY") == "B1 ");
  BOOST_TEST(was_noted("engine-started"));
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_opened_stops_the_start_and_leaves_nothing_running) {
  cannot_open = "SELL";
  const auto up = start_up();
  BOOST_TEST(up.error == "SELL.db: cannot be opened");
  BOOST_TEST(!reactor.fake_net().is_listening(9876));
  BOOST_TEST(notes.made == 0);
  BOOST_TEST(was_noted("engine-not-started"));
}

BOOST_AUTO_TEST_CASE(what_a_store_found_wrong_is_told_and_stops_nobody) {
  damaged = "SELL";
  BOOST_TEST_REQUIRE(start_up().error.empty());
  BOOST_TEST(std::count_if(events.list.begin(), events.list.end(), [](const auto& e) { return e.starts_with("store-damaged "); }) == 2);
  reactor.advance(10s);
  BOOST_TEST(are_active());
}

BOOST_AUTO_TEST_CASE(a_busy_port_stops_the_start_and_leaves_nothing_running) {
  listen = {{"", 9876}, {"", 9876}};
  const auto up = start_up();
  BOOST_TEST(up.error.find("9876") != std::string::npos, up.error);
  reactor.run();
  BOOST_TEST(!reactor.fake_net().is_listening(9876));
  BOOST_TEST((session_reference{anchors.at(id_of("BUY", "SELL"))}.submit({"D", "", "11=X\x01"}, submit_token{1}) == submit_result::stopped));
}

BOOST_AUTO_TEST_CASE(a_busy_port_is_tried_until_it_is_free_while_the_rest_runs) {
  starts_without_ports = true;
  listen = {{"", 9875}, {"", 9876}};
  std::optional<fake_peer> other = fake_peer::listening(reactor, 9875);
  const auto up = start_up();
  BOOST_TEST(up.error.empty(), up.error);
  BOOST_TEST_REQUIRE(up.endpoints.size() == 2U);
  BOOST_TEST(up.endpoints[0].port == 0);
  BOOST_TEST(up.endpoints[0].error.find("9875") != std::string::npos, up.endpoints[0].error);
  BOOST_TEST_REQUIRE(are_active());
  auto problems = ask<engine_status>(status_of_all{}).problems;
  BOOST_TEST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(problems.front() == up.endpoints[0].error + "; it is tried again by itself");
  other.reset();
  reactor.advance(5s);
  const auto now = ask<engine_status>(status_of_all{});
  BOOST_TEST(now.problems.empty());
  BOOST_TEST(now.endpoints[0].port == 9875);
  BOOST_TEST(reactor.fake_net().is_listening(9875));
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);
  BOOST_TEST(!reactor.fake_net().is_listening(9875));
}

BOOST_AUTO_TEST_CASE(a_port_that_stays_busy_is_no_longer_tried_when_all_ends) {
  starts_without_ports = true;
  listen = {{"", 9875}, {"", 9876}};
  auto other = fake_peer::listening(reactor, 9875);
  BOOST_TEST_REQUIRE(start_up().error.empty());
  reactor.advance(60s);
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);
  const auto tries = events.list.size();
  reactor.advance(60s);
  BOOST_TEST(events.list.size() == tries);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_contradicts_itself_is_refused) {
  auto c = config();
  c.sessions.push_back(c.sessions.front());
  BOOST_CHECK_THROW((void)make_anchors(c), std::invalid_argument);
  c = config();
  c.sessions.front().store = "nowhere";
  BOOST_CHECK_THROW((void)make_anchors(c), std::invalid_argument);
  c = config();
  c.stores.push_back(c.stores.front());
  BOOST_CHECK_THROW((void)make_anchors(c), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_store_that_dies_is_opened_again_and_its_session_recovers) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  trade("BUY", "SELL", "A1");
  const auto right = status("RIGHT").session.incarnation;
  is_breaking["BUY"] = true;
  trade("BUY", "SELL", "A2");  // the store dies of this commit
  BOOST_TEST(was_noted("store-failed"));
  BOOST_TEST(reactor.run_until([&] { return opened["BUY"] == 2; }));
  reactor.advance(10s);
  BOOST_TEST_REQUIRE(are_active());
  BOOST_TEST(all_seen("SELL") == "A1 ");
  BOOST_TEST(notes.refused == 1);  // A2 was not committed, and is not sent behind the application's back
  BOOST_TEST((status("RIGHT").session.incarnation == right), "the neighbour was disturbed");
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_for_long_is_opened_when_it_is_back) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  is_breaking["BUY"] = true;
  cannot_open = "BUY";
  trade("BUY", "SELL", "A1");
  reactor.advance(10min);
  BOOST_TEST(opened["BUY"] > 20);
  BOOST_TEST(opened["BUY"] < 200);  // every 5 s in the end
  const auto problems = ask<engine_status>(status_of_all{}).problems;
  BOOST_TEST_REQUIRE(problems.size() == 1U);
  BOOST_TEST(problems.front().find("BUY.db: cannot be opened") != std::string::npos, problems.front());
  BOOST_TEST(is_active("LEFT"));
  cannot_open.clear();
  reactor.advance(20s);
  BOOST_TEST_REQUIRE(are_active());
  BOOST_TEST(notes.refused == 1);
  trade("BUY", "SELL", "A2");
  BOOST_TEST(all_seen("SELL") == "A2 ");
}

BOOST_AUTO_TEST_CASE(a_store_that_dies_again_and_again_is_given_up_and_an_operator_brings_it_back) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  for (int i = 0; i < 8; ++i) {
    is_breaking["BUY"] = true;
    trade("BUY", "SELL", "X" + std::to_string(i));
    reactor.advance(7s);
  }
  is_breaking["BUY"] = false;
  reactor.advance(10s);
  BOOST_TEST((status("BUY").group == group_state::NeedsOperator));
  BOOST_TEST(status("BUY").reason.find("the disk was pulled") != std::string::npos, status("BUY").reason);
  const auto tries = opened["BUY"];
  reactor.advance(10min);
  BOOST_TEST(opened["BUY"] == tries);
  BOOST_TEST(is_active("LEFT"));
  BOOST_TEST(ask<command_result>(command_to{id_of("BUY", "SELL"), {operator_command::logon, ""}}).is_done);
  reactor.advance(10s);
  BOOST_TEST_REQUIRE(are_active());
  trade("BUY", "SELL", "A9");
  BOOST_TEST(notes.seen["SELL"].back() == "A9");
}

BOOST_AUTO_TEST_CASE(an_application_that_throws_is_made_again_and_gets_the_message_again_marked) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  const int made = notes.made;
  notes.to_throw = 1;
  trade("BUY", "SELL", "A1");
  reactor.advance(5s);
  BOOST_TEST(notes.made == made + 1);
  trade("BUY", "SELL", "A2");
  BOOST_TEST(all_seen("SELL") == "A1? A2 ");
  BOOST_TEST(was_noted("application-failed"));
}

BOOST_AUTO_TEST_CASE(an_application_that_always_throws_is_given_up_while_the_neighbour_trades) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  notes.to_throw = 1'000'000;
  trade("BUY", "SELL", "A1");
  reactor.advance(60s);
  BOOST_TEST((status("SELL").group == group_state::NeedsOperator));
  BOOST_TEST(status("SELL").reason.find("the order book is closed") != std::string::npos, status("SELL").reason);
  trade("LEFT", "RIGHT", "N1");
  BOOST_TEST(all_seen("RIGHT") == "N1 ");

  notes.to_throw = 0;
  BOOST_TEST(ask<command_result>(command_to{id_of("SELL", "BUY"), {operator_command::logon, ""}}).is_done);
  reactor.advance(2min);
  BOOST_TEST_REQUIRE(are_active());
  BOOST_TEST(all_seen("SELL") == "A1? ");
}

BOOST_AUTO_TEST_CASE(a_group_that_dies_is_replaced_and_references_go_on) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  trade("BUY", "SELL", "A1");
  caf::anon_send_exit(anchors.at(id_of("BUY", "SELL"))->group(), caf::exit_reason::kill);
  reactor.run();
  BOOST_TEST(was_noted("group-failed"));
  caf::anon_send_exit(anchors.at(id_of("SELL", "BUY"))->group(), caf::exit_reason::kill);
  reactor.advance(10s);
  BOOST_TEST_REQUIRE(are_active());
  trade("BUY", "SELL", "A2");
  BOOST_TEST(all_seen("SELL") == "A1 A2 ");
}

BOOST_AUTO_TEST_CASE(a_drill_ends_the_session_actor_and_it_comes_back) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  const auto before = status("SELL").session.incarnation;
  BOOST_TEST(ask<command_result>(command_to{id_of("SELL", "BUY"), {operator_command::fail, ""}}).is_done);
  reactor.advance(5s);
  BOOST_TEST_REQUIRE(are_active());
  BOOST_TEST((status("SELL").session.incarnation > before));
  BOOST_TEST(notes.links["SELL"] == "+-+");
  BOOST_TEST(notes.links["BUY"] == "+-+");
  BOOST_TEST(ask<command_result>(command_to{id_of("BUY", "SELL"), {operator_command::disconnect, ""}}).is_done);
  reactor.run();
  BOOST_TEST(!is_active("BUY"));
  reactor.advance(5s);
  BOOST_TEST(are_active());
}

BOOST_AUTO_TEST_CASE(a_command_for_nobody_says_so) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  const auto r = ask<command_result>(command_to{id_of("NOBODY", "SELL"), {operator_command::logon, ""}});
  BOOST_TEST(!r.is_done);
  BOOST_TEST(r.text.find("NOBODY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stopping_logs_out_everywhere_and_cuts_nobody) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  trade("BUY", "SELL", "A1");
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);
  BOOST_TEST(!reactor.fake_net().is_listening(9876));
  BOOST_TEST(std::none_of(reactor.fake_net().wires().begin(), reactor.fake_net().wires().end(), [](const auto& w) { return w->is_open(); }));
  BOOST_TEST(was_noted("engine-stopped"));
  const auto sell = files["SELL"].sessions().front().snapshot;
  BOOST_TEST(sell.next_target.value == 4U);  // Logon, A1, Logout
  BOOST_TEST((session_reference{anchors.at(id_of("BUY", "SELL"))}.submit({"D", "", "11=X\x01"}, submit_token{99}) == submit_result::stopped));
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);  // again: nothing to do
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_log_out_is_cut_when_time_is_over) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  for (const auto& w : reactor.fake_net().wires()) w->half_open();
  const auto before = reactor.now().steady;
  const auto end = ask<stopped>(stop{1s});
  BOOST_TEST(end.cut == 4U);
  BOOST_TEST((reactor.now().steady - before <= 3s));
  BOOST_TEST_REQUIRE(end.sessions.size() == 4U);
  const std::vector<std::string> as_configured{"BUY", "SELL", "LEFT", "RIGHT"};
  for (std::size_t i = 0; i < as_configured.size(); ++i) BOOST_TEST(end.sessions[i].id.sender_comp_id == as_configured[i]);
  BOOST_TEST(end.sessions[0].session.next_sender.value == 3U);  // Logon, Logout
}

BOOST_AUTO_TEST_CASE(an_application_that_handles_nothing_holds_the_stop_up_no_longer_than_it_may) {
  mute_one = "SELL";
  BOOST_TEST_REQUIRE(start_up().error.empty());
  trade("BUY", "SELL", "A1");
  const auto before = reactor.now().steady;
  BOOST_TEST(ask<stopped>(stop{3s}).cut == 0U);
  BOOST_TEST((reactor.now().steady - before >= 3s));  // it was waited for
  BOOST_TEST((reactor.now().steady - before <= 5s));
  BOOST_TEST(files["SELL"].sessions().front().snapshot.next_target.value == 2U);  // A1 is delivered again at the next start
}

BOOST_AUTO_TEST_CASE(what_is_submitted_to_a_group_that_dies_is_sent_by_the_next) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  const auto anchor = anchors.at(id_of("BUY", "SELL"));
  session_reference r{anchor};
  BOOST_TEST_REQUIRE((r.submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  caf::anon_send_exit(anchor->group(), caf::exit_reason::kill);
  while (anchor->group()) BOOST_TEST_REQUIRE(reactor.step());
  BOOST_TEST_REQUIRE((r.submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
  BOOST_TEST(r.in_flight() == 2U);
  reactor.advance(10s);
  BOOST_TEST_REQUIRE(is_active("BUY"));
  BOOST_TEST(r.in_flight() == 0U);
  last_token = 2;
  trade("BUY", "SELL", "A3");
  const std::map<std::uint64_t, std::string> told{{1, "sent"}, {2, "refused"}, {3, "sent"}};  // 2: before it was logged on again
  BOOST_TEST((notes.outcomes["BUY"] == told));
  BOOST_TEST(all_seen("SELL") == "A1 A3 ");
}

BOOST_AUTO_TEST_CASE(a_submit_that_comes_before_the_first_turn_of_its_group_keeps_its_place) {
  auto c = config();
  anchors = make_anchors(c);
  supervisor = spawn_supervisor(reactor, {std::move(c), {&reactor}, anchors});
  caf::anon_send(supervisor, start{});
  session_reference r{anchors.at(id_of("BUY", "SELL"))};
  while (!anchors.at(r.id())->group()) BOOST_TEST_REQUIRE(reactor.step());
  BOOST_TEST_REQUIRE((r.submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  reactor.advance(10s);
  BOOST_TEST_REQUIRE(are_active());
  BOOST_TEST(r.in_flight() == 0U);
  BOOST_TEST((r.submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
}

BOOST_AUTO_TEST_CASE(a_store_that_dies_of_the_last_logout_does_not_hold_up_the_stop) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  is_breaking["BUY"] = true;
  const auto before = reactor.now().steady;
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);
  BOOST_TEST((reactor.now().steady - before <= 3s));
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_does_not_hold_up_the_stop) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  trade("BUY", "SELL", "A1");
  is_unreadable = true;
  auto answer = session_reference{anchors.at(id_of("BUY", "SELL"))}.find_token(submit_token{1});
  reactor.run();
  const auto before = reactor.now().steady;
  BOOST_TEST(ask<stopped>(stop{10s}).cut == 0U);
  BOOST_TEST((reactor.now().steady - before <= 3s));
  BOOST_REQUIRE((answer.wait_for(0s) == std::future_status::ready));
  BOOST_CHECK_THROW((void)answer.get(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_question_for_a_token_that_dies_with_the_group_says_that_it_could_not_be_asked) {
  BOOST_TEST_REQUIRE(start_up().error.empty());
  auto answer = session_reference{anchors.at(id_of("BUY", "SELL"))}.find_token(submit_token{1});
  caf::anon_send_exit(anchors.at(id_of("BUY", "SELL"))->group(), caf::exit_reason::kill);
  reactor.run();
  BOOST_REQUIRE((answer.wait_for(0s) == std::future_status::ready));
  BOOST_CHECK_THROW((void)answer.get(), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
