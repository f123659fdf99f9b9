// Everything at once, drawn from a seed: crashes, kills, cuts, silence, loss on the wire, stores that fail, operators. Then peace, and
// the stores and logs of both sides are compared.
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

stage_plan plan_of(std::uint64_t seed) {
  stage_plan p;
  p.seed = seed;
  p.sessions = 2;
  p.shards = 1 + seed % 2;
  p.is_in_place = seed % 3 != 0;
  p.wire_delay = seed % 4 == 0 ? 20ms : 0ms;
  // Nobody gives up: this is about messages.
  p.change_engine = [](engine_config& c) { c.restarts.intensity = 1'000'000; };
  return p;
}

class chaos {
 public:
  explicit chaos(std::uint64_t seed) : stage_(plan_of(seed)), random_(seed) { stage_.start(); }

  void round() {
    for (std::size_t i = draw(4); i > 0; --i) side().order("O" + std::to_string(++orders_), draw(2));
    stage_.run_steps(draw(60));
    if (draw(3) > 0) hurt();
    if (draw(2) == 0) stage_.advance(std::chrono::milliseconds{draw(3000)});
  }

  void peace() {
    for (auto* e : {&stage_.buyer, &stage_.seller}) {
      e->store().heal();
      for (std::size_t n = 0; n < 2; ++n) {
        for (const auto p : {part::store, part::application, part::session}) e->release(p, n);
        e->tell(operator_command::logon, n);
      }
    }
    BOOST_TEST(stage_.settle(15min), stage_.what_is_open() << history());
    const auto broken = stage_.broken_promises();
    BOOST_TEST(broken.empty(), lines(broken) << history());
    for (auto* e : {&stage_.buyer, &stage_.seller})
      for (std::size_t n = 0; n < 2; ++n) e->order("LAST" + e->plan().name, n);
    BOOST_TEST(stage_.settle(), stage_.what_is_open() << history());
  }

  [[nodiscard]] std::size_t arrived() const {
    std::size_t sum = 0;
    for (auto* e : {&stage_.buyer, &stage_.seller})
      for (std::size_t n = 0; n < 2; ++n) sum += e->log().count(e->id(n), log_entry::kind::message);
    return sum;
  }

 private:
  std::size_t draw(std::size_t below) { return random_() % below; }
  staged_engine& side() { return draw(2) == 0 ? stage_.buyer : stage_.seller; }
  std::string history() const {
    std::string text = "\nafter:";
    for (const auto& h : history_) text += " " + h + ";";
    return text;
  }

  void hurt() {
    auto& e = side();
    const auto note = [&](const std::string& what) { history_.push_back(e.plan().name + " " + what); };
    static const part parts[] = {part::session, part::timer, part::connection, part::application, part::group, part::store, part::lobby, part::acceptor};
    static const store_fault faults[] = {store_fault::failed, store_fault::unknown_not_stored, store_fault::unknown_stored, store_fault::dies_before, store_fault::dies_after};
    switch (draw(15)) {
      case 0:
      case 1:
      case 2: {
        const auto p = parts[draw(std::size(parts))];
        note("crash " + std::string{to_string(p)});
        e.crash(p, draw(2));
        break;
      }
      case 3:
        note("kill");
        e.kill();
        BOOST_TEST_REQUIRE(e.start().error.empty());
        break;
      case 4:
        note("cut");
        stage_.cut();
        break;
      case 5:
        note("drop");
        if (!stage_.net().wires().empty()) stage_.net().last_wire().to_acceptor().drop(1 + draw(200));
        break;
      case 6: {
        const auto f = faults[draw(std::size(faults))];
        note("store " + std::to_string(static_cast<int>(f)));
        e.store().next(f, 1 + draw(3), draw(3));
        break;
      }
      case 7: {
        const auto p = draw(2) == 0 ? part::store : part::application;
        const auto n = draw(2);
        note("slow " + std::string{to_string(p)});
        e.hold(p, n);
        stage_.advance(std::chrono::milliseconds{draw(4000)});
        e.release(p, n);
        break;
      }
      case 8:
        note("throw");
        e.application().throw_at(1 + static_cast<std::int64_t>(draw(3)));
        break;
      case 9:
        note("disconnect");
        e.tell(operator_command::disconnect, draw(2));
        break;
      case 10:
        note("logout and logon");
        e.tell(operator_command::logout, 0);
        stage_.advance(std::chrono::milliseconds{draw(1000)});
        e.tell(operator_command::logon, 0);
        break;
      case 11:
        note("half open");
        stage_.half_open();
        break;
      case 12: {
        const auto n = draw(2);
        note("crash of a session behind a slow store");
        e.hold(part::store, n);
        e.order("O" + std::to_string(++orders_), n);
        stage_.run();
        e.crash(part::session, n);
        stage_.advance(std::chrono::milliseconds{draw(500)});
        e.release(part::store, n);
        break;
      }
      case 13: {
        const auto n = draw(2);
        note("reset " + std::to_string(n));
        if (const auto group = e.session_group(n)) caf::anon_send(group, command{operator_command::reset, {}});
        stage_.run_steps(draw(40));
        break;
      }
      case 14:
        note("stop and start");
        e.stop();
        BOOST_TEST_REQUIRE(e.start().error.empty());
        break;
    }
  }

  stage stage_;
  std::mt19937_64 random_;
  std::size_t orders_ = 0;
  std::vector<std::string> history_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(chaotic)

BOOST_AUTO_TEST_CASE(whatever_happens_nothing_is_lost_and_nothing_doubled) {
  const auto* more = std::getenv("TROUPE_CHAOS_SEEDS");
  const auto* only = std::getenv("TROUPE_CHAOS_SEED");
  const std::uint64_t seeds = more ? std::stoul(more) : 60;
  const std::uint64_t last = only ? std::stoul(only) : seeds;
  std::size_t arrived = 0;
  for (std::uint64_t seed = only ? last : 1; seed <= last; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      chaos c{seed};
      for (int i = 0; i < 40; ++i) c.round();
      c.peace();
      arrived += c.arrived();
    }
  BOOST_TEST((only || arrived > 50 * seeds));
  BOOST_TEST_MESSAGE(arrived << " messages arrived");
}

BOOST_AUTO_TEST_SUITE_END()
