// A journal read without its engine, and beside it.
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "store/journal_view.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <string>

using namespace troupe::test;

namespace {

constexpr journal_options small{.segment_size = 4096, .has_thread = false};

// Two sessions over many segments: a reset, a skipped range, administrative messages, some that wait.
void live(message_store& store) {
  hand a{store, alpha}, b{store, beta};
  send_all(a, 30);
  begin_numbering(a);
  send_all(a, 40);
  send_all(b, 20);
  skip_to(a, 60);
  for (int i = 0; i < 10; ++i) send_one(i % 2 == 0 ? a : b, record_kind::administrative);
  for (std::uint64_t place = 1; place <= 7; ++place) park_one(b, place, 500 + place);
  auto drop = b.empty();
  drop.unpark = {3};
  b.commit(drop);
  send_all(a, 20);
}

const viewed_session& session_of(const std::vector<viewed_session>& all, const session_id& id) {
  for (const auto& s : all)
    if (s.id == id) return s;
  throw std::runtime_error("no such session");
}

std::string told(const replay_page& page) {
  std::string text = std::to_string(page.end.value) + (page.is_last ? " last\n" : " more\n");
  for (const auto& r : page.records)
    text += std::to_string(static_cast<int>(r.kind)) + " " + std::to_string(r.number.value) + "-" + std::to_string(r.last.value) + " " + std::to_string(r.token.value) + (r.is_damaged ? " damaged " : " ") + r.frame + "\n";
  return text;
}

std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& e : std::filesystem::recursive_directory_iterator{folder}) files[e.path().string()] = e.is_regular_file() ? read_file(e.path().string()) : "";
  return files;
}

std::string refusal(const std::string& path) {
  try {
    journal_view view{path};
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

// Also when a test fails.
struct killed_at_the_end {
  pid_t pid;
  ~killed_at_the_end() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
};

// Whatever is asked of the store in which way, the view says the same.
void says_what_the_store_says(message_store& store, journal_view& view) {
  const auto all = view.sessions();
  const auto stored = store.sessions();
  BOOST_TEST_REQUIRE(all.size() == stored.size());
  for (const auto& known : stored) {
    const auto& s = session_of(all, known.id);
    BOOST_TEST((s.state.next_sender == known.snapshot.next_sender));
    BOOST_TEST((s.state.next_target == known.snapshot.next_target));
    BOOST_TEST((s.state.generation == known.snapshot.generation));
    for (std::uint64_t begin = 1; begin < 90; begin += 7)
      for (const std::uint64_t end : {begin, begin + 13, std::uint64_t{1000}})
        for (const std::size_t records : {1u, 9u, 500u})
          BOOST_TEST_REQUIRE(told(view.fetch(s, s.state.generation, seq_num{begin}, seq_num{end}, records, 2000)) == told(store.fetch(known.id, seq_num{begin}, seq_num{end}, records, 2000)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_views)

BOOST_AUTO_TEST_CASE(it_says_what_the_store_says_beside_it_and_behind_it_and_leaves_no_trace) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    live(store);
    const auto before = files_in(folder.path().string());
    journal_view beside{path};
    says_what_the_store_says(store, beside);
    BOOST_TEST((files_in(folder.path().string()) == before));
  }
  const auto before = files_in(folder.path().string());
  journal_view behind{path};
  (void)behind.sessions();
  BOOST_TEST((files_in(folder.path().string()) == before));
  journal_store store{path, small};
  says_what_the_store_says(store, behind);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_logon_is_listed_a_page_at_a_time) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    live(store);
  }
  journal_view view{path};
  const auto all = view.sessions();
  const auto& s = session_of(all, beta);
  const auto page = view.parked(s, 0, 4);
  BOOST_TEST_REQUIRE(page.size() == 4u);
  BOOST_TEST(page[2].place == 4u);  // the third was dropped
  BOOST_TEST((page[2].token == submit_token{504}));
  BOOST_TEST(page[2].message.body == "11=P4\001");
  const auto rest = view.parked(s, page.back().place, 100);
  BOOST_TEST_REQUIRE(rest.size() == 2u);
  BOOST_TEST(rest.back().place == 7u);
  BOOST_TEST(view.parked(session_of(all, alpha)).empty());
}

BOOST_AUTO_TEST_CASE(the_numbering_before_is_there_too) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    live(store);
  }
  journal_view view{path};
  const auto all = view.sessions();
  const auto& s = session_of(all, alpha);
  const auto numberings = view.numberings(s);
  BOOST_TEST_REQUIRE(numberings.size() == 2u);
  const auto page = view.fetch(s, numberings[0], seq_num{1}, seq_num{1000}, 1000, 1 << 20);
  BOOST_TEST(page.records.size() == 30u);
  BOOST_TEST(page.records.back().frame == fix_frame(alpha, 30));
  BOOST_TEST(says(view.place_of(s, numberings[0], seq_num{17}), ".seg: message 1 of the entry at byte "));
}

BOOST_AUTO_TEST_CASE(an_index_that_is_missing_or_damaged_is_done_without_and_not_made_again) {
  temp_folder folder;
  const auto path = folder.file("journal");
  {
    journal_store store{path, small};
    live(store);
  }
  std::filesystem::remove(path + "/" + journal::segment_name(2, ".idx"));
  write_file(path + "/" + journal::segment_name(3, ".idx"), "no index at all");
  auto bytes = read_file(path + "/" + journal::segment_name(4, ".idx"));
  bytes.back() ^= 1;
  write_file(path + "/" + journal::segment_name(4, ".idx"), bytes);
  const auto before = files_in(path);
  journal_view view{path};
  const auto all = view.sessions();
  for (const auto& s : all) {
    std::uint64_t whole = 0;
    for (const auto n : view.numberings(s))
      for (const auto& r : view.fetch(s, n, seq_num{1}, seq_num{1000}, 1000, 1 << 20).records) whole += r.is_damaged ? 0u : 1u;
    BOOST_TEST(whole == (s.id == alpha ? 30u + 40u + 1u + 5u + 20u : 25u));
  }
  BOOST_TEST((files_in(path) == before));
}

// A process commits as fast as it can, into segments that end and go all the time.
BOOST_AUTO_TEST_CASE(beside_an_engine_that_writes_every_moment_makes_sense) {
  temp_folder folder;
  const auto path = folder.file("journal");
  int said[2];
  BOOST_TEST_REQUIRE(::pipe(said) == 0);
  const killed_at_the_end child{fork_child([&] {
    journal_store store{path, journal_options{.segment_size = 64 * 1024}};
    hand h{store, alpha};
    send_all(h, 1);
    if (::write(said[1], "x", 1) != 1) ::_exit(4);
    for (;;) {
      send_all(h, 300);
      if (h.state().next_sender.value > 3000) begin_numbering(h);
    }
  })};
  char byte;
  BOOST_TEST_REQUIRE(::read(said[0], &byte, 1) == 1);
  std::pair<std::uint64_t, std::uint64_t> before{};
  unsigned seen = 0;
  journal_view view{path};
  while (seen < 60) {
    const auto all = view.sessions();
    BOOST_TEST_REQUIRE(all.size() == 1u);
    const auto& n = all[0].state;
    const std::pair now{n.generation.value, n.next_sender.value};
    BOOST_TEST_REQUIRE((before <= now));
    seen += before < now ? 1u : 0u;
    before = now;
    const auto first = n.next_sender.value > 200 ? n.next_sender.value - 200 : 1;
    std::uint64_t next = first;
    const auto page = view.fetch(all[0], n.generation, seq_num{first}, seq_num{n.next_sender.value - 1}, 1000, 1 << 20);
    if (view.sessions().at(0).state.generation.value > n.generation.value + 1) continue;  // so long did it take that these are not kept any more
    for (const auto& r : page.records) {
      BOOST_TEST_REQUIRE(r.number.value == next++);
      BOOST_TEST_REQUIRE(r.frame == fix_frame(alpha, r.number.value));
    }
    BOOST_TEST_REQUIRE(next == n.next_sender.value);
  }
  ::close(said[0]);
  ::close(said[1]);
}

BOOST_AUTO_TEST_CASE(what_is_no_journal_is_told) {
  temp_folder folder;
  BOOST_TEST(says(refusal(folder.file("none")), "cannot be read"));
  BOOST_TEST(says(refusal(folder.path().string()), "is empty: it was stopped while it was made"));
  write_file(folder.file("letter.txt"), "x");
  BOOST_TEST(says(refusal(folder.path().string()), "is no journal"));
  write_file(folder.file("00000001.seg"), std::string(8192, 'x'));
  BOOST_TEST(says(refusal(folder.path().string()), "is not a segment of a journal"));
}

BOOST_AUTO_TEST_SUITE_END()
