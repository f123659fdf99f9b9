// What a disk can do to a store: lose its power between any two calls, and refuse any of them.
#include "store/sqlite_store.hpp"
#include "store/store_unavailable.hpp"
#include "test/store/batches.hpp"
#include "test/store/disk_of_sqlite.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sqlite3.h>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

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

std::string frame_of(const session_id& id, std::uint64_t generation, std::uint64_t number) {
  return "8=FIX.4.2|" + id.sender_comp_id + "|" + std::to_string(generation) + "|" + std::to_string(number) + "|" + std::string(150 + 37 * (number % 23), 'x');
}

picture::of_session look(message_store& store, const session_id& id) {
  const auto s = store.load(id, day_one);
  picture::of_session seen{s.generation.value, s.next_sender.value, s.next_target.value, {}};
  for (const auto& p : s.parked) seen.parked.push_back(p.is_damaged ? 0 : p.place);
  return seen;
}

// Every number up to the next one has its message, and the right one.
std::string what_is_wrong(message_store& store, const session_id& id, const picture::of_session& seen) {
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

struct recorded_run {
  std::vector<disk_of_sqlite::note> notes;
  std::vector<std::pair<std::size_t, picture>> acknowledged;  // with so many notes there were then; the first is what an empty store holds
};

recorded_run record_run(const std::string& path, durability d) {
  recorded_run run;
  disk_of_sqlite disk;
  {
    sqlite_store store{path, {.durability = d, .wal_pages = 12}};
    script play;
    run.acknowledged.emplace_back(0, play.now());
    for (int step = 1; step <= script::steps; ++step) {
      BOOST_TEST_REQUIRE(play.take(store, step));
      run.acknowledged.emplace_back(disk.notes().size(), play.now());
    }
  }
  run.notes = disk.notes();
  return run;
}

// The state of the run that a store shows after the power went, or -1 with what is wrong.
std::pair<int, std::string> state_in(const disk_of_sqlite::content& files, const recorded_run& run, const temp_folder& folder) {
  const auto path = folder.file("store.db");
  for (const auto* end : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(path + end);
  for (const auto& [name, bytes] : files) std::ofstream{folder.file(name), std::ios::binary} << bytes;
  try {
    sqlite_store store{path};
    const picture seen{look(store, alpha), look(store, beta)};
    for (const auto& [id, part] : {std::pair{alpha, seen.alpha}, std::pair{beta, seen.beta}})
      if (const auto wrong = what_is_wrong(store, id, part); !wrong.empty()) return {-1, wrong};
    for (std::size_t i = run.acknowledged.size(); i-- > 0;)
      if (run.acknowledged[i].second == seen) return {static_cast<int>(i), ""};
    return {-1, "a state that never was"};
  } catch (const std::exception& e) {
    return {-1, e.what()};
  }
}

struct losses {
  std::size_t images = 0, wrong = 0;
  std::string first;
};

// At every point: nothing of what was not synced is there, all of it, and several mixtures.
losses cut_the_power_everywhere(const recorded_run& run) {
  losses found;
  temp_folder folder;
  std::mt19937 random{20261126};
  for (std::size_t count = 0; count <= run.notes.size(); ++count) {
    std::size_t acknowledged = 0;
    while (acknowledged + 1 < run.acknowledged.size() && run.acknowledged[acknowledged + 1].first <= count) ++acknowledged;
    for (int variant = 0; variant < 5; ++variant) {
      const auto keep = [&] { return variant == 0 ? false : variant == 1 ? true : random() % 4 < static_cast<unsigned>(variant - 1); };
      const auto [state, why] = state_in(disk_of_sqlite::after_power_loss(run.notes, count, keep), run, folder);
      ++found.images;
      if (state >= static_cast<int>(acknowledged) && state <= static_cast<int>(acknowledged) + 1) continue;
          if (found.wrong++ == 0)
        found.first = "after note " + std::to_string(count) + ", variant " + std::to_string(variant) + ": state " + std::to_string(state) + ", acknowledged " +
                      std::to_string(acknowledged) + ": " + why;
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_disk)

BOOST_AUTO_TEST_CASE(what_was_committed_at_power_durability_survives_a_loss_of_power_at_every_point) {
  temp_folder folder;
  const auto run = record_run(folder.file("store.db"), durability::power);
  const auto found = cut_the_power_everywhere(run);
  BOOST_TEST_MESSAGE(run.notes.size() << " calls, " << found.images << " images of the disk");
  BOOST_TEST(found.images > 1000u);
  BOOST_TEST(found.wrong == 0u, found.wrong << " of " << found.images << ": " << found.first);
}

// Or the test above could not fail.
BOOST_AUTO_TEST_CASE(what_was_committed_at_process_durability_does_not) {
  temp_folder folder;
  BOOST_TEST(cut_the_power_everywhere(record_run(folder.file("store.db"), durability::process)).wrong > 0u);
}

// As the engine does: a commit is tried again, a store that cannot be opened or loaded from is opened anew.
BOOST_AUTO_TEST_CASE(a_call_that_fails_loses_nothing_and_repeats_nothing_whichever_it_is) {
  for (const auto d : {durability::process, durability::power})
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC})
      for (const std::size_t times : {1u, 3u}) {
        bool was_reached = true;
        for (std::size_t nth = 0; was_reached; nth += d == durability::process || times == 1 ? 1 : 3) {
          temp_folder folder;
          disk_of_sqlite disk;
          disk.fail(nth, code, times);
          const auto path = folder.file("store.db");
          const auto where = [&] { return std::string{to_text(d)} + ", call " + std::to_string(nth) + ", code " + std::to_string(code); };
          std::unique_ptr<sqlite_store> store;
          script play;
          int tries = 0;
          for (int step = 1; step <= script::steps;) {
            BOOST_TEST_REQUIRE(++tries < script::steps + 20, where() << ": it does not go on");
            try {
              if (!store) store = std::make_unique<sqlite_store>(path, sqlite_options{.durability = d, .wal_pages = 12});
              if (play.take(*store, step)) ++step;
            } catch (const std::runtime_error&) {
              BOOST_TEST_REQUIRE(step == 1, where());  // at the beginning only: it is opened and loaded from
              store.reset();
              play.start_anew();
            }
          }
          was_reached = disk.failed() > 0;
          disk.fail(0, SQLITE_OK, 0);
          store.reset();
          sqlite_store again{path};
          const picture seen{look(again, alpha), look(again, beta)};
          BOOST_TEST((seen == play.now()), where());
          BOOST_TEST(what_is_wrong(again, alpha, seen.alpha) == "", where());
          BOOST_TEST(what_is_wrong(again, beta, seen.beta) == "", where());
        }
      }
}

BOOST_AUTO_TEST_SUITE_END()
