// What a disk can do to a journal: lose its power between any two calls, and refuse any of them.
#include "store/journal_store.hpp"
#include "test/store/disk_of_journal.hpp"
#include "test/store/disk_script.hpp"
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
        journal_store again{path};
        expect_all(again, expected, where);
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
