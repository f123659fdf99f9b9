// Two machines trade while links are lost, stores fail, and either side crashes back to its last commit, as somebody's numbers have
// it: a generator's or a fuzzer's. Without trouble they must come to rest, and nothing that was promised may be broken.
#pragma once

#include "test/protocol/session_pair.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

// Small limits, so that they are met.
inline protocol::session_config hurried(protocol::role who) {
  protocol::session_config c;
  c.id = who == protocol::role::initiator ? protocol::session_id{"FIX.4.2", "BUYER", "SELLER", {}} : protocol::session_id{"FIX.4.2", "SELLER", "BUYER", {}};
  c.role = who;
  c.replay_page_records = 3;
  c.replay_low_water = 600;
  c.max_held_messages = 6;
  c.max_unhandled_messages = 4;
  c.max_uncommitted_bytes = 12 * 1024;
  c.check_latency = false;  // a message that lies about for minutes would be rejected: told, not lost
  return c;
}

class storm {
 public:
  // `random`: any numbers.
  storm(std::function<unsigned()> random, protocol::session_config initiator, protocol::session_config acceptor, bool is_traced = false)
      : random_(std::move(random)),
        sides_{session_side{0, std::move(initiator), seen_[0], seen_[1]}, session_side{1, std::move(acceptor), seen_[1], seen_[0]}} {
    for (auto* s : {&sides_[0], &sides_[1]}) {
      s->wants_to_answer = [this] { return one_in(3); };
      if (is_traced) s->trace = [s](const std::string& what) { std::cout << s->now.steady.count() / 1'000'000 << " ms  " << what << '\n'; };
    }
  }

  void rage(int steps) {
    for (int i = 0; i < steps; ++i) {
      auto& side = sides_[random_() % 2];
      if (one_in(calm_)) trouble(side);
      if (one_in(6)) side.submit();
      if (one_in(8)) pass_time(one_in(10) ? std::chrono::seconds{20} : std::chrono::milliseconds{200});
      step(side);
    }
  }

  // Without trouble, until nothing is left to do.
  bool settle() {
    for (auto& s : sides_) s.store.how = fake_store::mood::commits;
    for (int round = 0; round < 600; ++round) {
      int turns = 0;
      for (bool is_busy = true; is_busy;) {
        if (++turns > 10'000) return false;  // they keep each other busy
        is_busy = false;
        for (auto& s : sides_) is_busy |= step_all(s);
      }
      if (is_settled()) return true;
      pass_time(std::chrono::seconds{1});
    }
    return false;
  }

  std::vector<std::string> broken() const {
    std::vector<std::string> all;
    for (int i = 0; i < 2; ++i) {
      const auto& o = seen_[i];
      const std::string who = i == 0 ? "initiator: " : "acceptor: ";
      for (const auto& b : o.broken) all.push_back(who + b);
      for (const auto& f : sides_[i].store.faults) all.push_back(who + f);
      for (const auto& [id, number] : o.accepted)
        if (!o.seen.contains(id)) all.push_back(who + "message " + std::to_string(id) + " with MsgSeqNum " + std::to_string(number) + " was lost");
      if (!std::is_sorted(o.first_seen.begin(), o.first_seen.end())) all.push_back(who + "messages came out of order");
    }
    return all;
  }
  std::string where() {
    std::string text;
    for (auto& s : sides_) {
      text += std::string{protocol::to_string(s.session().state())} + ", sends " + std::to_string(s.session().next_sender().value) + ", expects " +
              std::to_string(s.session().expected_target().value) + "; ";
    }
    return text;
  }
  [[nodiscard]] std::size_t messages() const { return seen_[0].seen.size() + seen_[1].seen.size(); }
  std::map<std::string, int> troubles;

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }

  void trouble(session_side& side) {
    auto& other = &side == &sides_[0] ? sides_[1] : sides_[0];
    switch (random_() % 8) {
      case 0: ++troubles["crash"]; return side.crash();
      case 1: ++troubles["both crash"]; return side.crash(), other.crash();
      case 2: ++troubles["cut"]; return cut();
      case 3: ++troubles["half noticed"]; return static_cast<void>(side.link && side.lose_link("reset by peer"));
      case 4: ++troubles["store"]; side.store.how = fake_store::mood::fails; return;
      case 5: ++troubles["store back"]; side.store.how = fake_store::mood::commits; return;
      case 6: ++troubles["logout"]; return side.log_out();
      case 7: ++troubles["application"]; return side.restart_application();
      default: return;
    }
  }
  // What is on its way is lost from some byte on.
  void cut() {
    const auto link = sides_[0].link ? sides_[0].link : sides_[1].link;
    if (!link) return;
    for (auto& pipe : link->from) {
      pipe.bytes.resize(pipe.bytes.empty() ? 0 : random_() % pipe.bytes.size());
      pipe.is_finished = true;
    }
    for (auto& s : sides_)
      if (one_in(2) && s.link) s.lose_link("cut");
  }
  void connect() {
    if (sides_[0].link || sides_[1].link) return;
    const auto link = std::make_shared<fake_link>();
    for (auto& s : sides_) s.connect(link);
  }
  void step(session_side& side) {
    switch (random_() % 6) {
      case 0: return connect();
      case 1: return static_cast<void>(receive(side, 1 + random_() % 300));
      case 2: return static_cast<void>(side.commit());
      case 3: return static_cast<void>(side.learn());
      case 4: return static_cast<void>(side.transmit());
      case 5: return static_cast<void>(side.handle());
      default: return;
    }
  }
  bool step_all(session_side& side) {
    connect();
    const bool has_received = receive(side, 4096);
    const bool has_committed = side.commit();
    const bool has_learnt = side.learn();
    const bool has_sent = side.transmit();
    return side.handle() || has_received || has_committed || has_learnt || has_sent;
  }
  bool receive(session_side& side, std::size_t at_most) {
    const bool has_read = side.receive(at_most);
    if (has_read) (&side == &sides_[0] ? sides_[1] : sides_[0]).wrote();
    return has_read;
  }
  void pass_time(std::chrono::milliseconds by) {
    for (auto& s : sides_) s.pass_time(by);
  }
  bool is_settled() {
    auto& a = sides_[0].session();
    auto& b = sides_[1].session();
    return sides_[0].is_up() && sides_[1].is_up() && sides_[0].is_idle() && sides_[1].is_idle() && a.next_sender() == b.handled_target() &&
           b.next_sender() == a.handled_target();
  }

  std::function<unsigned()> random_;
  unsigned calm_ = 30 + random_() % 300;  // steps between two troubles
  std::array<observer, 2> seen_;
  std::array<session_side, 2> sides_;
};

}  // namespace troupe::test
