// One engine with a template, and peers that a test plays by hand.
#pragma once

#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace troupe::actors::testing {

using namespace std::chrono_literals;

inline session_id named(const std::string& them, const std::string& qualifier = {}) { return {"FIX.4.2", "SELL", them, qualifier}; }

// The seller: SELL<->BUY is configured, everybody else is welcome to a session of their own.
struct open_venue : stage {
  using change = std::function<void(session_template&)>;
  explicit open_venue(const change& changed = {}, std::size_t shards = 1, std::uint64_t seed = 1, bool is_in_place = true)
      : stage(plan(changed, {}, *this, shards, seed, is_in_place)) {
    start_seller();
  }
  // Its places, or more than one template.
  open_venue(bool is_in_place, const std::function<void(engine_config&)>& changed) : stage(plan({}, changed, *this, 1, 1, is_in_place)) { start_seller(); }
  static stage_plan plan(const change& changed, const std::function<void(engine_config&)>& changed_engine, open_venue& me, std::size_t shards, std::uint64_t seed,
                         bool is_in_place) {
    stage_plan p;
    p.shards = shards;
    p.seed = seed;
    p.is_in_place = is_in_place;
    p.change_engine = [changed, changed_engine, &me](engine_config& c) {
      if (c.listen.empty()) return;
      session_template t;
      t.variants = {c.sessions.front()};
      t.variants.front().config.id = named("*");
      t.made = [&me](const session_id& id) { me.made.push_back(to_string(id)); };
      t.ended = [&me](const session_id& id) { me.ended.push_back(to_string(id)); };
      if (changed) changed(t);
      c.session_templates.push_back(std::move(t));
      if (changed_engine) changed_engine(c);
    };
    return p;
  }
  void start_seller() {
    BOOST_TEST_REQUIRE(seller.start().error.empty());
    run();
  }
  fix_peer dial(const std::string& them, std::uint16_t port = 9876) { return fix_peer{clock(), named(them), port}; }
  // With these fields in the header of its Logon.
  fix_peer dial_with(const std::string& fields, const std::string& them = "ANN", std::uint64_t number = 1) {
    auto p = dial(them);
    p.send_as(number, "A", "98=0|108=30|", fields);
    run();
    return p;
  }
  fix_peer logged_on(const std::string& them, std::uint64_t next = 1) {
    auto p = dial(them);
    p.set_next(next);
    p.log_on();
    run();
    BOOST_TEST(p.is_connected());
    BOOST_TEST(p.take().starts_with("A:98=0|108=30"));
    return p;
  }
  void order(fix_peer& from, const std::string& id) {
    from.send("D", "11=" + id + "|55=TEST|54=1|");
    run();
  }
  std::vector<std::string> there() {
    std::vector<std::string> names;
    for (const auto& s : seller.status().sessions) names.push_back(s.id.target_comp_id + s.id.qualifier);
    return names;
  }
  std::size_t count() { return there().size() - 1; }  // of the template
  bool has(const std::string& name) {
    const auto all = there();
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  group_status of(const std::string& them) {
    for (const auto& s : seller.status().sessions)
      if (s.id == named(them)) return s;
    BOOST_FAIL("no session of " << them);
    return {};
  }
  // Why nobody was let in, last; empty: nobody was turned away.
  [[nodiscard]] std::string refusal() {
    const auto& all = seller.events().list;
    const auto last = std::find_if(all.rbegin(), all.rend(), [](const auto& e) { return e.code == "lobby-refused"; });
    return last == all.rend() ? std::string{} : last->text;
  }
  [[nodiscard]] std::size_t stored() const { return seller.stored_sessions().size(); }

  std::vector<std::string> made, ended;
};

}  // namespace troupe::actors::testing
