// What becomes of messages when most of their segment is of no use any more.
#include "store/journal_compact.hpp"
#include "store/journal_places.hpp"
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

constexpr journal_options small{.segment_size = 4096, .has_thread = false};

// Of two sessions, the one that never resets.
void send_alpha(hand& h) {
  const auto n = h.state().next_sender.value;
  BOOST_TEST_REQUIRE((h.commit(h.next(record_kind::application, message(n), submit_token{1000 + n})).status == commit_status::done));
}

void send_and_reset(hand& busy, int messages) {
  for (int i = 0; i < messages; ++i) BOOST_TEST_REQUIRE((busy.commit(busy.next(record_kind::application, std::string(200, 'b'))).status == commit_status::done));
  BOOST_TEST_REQUIRE((busy.commit(busy.new_numbering()).status == commit_status::done));
}

// Alpha has a message among each `busy` of its neighbour, `days` times.
void trade(message_store& store, int days, int busy = 60) {
  hand quiet{store, alpha}, loud{store, beta};
  for (int day = 0; day < days; ++day) {
    send_alpha(quiet);
    send_and_reset(loud, busy);
  }
}

void expect_alpha(message_store& store, std::uint64_t count) {
  BOOST_TEST(count_whole(store, count) == count);
  for (std::uint64_t n = 1; n <= count; ++n) BOOST_TEST((store.find_token(alpha, submit_token{1000 + n}) == seq_num{n}));
}

std::uint64_t bytes_in(const std::string& folder) {
  std::uint64_t all = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) all += entry.file_size();
  return all;
}

std::string segment(const std::string& path, std::uint64_t n) { return path + "/" + journal::segment_name(n, ".seg"); }

// Only what is sealed: what is damaged in the last one is another story.
journal::compaction_plan plan_of(const std::string& path, std::vector<std::uint64_t> numbers, std::uint64_t next, std::set<journal::numbering> living) {
  journal::compaction_plan plan{path, 0, {}, next, std::move(living)};
  for (const auto n : numbers) {
    const auto header = journal::open_segment(segment(path, n), n).header;
    plan.store = header.store;
    plan.segments.push_back({header.store, n, header.edition});
  }
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_compaction)

BOOST_AUTO_TEST_CASE(what_is_worth_it_is_half_dead_or_in_many_pieces) {
  using journal::choose_run;
  BOOST_TEST(choose_run({}, 100).count == 0u);
  BOOST_TEST(choose_run({{100, 90}, {100, 60}}, 200).count == 0u);
  const auto half = choose_run({{100, 90}, {100, 50}, {100, 90}}, 100);
  BOOST_TEST(half.first == 1u);
  BOOST_TEST(half.count == 1u);
  BOOST_TEST(choose_run({{10, 10}, {10, 10}, {10, 10}}, 100).count == 0u);
  BOOST_TEST(choose_run({{10, 10}, {10, 10}, {10, 10}, {10, 10}}, 100).count == 4u);
  BOOST_TEST(choose_run({{70, 70}, {10, 10}, {10, 10}, {10, 10}}, 100).count == 0u);  // one of them is most of it
  BOOST_TEST(choose_run({{10, 10}, {10, 10}, {10, 10}, {10, 10}}, 30).count == 0u);   // too large together
  BOOST_TEST(choose_run({{100, 1, true}, {100, 1}, {100, 1, true}}, 100).first == 1u);
  BOOST_TEST(choose_run({{100, 1, true}}, 100).count == 0u);
  BOOST_TEST(choose_run({{500, 1}, {500, 1}}, 100).count == 1u);  // no more is read than need be
}

BOOST_AUTO_TEST_CASE(a_session_that_never_resets_does_not_keep_its_neighbours) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    trade(store, 40);
    BOOST_TEST(journal::segments_in(path).size() < 20u);  // some 160 were written
    BOOST_TEST(bytes_in(path) < 80'000u);                 // of 600 kB
    expect_alpha(store, 40);
  }
  journal_store store{path, small};
  BOOST_TEST(store.findings().empty());
  expect_alpha(store, 40);
}

BOOST_AUTO_TEST_CASE(what_was_moved_is_moved_again_and_found_after_each_opening) {
  temp_folder folder;
  const auto path = folder.file("journal");
  for (int start = 0; start < 12; ++start) {
    journal_store store{path, small};
    BOOST_TEST(store.findings().empty());
    trade(store, 5);
    expect_alpha(store, static_cast<std::uint64_t>(start + 1) * 5);
  }
  BOOST_TEST(journal::segments_in(path).size() < 25u);
}

// With a thread, and the work in its hands when the store ends.
BOOST_AUTO_TEST_CASE(it_ends_with_the_store) {
  temp_folder folder;
  const auto path = folder.file("journal");
  for (int start = 0; start < 10; ++start) {
    journal_store store{path, {.segment_size = 4096}};
    trade(store, 7);
    expect_alpha(store, static_cast<std::uint64_t>(start + 1) * 7);
  }
  for (const auto& entry : std::filesystem::directory_iterator{path}) BOOST_TEST(!entry.path().string().ends_with(".tmp"), entry.path());
}

BOOST_AUTO_TEST_CASE(a_kill_leaves_the_older_ones_or_the_new_one) {
  temp_folder folder;
  const auto path = folder.file("journal");
  kill_while_it_commits([&] { return std::make_unique<journal_store>(path, journal_options{.segment_size = 4096}); }, 3, [](message_store& store) {
    return [loud = std::make_shared<hand>(store, beta)] { send_and_reset(*loud, 20); };
  });
}

BOOST_AUTO_TEST_CASE(both_stand_there_when_the_machine_stops_between) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, {.segment_size = 16'384, .has_thread = false}};
    hand h{store, alpha};
    for (int i = 0; i < 300; ++i) send_alpha(h);
  }
  const auto numbers = journal::segments_in(path);
  BOOST_TEST_REQUIRE(numbers.size() >= 4u);
  const auto plan = plan_of(path, {numbers[0], numbers[1], numbers[2]}, numbers[3], {{0, 1}});
  const auto made = journal::compact(plain_files(), plan).made;
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->index->find({0, 1})->references.size() > 0u);
  std::filesystem::rename(made->segment_path, segment(path, numbers[2]));  // its index is the old one, and those in front of it are there
  std::filesystem::remove(made->index_path);
  journal_store store{path, {.segment_size = 16'384, .has_thread = false}};
  BOOST_TEST(store.findings().empty());
  expect_alpha(store, 300);
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_not_written_anew) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, {.segment_size = 16'384, .has_thread = false}};
    hand h{store, alpha};
    for (int i = 0; i < 300; ++i) send_alpha(h);
  }
  const auto numbers = journal::segments_in(path);
  const auto plan = plan_of(path, {numbers[0], numbers[1]}, numbers[2], {{0, 1}});
  for (const auto n : {numbers[0], numbers[1], numbers[2]}) {
    const auto whole = read_file(segment(path, n));
    for (const auto at : n == numbers[2] ? std::vector<std::size_t>{100, 150} : std::vector<std::size_t>{whole.size() / 2, whole.size() - 20}) {
      auto bytes = whole;
      bytes[at] ^= 1;
      write_file(segment(path, n), bytes);
      const auto outcome = journal::compact(plain_files(), plan);
      BOOST_TEST(!outcome.made.has_value(), n << " at " << at);
      BOOST_TEST(outcome.damaged == std::min(n, numbers[1]));  // of the one behind them, the beginning says how they end
    }
    write_file(segment(path, n), whole);
  }
  BOOST_TEST(journal::compact(plain_files(), plan).made.has_value());
}

// Or the disk fills up behind it.
BOOST_AUTO_TEST_CASE(one_that_is_damaged_keeps_itself_and_not_the_others) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    trade(store, 2);
  }
  const auto first = journal::segments_in(path).front();
  auto bytes = read_file(segment(path, first));
  bytes[bytes.find("8=FIX.4.2|34=1|") + 40] ^= 1;
  write_file(segment(path, first), bytes);
  const auto before = bytes;
  std::vector<std::string> told;
  {
    journal_store store{path, small};
    store.report_to([&](const std::string& what) { told.push_back(what); });
    trade(store, 40);
    BOOST_TEST(journal::segments_in(path).size() < 25u);
    BOOST_TEST(count_whole(store, 42) == 41u);
  }
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST(says(told[0], segment(path, first) + " is damaged"), told[0]);
  BOOST_TEST(read_file(segment(path, first)) == before);
}

// What nobody can ask for is left behind, and what a later segment says counts.
BOOST_AUTO_TEST_CASE(only_what_lives_is_moved_and_each_number_once) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, {.segment_size = 16'384, .has_thread = false}};
    hand a{store, alpha}, b{store, beta};
    for (int i = 0; i < 150; ++i) {
      send_alpha(a);
      BOOST_TEST_REQUIRE((b.commit(b.next()).status == commit_status::done));
    }
  }
  const auto numbers = journal::segments_in(path);
  const auto made = journal::compact(plain_files(), plan_of(path, {numbers[0], numbers[1]}, numbers[2], {{0, 1}})).made;
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(!made->index->find({1, 1}));
  const auto& moved = made->index->find({0, 1})->references;
  for (std::size_t i = 0; i < moved.size(); ++i) BOOST_TEST(moved[i].number == i + 1);
}

BOOST_AUTO_TEST_CASE(places_are_known_as_long_as_something_is_there) {
  journal::numbering_places places;
  for (const std::uint64_t segment : {7u, 3u, 7u, 5u}) places.put({1, 4}, segment);
  places.put({1, 2}, 3);
  places.put({2, 1}, 3);
  const auto in = [&](std::uint32_t slot, std::uint64_t generation) {
    const auto all = places.of({slot, generation});
    return std::vector<std::uint64_t>(all.begin(), all.end());
  };
  BOOST_TEST(in(1, 4) == (std::vector<std::uint64_t>{3, 5, 7}), boost::test_tools::per_element());
  std::vector<std::uint64_t> before;
  places.for_each_before({1, 4}, [&](const journal::numbering& n) { before.push_back(n.generation); });
  BOOST_TEST(before == (std::vector<std::uint64_t>{2}), boost::test_tools::per_element());
  for (const std::uint64_t segment : {5u, 3u, 9u, 7u}) places.erase({1, 4}, segment);
  BOOST_TEST(in(1, 4).empty());
  BOOST_TEST(in(2, 1).size() == 1u);
}

// Whatever was removed and written anew meanwhile.
BOOST_AUTO_TEST_CASE(numberings_that_are_over_are_told_with_what_they_have) {
  temp_folder folder;
  const auto path = folder.file("journal");
  auto options = small;
  options.kept_generations = 1'000'000;
  std::map<session_id, std::map<std::uint64_t, std::uint64_t>> expected;
  std::size_t segments = 0;
  for (int life = 0; life < 3; ++life) {
    journal_store store{path, options};
    for (const auto& [id, over] : expected) {  // as they were let go of before
      hand h{store, id};
      if (!over.empty()) store.retire(id, numbering_generation{over.begin()->first - 1});
    }
    hand a{store, alpha}, b{store, beta};
    for (int day = 0; day < 30; ++day)
      for (auto* h : {&a, &b}) {
        const auto generation = h->state().generation.value;
        const auto count = 1 + (generation * 7 + (h == &a ? 0 : 3)) % 11;
        auto& over = expected[h->id()];
        if (day % 9 != 4) over[generation] = count;  // else nothing is sent
        send_and_reset(*h, day % 9 != 4 ? static_cast<int>(count) : 0);
        while (over.size() > 6) {
          store.retire(h->id(), numbering_generation{over.begin()->first});
          over.erase(over.begin());
        }
        std::map<std::uint64_t, std::uint64_t> told;
        for (const auto& n : store.finished(h->id())) told[n.generation.value] = n.last.value;
        BOOST_TEST_REQUIRE((told == over), "life " << life << ", day " << day);
      }
    segments = journal::segments_in(path).size();
  }
  BOOST_TEST(segments < 40u);  // some 120 were written
}

BOOST_AUTO_TEST_SUITE_END()
