// What a disk can do to a journal: lose its power between any two calls, and refuse any of them.
#include "store/journal_store.hpp"
#include "test/store/disk_of_journal.hpp"
#include "test/store/disk_script.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

// So small that the run goes through a dozen segments.
journal_options options(durability d, disk_of_journal& disk) { return {.durability = d, .segment_size = 8192, .files = &disk, .has_thread = false}; }

struct moment {
  std::size_t acknowledged;  // steps
  std::vector<disk_of_journal::image> images;
};

struct recorded_run {
  std::vector<moment> moments;
  acknowledged_pictures acknowledged;
};

recorded_run record_run(durability d) {
  temp_folder folder;
  disk_of_journal disk;
  recorded_run run;
  std::mt19937 random{20261126};
  script play;
  std::size_t done = 0;
  const auto look_at_it = [&] {
    auto& m = run.moments.emplace_back(moment{done, {}});
    m.images.push_back(disk.after_power_loss([](std::size_t) { return std::size_t{0}; }));
    m.images.push_back(disk.after_power_loss([](std::size_t n) { return n - 1; }));
    for (int i = 0; i < 8; ++i) m.images.push_back(disk.after_power_loss([&](std::size_t n) { return random() % n; }));
  };
  run.acknowledged.emplace_back(0, play.now());
  disk.before_each = look_at_it;
  journal_store store{folder.file("journal"), options(d, disk)};
  for (int step = 1; step <= script::steps; ++step) {
    BOOST_TEST_REQUIRE(play.take(store, step));
    done = static_cast<std::size_t>(step);
    run.acknowledged.emplace_back(done, play.now());
    look_at_it();
  }
  disk.before_each = nullptr;
  return run;
}

struct losses {
  std::size_t images = 0, wrong = 0;
  std::string first;
};

// Batches share a sync, not a fate: in between, one session may be a step ahead of the other.
std::string what_is_wrong(message_store& store, const recorded_run& run, std::size_t least) {
  const picture seen{look(store, alpha), look(store, beta)};
  const auto is_of = [&](auto session) {
    for (auto i = least; i <= least + 1 && i < run.acknowledged.size(); ++i)
      if (run.acknowledged[i].second.*session == seen.*session) return true;
    return false;
  };
  if (!is_of(&picture::alpha)) return "alpha is at " + std::to_string(seen.alpha.generation) + "/" + std::to_string(seen.alpha.next_sender);
  if (!is_of(&picture::beta)) return "beta is at " + std::to_string(seen.beta.generation) + "/" + std::to_string(seen.beta.next_sender);
  const auto of_alpha = what_is_wrong(store, alpha, seen.alpha);
  return of_alpha.empty() ? what_is_wrong(store, beta, seen.beta) : of_alpha;
}

losses open_all(const recorded_run& run) {
  losses found;
  for (const auto& m : run.moments)
    for (const auto& image : m.images) {
      temp_folder folder;
      const auto path = folder.file("journal");
      std::filesystem::create_directory(path);
      for (const auto& [name, bytes] : image) std::ofstream{path + "/" + name, std::ios::binary} << bytes;
      std::string wrong;
      try {
        journal_store store{path, {.segment_size = 8192, .has_thread = false}};
        wrong = what_is_wrong(store, run, m.acknowledged);
      } catch (const std::exception& e) {
        wrong = e.what();
      }
      ++found.images;
      if (!wrong.empty() && found.wrong++ == 0) found.first = "after step " + std::to_string(m.acknowledged) + ": " + wrong;
    }
  return found;
}

// A session that never resets beside one that does, often: what is left of segments is written anew again and again.
class neighbours {
 public:
  static constexpr std::uint64_t steps = 48;
  explicit neighbours(message_store& store) : quiet_(store, alpha), loud_(store, beta) {}
  // False: one of the commits was refused; taken again, it goes on where it was.
  bool take(std::uint64_t step) {
    if (quiet_.state().next_sender.value == step && quiet_.commit(quiet_.next(record_kind::application, message(step))).status != commit_status::done) return false;
    for (; sent_ < 4; ++sent_)
      if (loud_.commit(loud_.next(record_kind::application, std::string(200, 'b'))).status != commit_status::done) return false;
    if (loud_.commit(loud_.new_numbering()).status != commit_status::done) return false;
    sent_ = 0;
    return true;
  }

 private:
  hand quiet_, loud_;
  int sent_ = 0;
};

journal_options smallest(disk_of_journal& disk) { return {.durability = durability::power, .segment_size = 4096, .files = &disk, .has_thread = false}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_disk)

BOOST_AUTO_TEST_CASE(what_was_committed_at_power_durability_survives_a_loss_of_power_at_every_point) {
  const auto found = open_all(record_run(durability::power));
  BOOST_TEST_MESSAGE(found.images << " images of the disk");
  BOOST_TEST(found.images > 800u);
  BOOST_TEST(found.wrong == 0u, found.wrong << " of " << found.images << ": " << found.first);
}

// Or the test above could not fail.
BOOST_AUTO_TEST_CASE(what_was_committed_at_process_durability_does_not) { BOOST_TEST(open_all(record_run(durability::process)).wrong > 0u); }

BOOST_AUTO_TEST_CASE(a_call_that_fails_loses_nothing_and_repeats_nothing_whichever_it_is) {
  for (const auto d : {durability::process, durability::power})
    for (const auto& [error, times] : {std::pair{ENOSPC, 3u}, std::pair{EIO, 1u}}) {
      bool was_reached = true;
      for (std::size_t nth = 0; was_reached; ++nth) {
        temp_folder folder;
        disk_of_journal disk;
        disk.fail(nth, error, times);
        const auto path = folder.file("journal");
        const auto where = std::string{to_text(d)} + ", call " + std::to_string(nth) + ", errno " + std::to_string(error);
        const auto expected = play_to_the_end([&] { return std::make_unique<journal_store>(path, options(d, disk)); }, where);
        was_reached = disk.failed() > 0;
        journal_store again{path, {.segment_size = 8192, .has_thread = false}};
        expect_all(again, expected, where);
      }
    }
}

BOOST_AUTO_TEST_CASE(power_may_go_at_any_point_of_writing_segments_anew) {
  temp_folder folder;
  disk_of_journal disk;
  std::mt19937 random{5};
  std::uint64_t acknowledged = 0;
  std::size_t images = 0, compactions = 0;
  disk.before_each = [&] {
    for (int i = 0; i < 3; ++i) {
      temp_folder other;
      const auto path = other.file("journal");
      std::filesystem::create_directory(path);
      const auto image = disk.after_power_loss([&](std::size_t n) { return i == 0 ? 0 : i == 1 ? n - 1 : random() % n; });
      for (const auto& [name, bytes] : image) {
        std::ofstream{path + "/" + name, std::ios::binary} << bytes;
        compactions += name.starts_with("compact-");
      }
      journal_store after{path, {.segment_size = 4096, .has_thread = false}};
      const auto next = after.load(alpha, day_one).next_sender.value;
      BOOST_TEST_REQUIRE(next > acknowledged);
      BOOST_TEST_REQUIRE(count_whole(after, next - 1) == next - 1);
      ++images;
    }
  };
  journal_store store{folder.file("journal"), smallest(disk)};
  neighbours both{store};
  for (std::uint64_t step = 1; step <= neighbours::steps; ++step) {
    BOOST_TEST_REQUIRE(both.take(step));
    acknowledged = step;
  }
  disk.before_each = nullptr;
  BOOST_TEST(images > 500u);
  BOOST_TEST(compactions > 20u);
}

BOOST_AUTO_TEST_CASE(a_call_that_fails_while_segments_are_written_anew_costs_nothing) {
  bool was_reached = true;
  for (std::size_t nth = 40; was_reached; nth += 3) {
    temp_folder folder;
    disk_of_journal disk;
    {
      journal_store store{folder.file("journal"), smallest(disk)};
      neighbours both{store};
      disk.fail(nth, ENOSPC, 3);
      for (std::uint64_t step = 1, tries = 0; step <= neighbours::steps; ++tries) {
        BOOST_TEST_REQUIRE(tries < neighbours::steps + 20);
        if (both.take(step)) ++step;
      }
      BOOST_TEST_REQUIRE(count_whole(store, neighbours::steps) == neighbours::steps);
    }
    was_reached = disk.failed() > 0;
    journal_store again{folder.file("journal"), {.segment_size = 4096, .has_thread = false}};
    BOOST_TEST_REQUIRE(again.findings().empty());
    BOOST_TEST_REQUIRE(count_whole(again, neighbours::steps) == neighbours::steps);
  }
}

BOOST_AUTO_TEST_SUITE_END()
