// What a disk can do to a store: lose its power between any two calls, and refuse any of them.
#include "store/sqlite_store.hpp"
#include "test/store/batches.hpp"
#include "test/store/disk_of_sqlite.hpp"
#include "test/store/disk_script.hpp"
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

struct recorded_run {
  std::vector<disk_of_sqlite::note> notes;
  acknowledged_pictures acknowledged;  // with the number of notes
};

recorded_run record_run(const std::string& path, durability d) {
  recorded_run run;
  disk_of_sqlite disk;
  {
    sqlite_store store{path, {.durability = d, .wal_pages = 12, .settled_every = 5, .settled_rows_a_session = 0}};
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
    return state_of(store, run.acknowledged);
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

BOOST_AUTO_TEST_CASE(a_call_that_fails_loses_nothing_and_repeats_nothing_whichever_it_is) {
  for (const auto d : {durability::process, durability::power})
    for (const auto& [code, times] : {std::pair{SQLITE_FULL, 3u}, std::pair{SQLITE_IOERR_WRITE, 1u}, std::pair{SQLITE_IOERR_FSYNC, 1u}}) {
      bool was_reached = true;
      for (std::size_t nth = 0; was_reached; nth += times) {
        temp_folder folder;
        disk_of_sqlite disk;
        disk.fail(nth, code, times);
        const auto path = folder.file("store.db");
        const auto where = std::string{to_text(d)} + ", call " + std::to_string(nth) + ", code " + std::to_string(code);
        const auto expected = play_to_the_end([&] { return std::make_unique<sqlite_store>(path, sqlite_options{.durability = d, .wal_pages = 12, .settled_every = 5, .settled_rows_a_session = 0}); }, where);
        was_reached = disk.failed() > 0;
        disk.fail(0, SQLITE_OK, 0);
        sqlite_store again{path};
        expect_all(again, expected, where);
      }
    }
}

BOOST_AUTO_TEST_SUITE_END()
