// Two sessions that do all that a store must keep, step by step, and what it must look like after each: for tests of what a disk can do to it.
#pragma once

#include "store/message_store.hpp"
#include "test/store/batches.hpp"

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

// All that a store promises to keep, of both sessions.
struct picture {
  struct of_session {
    std::uint64_t generation = 1, next_sender = 1, next_target = 1;
    std::vector<std::uint64_t> parked;
    bool operator==(const of_session&) const = default;
  };
  of_session alpha, beta;
  bool operator==(const picture&) const = default;
};

inline std::string frame_of(const session_id& id, std::uint64_t generation, std::uint64_t number) {
  return "8=FIX.4.2|" + id.sender_comp_id + "|" + std::to_string(generation) + "|" + std::to_string(number) + "|" + std::string(150 + 37 * (number % 23), 'x');
}

inline picture::of_session look(message_store& store, const session_id& id) {
  const auto s = store.load(id, day_one);
  picture::of_session seen{s.generation.value, s.next_sender.value, s.next_target.value, {}};
  for (const auto& p : s.parked) seen.parked.push_back(p.is_damaged ? 0 : p.place);
  return seen;
}

// Every number up to the next one has its message, and the right one.
inline std::string what_is_wrong(message_store& store, const session_id& id, const picture::of_session& seen) {
  std::uint64_t expected = 1;
  for (bool is_last = false; !is_last && expected < seen.next_sender;) {
    const auto page = store.fetch(id, seq_num{expected}, seq_num{seen.next_sender - 1}, 1000, 1 << 20);
    if (page.records.empty()) break;
    for (const auto& r : page.records) {
      if (r.number.value != expected) return "number " + std::to_string(expected) + " is missing";
      if (r.is_damaged || r.frame != frame_of(id, seen.generation, expected)) return "number " + std::to_string(expected) + " is another message";
      ++expected;
    }
    is_last = page.is_last;
  }
  return expected == seen.next_sender ? "" : "number " + std::to_string(expected) + " is missing";
}

// Two sessions that send, receive, park, and start anew.
class script {
 public:
  static constexpr int steps = 36;

  // Called once more with the same step if it was not done.
  bool take(message_store& store, int step) {
    if (!is_loaded_) {
      load(store, alpha_);
      load(store, beta_);
      is_loaded_ = true;
    }
    auto a = batch_of(alpha_);
    auto b = batch_of(beta_);
    send(a, alpha_, step == 20);
    if (step % 3 == 0) send(b, beta_, false);
    b.next_target = seq_num{static_cast<std::uint64_t>(step)};
    if (step % 7 == 0) b.park.push_back({static_cast<std::uint64_t>(step), submit_token{9}, day_one, {"D", "", "11=" + std::to_string(step)}});
    if (step == 29) b.parked_through = 14;
    // One of them may have been done by itself before.
    std::vector<session_batch> items;
    std::vector<side*> sides;
    for (const auto& [who, batch] : {std::pair{&alpha_, &a}, std::pair{&beta_, &b}})
      if (who->step_done < step) {
        items.push_back({&who->id, batch});
        sides.push_back(who);
      }
    std::vector<commit_result> results(items.size());
    store.commit(items, results);
    bool is_done = true;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto status = results[i].status;
      if (status == commit_status::out_of_order || status == commit_status::wrong_incarnation) throw std::logic_error{results[i].reason};
      if (status != commit_status::done) is_done = false;
      else follow(*sides[i], *items[i].batch, step);
    }
    return is_done;
  }
  // The store was opened anew: what it took of this step is known by its incarnation's start.
  void start_anew() { is_loaded_ = false; }
  [[nodiscard]] picture now() const { return {alpha_.seen, beta_.seen}; }

 private:
  struct side {
    session_id id{};
    session_snapshot state{};
    commit_id last{};
    picture::of_session seen{};
    int step_done = 0;
  };
  void load(message_store& store, side& s) {
    s.state = store.load(s.id, day_one);
    s.last = {};
  }
  static commit_batch batch_of(const side& s) {
    commit_batch b;
    b.id = s.last.next();
    b.incarnation = s.state.incarnation;
    b.generation = s.state.generation;
    b.next_sender = s.state.next_sender;
    b.next_target = s.state.next_target;
    return b;
  }
  static void send(commit_batch& b, const side& s, bool is_reset) {
    if (is_reset) {
      b.generation = b.generation.next();
      b.reset = reset{day_one, false};
      b.next_sender = b.next_target = seq_num{1};
    }
    b.bytes = frame_of(s.id, b.generation.value, b.next_sender.value);
    b.records.push_back({record_kind::application, b.next_sender, b.next_sender, submit_token{b.next_sender.value}, 0, static_cast<std::uint32_t>(b.bytes.size())});
    b.next_sender = b.next_sender.next();
  }
  static void follow(side& s, const commit_batch& b, int step) {
    s.step_done = step;
    s.last = b.id;
    s.state.generation = b.generation;
    s.state.next_sender = b.next_sender;
    s.state.next_target = b.next_target;
    auto parked = s.seen.parked;
    for (const auto& p : b.park) parked.push_back(p.place);
    std::erase_if(parked, [&](auto place) { return place <= b.parked_through; });
    s.seen = {b.generation.value, b.next_sender.value, b.next_target.value, parked};
  }

  side alpha_{.id = alpha}, beta_{.id = beta};
  bool is_loaded_ = false;
};

// What a run left: the picture that each step acknowledged, and how many calls or images there were then; the first is that of an empty store.
using acknowledged_pictures = std::vector<std::pair<std::size_t, picture>>;

// Which of them a store shows, or -1 with what is wrong.
inline std::pair<int, std::string> state_of(message_store& store, const acknowledged_pictures& acknowledged) {
  const picture seen{look(store, alpha), look(store, beta)};
  for (const auto& [id, part] : {std::pair{alpha, seen.alpha}, std::pair{beta, seen.beta}})
    if (const auto wrong = what_is_wrong(store, id, part); !wrong.empty()) return {-1, wrong};
  for (std::size_t i = acknowledged.size(); i-- > 0;)
    if (acknowledged[i].second == seen) return {static_cast<int>(i), ""};
  return {-1, "a state that never was"};
}

// As the engine does: a commit is tried again, a store that cannot be opened or loaded from is opened anew. Closed at the end.
template <class Open>
picture play_to_the_end(Open open, const std::string& where) {
  script play;
  auto store = decltype(open()){};
  int tries = 0;
  for (int step = 1; step <= script::steps;) {
    BOOST_TEST_REQUIRE(++tries < script::steps + 20, where << ": it does not go on");
    try {
      if (!store) store = open();
      if (play.take(*store, step)) ++step;
    } catch (const std::runtime_error&) {
      BOOST_TEST_REQUIRE(step == 1, where);  // at the beginning only: it is opened and loaded from
      store.reset();
      play.start_anew();
    }
  }
  return play.now();
}

inline void expect_all(message_store& store, const picture& expected, const std::string& where) {
  const auto told = store.findings();
  BOOST_TEST(told.empty(), where << ": " << (told.empty() ? "" : told.front()));
  const picture seen{look(store, alpha), look(store, beta)};
  BOOST_TEST((seen == expected), where);
  BOOST_TEST(what_is_wrong(store, alpha, seen.alpha) == "", where);
  BOOST_TEST(what_is_wrong(store, beta, seen.beta) == "", where);
}

}  // namespace troupe::test
