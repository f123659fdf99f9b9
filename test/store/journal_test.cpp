// What a journal of segments can meet: an owner, a kill, damage in each of its files, and its own age.
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <unistd.h>

using namespace troupe::test;

namespace {

constexpr journal_options small{.segment_size = 4096, .has_thread = false};

std::string refusal(const std::string& path) {
  try {
    journal_store store{path, small};
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}
void send(hand& h, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i)
    BOOST_TEST_REQUIRE((h.commit(h.next(record_kind::application, message(h.state().next_sender.value), submit_token{1000 + h.state().next_sender.value})).status == commit_status::done));
}

std::string segment(const std::string& path, std::uint64_t n) { return path + "/" + journal::segment_name(n, ".seg"); }
std::string index(const std::string& path, std::uint64_t n) { return path + "/" + journal::segment_name(n, ".idx"); }

// A closed journal with so many messages.
std::string written(const temp_folder& folder, std::uint64_t count, const journal_options& o = small, const char* name = "journal") {
  const auto path = folder.file(name);
  journal_store store{path, o};
  hand h{store, alpha};
  send(h, count);
  return path;
}

// A place in a segment where a message's text stands.
std::size_t place_in(const std::string& bytes, std::uint64_t number) { return bytes.find("34=" + std::to_string(number) + "|"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_files)

BOOST_AUTO_TEST_CASE(wrong_paths_are_named_with_what_to_do) {
  temp_folder folder;
  BOOST_TEST(says(refusal(folder.file("none/journal")), "mkdir -p"));
  write_file(folder.file("text"), "x");
  BOOST_TEST(says(refusal(folder.file("text")), "a journal is a folder"));
  std::filesystem::create_directory(folder.file("other"));
  write_file(segment(folder.file("other"), 1), std::string(8192, 'x'));
  BOOST_TEST(says(refusal(folder.file("other")), "is not a segment of a journal"));
}

BOOST_AUTO_TEST_CASE(it_has_one_owner) {
  temp_folder folder;
  journal_store first{folder.file("journal"), small};
  const auto why = refusal(folder.file("journal"));
  BOOST_TEST(says(why, "in use by process " + std::to_string(::getpid())), why);
}

BOOST_AUTO_TEST_CASE(messages_are_found_across_segments_and_so_are_their_tokens) {
  temp_folder folder;
  const auto path = folder.file("journal");
  journal_store store{path, small};
  hand h{store, alpha};
  send(h, 200);
  BOOST_TEST(journal::segments_in(path).size() > 10u);
  BOOST_TEST(count_whole(store, 200) == 200u);
  for (const std::uint64_t n : {1u, 77u, 200u}) BOOST_TEST((store.find_token(alpha, submit_token{1000 + n}) == seq_num{n}));
  BOOST_TEST(!store.find_token(alpha, submit_token{5}));
  BOOST_TEST(store.fetch(alpha, seq_num{90}, seq_num{95}, 100, 1 << 20).records.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_commit_larger_than_a_segment_has_one_of_its_own) {
  temp_folder folder;
  const auto path = folder.file("journal");
  const std::string large(100'000, 'x');
  {
    journal_store store{path, small};
    hand h{store, alpha};
    send(h, 1);
    BOOST_TEST((h.commit(h.next(record_kind::application, large)).status == commit_status::done));
  }
  journal_store store{path, small};
  BOOST_TEST(store.fetch(alpha, seq_num{2}, seq_num{2}, 10, 1 << 20).records.at(0).frame == large);
}

// An import is one commit, however much it brings; a resend asks for a page of it.
BOOST_AUTO_TEST_CASE(a_page_of_a_large_commit_is_read_by_itself) {
  temp_folder folder;
  const auto path = folder.file("journal");
  constexpr std::uint64_t count = 20'000;
  const auto large = [](std::uint64_t n) { return "34=" + std::to_string(n) + "|" + std::string(1000 + n % 700, 'x'); };
  {
    journal_store store{path, small};
    hand h{store, alpha};
    auto b = h.empty();
    for (std::uint64_t n = 1; n <= count; ++n) {
      const auto frame = large(n);
      b.records.push_back({n % 10 == 0 ? record_kind::administrative : record_kind::application, seq_num{n}, seq_num{n}, submit_token{n}, static_cast<std::uint32_t>(b.bytes.size()), static_cast<std::uint32_t>(frame.size())});
      b.bytes += frame;
    }
    b.next_sender = seq_num{count + 1};
    BOOST_TEST_REQUIRE((h.commit(b).status == commit_status::done));
    for (const std::uint64_t from : {std::uint64_t{1}, count / 2, count - 100, std::uint64_t{50}})  // of the segment that is written, too
      for (const auto& r : h.fetch(from, from + 99).records) BOOST_TEST_REQUIRE((!r.is_damaged && r.frame == large(r.number.value)));
  }
  (void)journal_store{path, small};
  std::string file;
  for (const auto n : journal::segments_in(path))
    if (std::filesystem::file_size(segment(path, n)) > std::size_t{20} << 20) file = segment(path, n);
  auto bytes = read_file(file);
  BOOST_TEST_REQUIRE(!bytes.empty());
  bytes[bytes.find(large(10'050)) + 20] ^= 1;
  write_file(file, bytes);
  journal_store store{path, small};
  hand h{store, alpha};
  const auto bytes_read = [] {
    std::ifstream io{"/proc/self/io"};
    std::string word;
    std::uint64_t n = 0;
    io >> word >> n;
    BOOST_TEST_REQUIRE(word == "rchar:");
    return n;
  };
  const auto before = bytes_read();
  const auto page = h.fetch(10'000, 10'099);
  BOOST_TEST(bytes_read() - before < std::uint64_t{4} << 20);
  BOOST_TEST_REQUIRE(page.records.size() == 100u);
  for (const auto& r : page.records) {
    BOOST_TEST_REQUIRE(r.is_damaged == (r.number.value == 10'050));
    BOOST_TEST_REQUIRE((r.is_damaged || r.frame == large(r.number.value)));
    BOOST_TEST_REQUIRE((r.kind == record_kind::administrative) == (r.number.value % 10 == 0));
    BOOST_TEST_REQUIRE(r.token.value == r.number.value);
  }
  for (std::uint64_t from = count - 99; from > 5000; from -= 1000)  // and backwards
    for (const auto& r : h.fetch(from, from + 99).records) BOOST_TEST_REQUIRE((r.number.value == 10'050 || r.frame == large(r.number.value)));
}

BOOST_AUTO_TEST_CASE(segments_of_numberings_that_are_over_are_removed) {
  temp_folder folder;
  const auto path = folder.file("journal");
  journal_store store{path, small};
  hand h{store, alpha};
  for (int day = 0; day < 10; ++day) {
    send(h, 60);
    BOOST_TEST((h.commit(h.new_numbering()).status == commit_status::done));
  }
  send(h, 60);
  BOOST_TEST(journal::segments_in(path).size() < 20u);
  BOOST_TEST(count_whole(store, 60) == 60u);
}

// Starts leave nothing behind: a segment without messages goes with the next one.
BOOST_AUTO_TEST_CASE(many_starts_leave_few_files) {
  temp_folder folder;
  const auto path = folder.file("journal");
  for (int i = 0; i < 50; ++i) {
    journal_store store{path, small};
    hand h{store, alpha};
    BOOST_TEST(h.state().incarnation.value == static_cast<std::uint64_t>(i + 1));
  }
  BOOST_TEST(journal::segments_in(path).size() <= 3u);
}

BOOST_AUTO_TEST_CASE(an_index_that_is_missing_or_damaged_is_made_again) {
  temp_folder folder;
  const auto path = written(folder, 100);
  std::filesystem::remove(index(path, 2));
  auto bytes = read_file(index(path, 3));
  bytes.back() ^= 1;
  write_file(index(path, 3), bytes);
  write_file(index(path, 4), "no index at all");
  journal_store store{path, small};
  BOOST_TEST(count_whole(store, 100) == 100u);
  for (std::uint64_t n = 1; n <= 100; ++n) BOOST_TEST((store.find_token(alpha, submit_token{1000 + n}) == seq_num{n}));
}

BOOST_AUTO_TEST_CASE(a_damaged_message_is_told_and_costs_nothing_else) {
  temp_folder folder;
  const auto path = written(folder, 50);
  auto bytes = read_file(segment(path, 2));
  std::uint64_t number = 1;
  while (place_in(bytes, number) == bytes.npos) ++number;
  bytes[place_in(bytes, number)] ^= 1;
  write_file(segment(path, 2), bytes);
  journal_store store{path, small};
  BOOST_TEST(store.sessions().at(0).snapshot.next_sender.value == 51u);
  const auto page = store.fetch(alpha, seq_num{number}, seq_num{number}, 1, 1 << 20);
  BOOST_REQUIRE(page.records.size() == 1u);
  BOOST_TEST(page.records[0].is_damaged);
  BOOST_TEST(page.records[0].frame == "");
  BOOST_TEST(count_whole(store, 50) == 49u);
}

// The numbers of the commits behind it are known, so none is given again.
BOOST_AUTO_TEST_CASE(a_hole_in_the_last_segment_is_told_and_stepped_over) {
  temp_folder folder;
  constexpr journal_options one_segment{.has_thread = false};
  const auto path = written(folder, 50, one_segment);
  auto bytes = read_file(segment(path, 1));
  const auto begin = place_in(bytes, 20), end = place_in(bytes, 23);
  bytes.replace(begin, end - begin, end - begin, '\xEE');
  write_file(segment(path, 1), bytes);
  std::filesystem::remove(index(path, 1));
  journal_store store{path, one_segment};
  BOOST_TEST(store.sessions().at(0).snapshot.next_sender.value == 51u);
  BOOST_REQUIRE(!store.findings().empty());
  BOOST_TEST(says(store.findings().front(), "are damaged; what stands behind them is whole"), store.findings().front());
  BOOST_TEST(count_whole(store, 50) == 46u);
}

// Each opening writes it into the next snapshot, with a checksum that must not begin to fit.
BOOST_AUTO_TEST_CASE(a_damaged_submit_stays_damaged_however_often_it_is_opened) {
  for (const auto how : {durability::process, durability::power}) {
    temp_folder folder;
    const auto path = folder.file("journal");
    const journal_options options{.durability = how, .segment_size = 4096, .has_thread = false};
    {
      journal_store store{path, options};
      hand h{store, alpha};
      auto b = h.empty();
      for (const std::uint64_t n : {1u, 2u}) b.park.push_back({n, submit_token{70 + n}, day_one, {"D", "", "11=ORDER" + std::to_string(n) + "\001"}});
      BOOST_TEST_REQUIRE((h.commit(b).status == commit_status::done));
    }
    auto bytes = read_file(segment(path, 1));
    bytes[bytes.find("11=ORDER1") + 4] ^= 1;
    write_file(segment(path, 1), bytes);
    for (int i = 0; i < 3; ++i) {
      (void)journal_store{path, options};  // and ends before anything is committed
      journal_store store{path, options};
      const hand h{store, alpha};
      BOOST_TEST_REQUIRE(h.state().parked.size() == 2u);
      BOOST_TEST(h.state().parked[0].is_damaged);
      BOOST_TEST(h.state().parked[0].token.value == 71u);
      BOOST_TEST(!h.state().parked[1].is_damaged);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_segment_of_another_journal_is_refused) {
  temp_folder folder;
  for (const auto* name : {"one", "other"}) (void)written(folder, 50, small, name);
  std::filesystem::copy_file(segment(folder.file("other"), 2), segment(folder.file("one"), 2), std::filesystem::copy_options::overwrite_existing);
  BOOST_TEST(says(refusal(folder.file("one")), "belongs to another journal"));
}

BOOST_AUTO_TEST_CASE(every_acknowledged_commit_survives_a_kill) {
  temp_folder folder;
  kill_while_it_commits([path = folder.file("journal")] { return std::make_unique<journal_store>(path, journal_options{.segment_size = 64 * 1024}); }, 43);
}

// Every byte of each file, one at a time: what comes out is right, marked as damaged, missing and told, or refused.
BOOST_AUTO_TEST_CASE(a_changed_byte_never_makes_another_message) {
  temp_folder folder;
  const auto path = written(folder, 24);
  std::map<std::string, std::string> files;
  for (const auto& e : std::filesystem::directory_iterator{path}) files[e.path().string()] = read_file(e.path().string());
  std::size_t refused = 0, told = 0, harmless = 0;
  for (const auto& [name, bytes] : files)
    for (std::size_t at = 0; at < bytes.size(); at += name.ends_with(".idx") || at < 400 ? 1 : 3) {
      std::filesystem::remove_all(path);
      std::filesystem::create_directory(path);
      for (const auto& [other, whole] : files) write_file(other, whole);
      auto changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      write_file(name, changed);
      try {
        journal_store store{path, small};
        const auto all = store.sessions();
        const auto next = all.empty() ? 1 : all[0].snapshot.next_sender.value;
        const auto whole = count_whole(store, 24);
        const bool is_told = !store.findings().empty();
        // A number that could be given again, or a message that is gone, is never silent.
        BOOST_TEST_REQUIRE((next == 25 || is_told), name << ": byte " << at);
        if (whole < 24) {
          std::size_t damaged = 0;
          for (const auto& r : store.fetch(alpha, seq_num{1}, seq_num{24}, 100, 1 << 20).records) damaged += r.is_damaged;
          BOOST_TEST_REQUIRE((damaged > 0 || is_told || next == 25), name << ": byte " << at);
        }
        ++(is_told ? told : harmless);
      } catch (const store_error&) {
        ++refused;
      }
    }
  BOOST_TEST_MESSAGE(refused << " refused, " << told << " told on opening, " << harmless << " harmless or told on reading");
  BOOST_TEST(refused > 0u);
  BOOST_TEST(told > 0u);
  BOOST_TEST(harmless > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
