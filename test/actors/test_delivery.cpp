#include "test/actors/actor_world.hpp"

#include "actors/deliver.hpp"
#include "actors/pinned.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors::test {
namespace {

// A message of a little society in which everybody talks to everybody: what it says is fixed by its own number, so that the
// same things are said whatever the order in which they arrive.
struct said {
  std::uint64_t number = 0;  // of this message; its answers derive theirs from it
  std::size_t from = 0;
  std::uint64_t nth = 0;     // of its sender to this receiver
  int hops_left = 0;
};

}  // namespace
}  // namespace troupe::actors::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::test::said)

namespace troupe::actors::test {
namespace {

class member;
struct society;

using member_actor = caf::typed_actor<sig<void(said)>, sig<void(tick)>>;

struct society {
  struct heard {
    std::uint64_t number;
    std::size_t from;
    std::uint64_t nth;
  };
  std::vector<member_actor> members;
  std::vector<std::vector<heard>> log;  // by receiver, in the order of handling
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> sent;
  std::vector<bool> is_inside;
  std::map<std::uint64_t, std::uint64_t> cause;  // of a message, by number
  std::map<std::uint64_t, std::vector<std::uint64_t>> seen_by_number;
  std::size_t re_entered = 0;
};

class member {
 public:
  using handle_type = member_actor;
  using pointer = pinned<member_actor::base>*;

  member(pointer self, society* all, std::size_t me) : self_(self), all_(all), me_(me) {}

  member_actor::behavior_type make_behavior() {
    return {[this](const said& m) { hear(m); }, [](tick) {}};
  }

 private:
  void hear(const said& m) {
    if (all_->is_inside[me_]) ++all_->re_entered;
    all_->is_inside[me_] = true;
    all_->log[me_].push_back({m.number, m.from, m.nth});
    std::mt19937_64 what{m.number};
    if (m.hops_left > 0) {
      const auto answers = what() % 4;
      for (std::uint64_t i = 0; i < answers; ++i) say(what() % all_->members.size(), m, what() | 1, what() % 5 == 0);
    }
    all_->is_inside[me_] = false;
  }

  void say(std::size_t to, const said& because, std::uint64_t number, bool by_mailbox) {
    said m{number, me_, ++all_->sent[{me_, to}], because.hops_left - 1};
    all_->cause[number] = because.number;
    if (by_mailbox) {
      self_->send(all_->members[to], m);
    } else {
      deliver(self_, all_->members[to], m);
    }
  }

  pointer self_;
  society* all_;
  std::size_t me_;
};

struct outcome {
  std::vector<std::uint64_t> everything;  // numbers, sorted
  std::size_t handled = 0;
};

// Lets a society talk, and checks what must hold in any order.
outcome talk(std::uint64_t seed, bool is_in_place, bool on_two_reactors) {
  quiet_config config;
  caf::actor_system system{config};
  virtual_reactor first{system, seed};
  virtual_reactor second{system, first};
  for (auto* r : {&first, &second}) r->set_in_place(is_in_place);
  society all;
  const std::size_t count = 6;
  all.log.resize(count);
  all.is_inside.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& home = on_two_reactors && i % 2 == 1 ? second : first;
    all.members.push_back(home.spawn<member>(&all, i));
  }
  std::mt19937_64 what{seed};
  for (std::uint64_t i = 0; i < 12; ++i) {
    const auto to = what() % count;
    caf::anon_send(all.members[to], said{what() | 1, count, ++all.sent[{count, to}], 6});
    for (auto steps = what() % 5; steps > 0; --steps) first.step();
  }
  first.run();

  BOOST_TEST(all.re_entered == 0U);
  outcome o;
  for (std::size_t me = 0; me < count; ++me) {
    std::map<std::size_t, std::uint64_t> last;
    for (const auto& h : all.log[me]) {
      BOOST_REQUIRE_MESSAGE(h.nth == ++last[h.from], "a message overtook another of the same sender, seed " << seed);
      o.everything.push_back(h.number);
      ++o.handled;
    }
  }
  std::sort(o.everything.begin(), o.everything.end());
  all.members.clear();
  first.end_all();
  second.end_all();
  return o;
}

BOOST_AUTO_TEST_SUITE(delivery_suite)

BOOST_AUTO_TEST_CASE(in_place_or_sent_the_same_is_said_in_the_same_order_between_any_two) {
  std::size_t handled = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    for (const bool two : {false, true}) {
      const auto sent = talk(seed, false, two);
      const auto in_place = talk(seed, true, two);
      BOOST_REQUIRE_MESSAGE((sent.everything == in_place.everything), "not the same was said, seed " << seed);
      handled += sent.handled;
    }
  }
  BOOST_TEST(handled > 10'000U);
}

// A tells C, then B; B tells C: C must hear A first, although C has something in its mailbox and B has not.
class relay {
 public:
  using handle_type = member_actor;
  using pointer = pinned<member_actor::base>*;
  relay(pointer self, std::vector<std::uint64_t>* heard, std::vector<member_actor> next) : self_(self), heard_(heard), next_(std::move(next)) {}
  member_actor::behavior_type make_behavior() {
    return {[this](const said& m) {
              heard_->push_back(m.number);
              for (const auto& n : next_) deliver(self_, n, said{m.number * 10, 0, 0, 0});
            },
            [](tick) {}};
  }

 private:
  pointer self_;
  std::vector<std::uint64_t>* heard_;
  std::vector<member_actor> next_;
};

BOOST_FIXTURE_TEST_CASE(causes_come_before_their_effects, actor_world) {
  for (const bool in_place : {false, true}) {
    reactor.set_in_place(in_place);
    std::vector<std::uint64_t> at_a, at_b, at_c;
    auto c = reactor.spawn<relay>(&at_c, std::vector<member_actor>{});
    auto b = reactor.spawn<relay>(&at_b, std::vector<member_actor>{c});
    auto a = reactor.spawn<relay>(&at_a, std::vector<member_actor>{c, b});
    reactor.run();
    caf::anon_send(a, said{1, 0, 0, 0});
    caf::anon_send(c, said{7, 0, 0, 0});
    reactor.run();
    const auto place = [&](std::uint64_t n) { return std::find(at_c.begin(), at_c.end(), n) - at_c.begin(); };
    BOOST_TEST(at_c.size() == 3U);
    BOOST_TEST(place(10) < place(100));
    reactor.end_all();
  }
}

BOOST_FIXTURE_TEST_CASE(in_place_a_chain_is_done_in_one_turn, actor_world) {
  std::vector<std::uint64_t> at_a, at_b;
  auto b = reactor.spawn<relay>(&at_b, std::vector<member_actor>{});
  auto a = reactor.spawn<relay>(&at_a, std::vector<member_actor>{b});
  reactor.run();
  caf::anon_send(a, said{1, 0, 0, 0});
  BOOST_TEST(reactor.step());
  BOOST_TEST(at_b.size() == 1U);
  reactor.set_in_place(false);
  caf::anon_send(a, said{1, 0, 0, 0});
  BOOST_TEST(reactor.step());
  BOOST_TEST(at_b.size() == 1U);
  reactor.end_all();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
