// What is damaged is found, with its place; what is whole is left alone.
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "store/open_store.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_store.hpp"
#include "store/store_view.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/looking.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

struct sqlite_files {
  static constexpr auto kind = store_kind::sqlite;
  static std::unique_ptr<message_store> open(const std::string& path) { return std::make_unique<sqlite_store>(path); }
};
struct journal_files {
  static constexpr auto kind = store_kind::journal;
  static std::unique_ptr<message_store> open(const std::string& path) { return std::make_unique<journal_store>(path, journal_options{.segment_size = 4096, .has_thread = false}); }
};
using both = boost::mpl::list<sqlite_files, journal_files>;

findings verified(store_kind kind, const std::string& path, bool is_in_use = false) { return troupe::test::verified(*view_store(kind, path), is_in_use); }

using lines = std::vector<std::string>;

// A SQLite store that was lived in, and then written to by somebody else.
findings after(const char* sql) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  {
    sqlite_store store{path};
    live(store);
  }
  {
    sqlite_connection c{path, SQLITE_OPEN_READWRITE};
    c.run(sql);
  }
  return verified(store_kind::sqlite, path);
}

// One record written with the checksum that it should have.
void put(const std::string& path, const session_id& id, std::uint64_t generation, std::uint64_t number, std::uint64_t last, record_kind kind, const std::string& frame) {
  sqlite_connection c{path, SQLITE_OPEN_READWRITE};
  const auto row = static_cast<std::uint64_t>(c.number("SELECT max(id) + 1 FROM record"));
  sqlite_statement insert{c, "INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame) SELECT ?, id, ?, ?, ?, ?, 0, ?, ? FROM session WHERE sender_comp_id = ?"};
  const auto of_record = record_check(crc32c(to_string(id)), numbering_generation{generation}, seq_num{number}, seq_num{last}, kind, {}, frame);
  insert.use(row, generation, number, last, static_cast<std::uint64_t>(kind), std::uint64_t{record_row_check(of_record, row, no_numbers)}, sqlite_statement::blob{frame}, id.sender_comp_id).done();
}

std::string segment(const std::string& path, std::uint64_t n, const char* ending = ".seg") { return path + "/" + journal::segment_name(n, ending); }

std::string lived_journal(const temp_folder& folder) {
  const auto path = folder.file("journal");
  const auto store = journal_files::open(path);
  live(*store);
  return path;
}

// In which segment a message stands, and where.
std::pair<std::string, std::size_t> place_in_journal(const std::string& path, const std::string& frame) {
  for (const auto n : journal::segments_in(path))
    if (const auto at = read_file(segment(path, n)).find(frame); at != std::string::npos) return {segment(path, n), at};
  throw std::runtime_error("no segment has it");
}

void change(const std::string& file, std::size_t at) {
  auto bytes = read_file(file);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x10);
  write_file(file, bytes);
}

// All that an engine would read.
std::string content(store_view& view) {
  std::string all;
  for (const auto& s : view.sessions()) {
    all += to_string(s.id) + " " + std::to_string(s.state.next_sender.value) + " " + std::to_string(s.state.next_target.value) + " " + std::to_string(s.state.generation.value) + (s.is_damaged ? " damaged\n" : "\n");
    for (const auto& r : view.fetch(s, s.state.generation, seq_num{1}, seq_num{1000}, 1000, 1 << 20).records)
      all += std::to_string(r.number.value) + "-" + std::to_string(r.last.value) + (r.is_damaged ? " damaged" : " ") + r.frame + "\n";
    for (const auto& p : view.parked(s)) all += std::to_string(p.token.value) + (p.is_damaged ? " damaged" : " ") + p.message.body + "\n";
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verification)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_whole_store_is_whole_beside_its_engine_and_behind_it, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = Files::open(path);
    live(*store);
    const auto beside = verified(Files::kind, path, true);
    BOOST_TEST(beside.brief() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(beside.sessions.size() == 2u);
  }
  const auto f = verified(Files::kind, path);
  BOOST_TEST(f.brief() == lines{}, boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(f.sessions.size() == 2u);
  std::map<std::string, verified_session> by_name;
  for (const auto& s : f.sessions) by_name[s.session.id.sender_comp_id] = s;
  BOOST_TEST(by_name["ALPHA"].records == 72u);
  BOOST_TEST(by_name["BETA"].records == 5u);
  BOOST_TEST(by_name["BETA"].parked == 2u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_message_of_another_number_or_session_is_found_although_it_fits_its_checksum, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = Files::open(path);
    hand a{*store, alpha};
    send_all(a, 2);
    a.commit(a.next(record_kind::application, fix_frame(alpha, 7)));
    a.commit(a.next(record_kind::application, fix_frame(beta, 4)));
    a.commit(a.next(record_kind::application, "no message"));
    a.commit(a.next(record_kind::administrative, ""));  // that may be
  }
  const auto f = verified(Files::kind, path);
  BOOST_TEST(f.brief() == (lines{"record-misplaced ALPHA 1 3-3", "record-misplaced ALPHA 1 4-4", "record-misplaced ALPHA 1 5-5"}), boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(f.damages.size() == 3u);
  BOOST_TEST(f.damages[0].what == "message 3 holds a message with MsgSeqNum(34)=7");
  BOOST_TEST(f.damages[1].what == "message 4 holds a message of another session: FIX.4.2:BETA->OMEGA");
  BOOST_TEST(f.damages[2].what == "message 5 is no whole FIX message");
}

// Two runs of one numbering, of which the second has no first: what a restored copy that is older than its numbers looks like.
BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_without_records_are_lost, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = Files::open(path);
    hand a{*store, alpha}, b{*store, beta};
    send_all(a, 3);
    auto jump = a.empty();
    jump.next_sender = seq_num{10};
    a.commit(jump);
    send_all(a, 1);
    jump = a.empty();
    jump.next_sender = seq_num{20};
    a.commit(jump);
    jump = b.empty();
    jump.next_sender = seq_num{5};
    b.commit(jump);
  }
  const auto f = verified(Files::kind, path);
  BOOST_TEST(f.brief() == (lines{"record-lost ALPHA 1 4-9", "record-lost ALPHA 1 11-19", "record-lost BETA 1 1-4"}), boost::test_tools::per_element());
  BOOST_TEST(f.damages.at(0).what == "messages 4 to 9 are lost: there is no record of them");
}

// ---------------------------------------------------------------- SQLite

BOOST_AUTO_TEST_CASE(damaged_and_missing_rows_are_found) {
  const auto f = after(
      "UPDATE record SET frame = frame || x'00' WHERE generation = 2 AND number IN (41, 42, 44);"
      "DELETE FROM record WHERE generation = 2 AND number BETWEEN 10 AND 12;"
      "UPDATE record SET token = 9 WHERE generation = 1 AND number = 7;"
      "UPDATE parked SET body = 'x' WHERE place = 2;"
      "DELETE FROM record WHERE generation = 2 AND number > 60");
  BOOST_TEST(f.brief() == (lines{"record-damaged ALPHA 1 7-7", "record-lost ALPHA 2 10-12", "record-damaged ALPHA 2 41-42", "record-damaged ALPHA 2 44-44", "record-lost ALPHA 2 61-61", "submit-damaged BETA"}),
             boost::test_tools::per_element());
  BOOST_TEST(f.damages.at(2).what == "messages 41 to 42 do not fit their checksums");
  BOOST_TEST(says(f.damages.at(2).where, "store.db: record (id 61, session 1, generation 2, number 41)"));
  BOOST_TEST(says(consequence(f.damages.at(2), false), "the session needs the operator (ForceResendWhenCorruptedStore=N)"));
  BOOST_TEST(says(consequence(f.damages.at(2), true), "answered with a gap fill"));
  BOOST_TEST(says(consequence(f.damages.at(0), false), "Its numbering is over"));
}

BOOST_AUTO_TEST_CASE(damaged_numbers_of_a_session_are_found_and_its_messages_looked_at_all_the_same) {
  const auto f = after("UPDATE session SET next_sender = 3 WHERE sender_comp_id = 'ALPHA'; UPDATE record SET crc = crc + 1 WHERE generation = 2 AND number = 50");
  BOOST_TEST(f.brief() == (lines{"session-numbers ALPHA", "record-damaged ALPHA 2 50-50"}), boost::test_tools::per_element());
}

// Of a commit whose end is lost, its numbers with it.
BOOST_AUTO_TEST_CASE(records_behind_the_last_numbers_and_within_a_skipped_range_are_found) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  {
    sqlite_store store{path};
    live(store);
  }
  put(path, alpha, 2, 62, 62, record_kind::application, fix_frame(alpha, 62));
  put(path, alpha, 2, 63, 63, record_kind::application, fix_frame(alpha, 63));
  put(path, alpha, 2, 55, 55, record_kind::application, fix_frame(alpha, 55));
  const auto f = verified(store_kind::sqlite, path);
  BOOST_TEST(f.brief() == (lines{"record-twice ALPHA 2 55-55", "session-numbers ALPHA"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_of_nobody_are_found) {
  const auto f = after("DELETE FROM session WHERE sender_comp_id = 'BETA'");
  BOOST_TEST(f.brief() == (lines{"orphans", "orphans"}), boost::test_tools::per_element());
  BOOST_TEST(says(f.damages.at(1).where, "parked (session 2)"));
}

BOOST_AUTO_TEST_CASE(an_index_of_sqlite_that_lacks_a_row_is_found) {
  const auto f = after(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_session_1') WHERE name = 'parked_token'");
  BOOST_TEST_REQUIRE(!f.damages.empty());
  BOOST_TEST((f.damages[0].kind == damage_kind::structure));
  BOOST_TEST(says(f.damages[0].what, "SQLite says: "));
}

BOOST_AUTO_TEST_CASE(places_that_are_lost_or_damaged_cost_time_alone) {
  for (const auto* sql : {"DELETE FROM place WHERE session = 1 AND generation = 2", "UPDATE place SET places = places || x'01' WHERE session = 1 AND generation = 2",
                          "UPDATE place SET first = first + 1 WHERE session = 1 AND generation = 2", "UPDATE place SET last = last + 100 WHERE session = 1 AND generation = 2"}) {
    const auto f = after(sql);
    BOOST_TEST(f.brief() == lines{"index"}, boost::test_tools::per_element());
    BOOST_TEST(says(f.damages.at(0).what, "52 messages are not found by number"), f.damages.at(0).what);
  }
}

// ---------------------------------------------------------------- journal

BOOST_AUTO_TEST_CASE(a_damaged_message_of_a_journal_is_found_with_its_place) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  const auto [file, at] = place_in_journal(path, fix_frame(alpha, 33));
  change(file, at + 20);
  const auto f = verified(store_kind::journal, path);
  BOOST_TEST(f.brief() == (lines{"record-damaged ALPHA 2 33-33"}), boost::test_tools::per_element());
  BOOST_TEST(says(f.damages.at(0).where, file + ": message 1 of the entry at byte "), f.damages.at(0).where);
}

BOOST_AUTO_TEST_CASE(a_missing_segment_is_found_by_what_is_lost_with_it) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  const auto file = place_in_journal(path, fix_frame(alpha, 33)).first;
  std::filesystem::remove(file);
  const auto f = verified(store_kind::journal, path);
  BOOST_TEST_REQUIRE(!f.damages.empty());
  BOOST_TEST((f.damages[0].kind == damage_kind::record_lost));
  BOOST_TEST((f.damages[0].first <= seq_num{33} && f.damages[0].last >= seq_num{33}));
}

BOOST_AUTO_TEST_CASE(a_hole_is_found_and_what_it_cost) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  std::uint64_t n = 25;  // one with its neighbours in one segment
  while (place_in_journal(path, fix_frame(alpha, n - 1)).first != place_in_journal(path, fix_frame(alpha, n + 1)).first) ++n;
  const auto [file, at] = place_in_journal(path, fix_frame(alpha, n));
  auto bytes = read_file(file);
  bytes.replace(at - 100, 150, 150, '\xEE');
  write_file(file, bytes);
  const auto f = verified(store_kind::journal, path);
  std::map<damage_kind, unsigned> kinds;
  for (const auto& d : f.damages) ++kinds[d.kind];
  BOOST_TEST(kinds[damage_kind::segment_hole] == 1u);
  BOOST_TEST(kinds[damage_kind::record_lost] + kinds[damage_kind::record_damaged] > 0u);
  BOOST_TEST(kinds[damage_kind::index] == 1u);  // it names what is not there any more
}

BOOST_AUTO_TEST_CASE(the_end_of_the_last_segment_is_found_damaged_unless_an_engine_is_writing_it) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  const auto last = segment(path, journal::segments_in(path).back());
  auto bytes = read_file(last);
  const auto end = journal::scan(journal::open_segment(last, journal::segments_in(path).back()), [](auto&&...) { return true; }).end;
  bytes[end] = 'x';  // a size, and nothing behind it
  write_file(last, bytes);
  const auto f = verified(store_kind::journal, path);
  BOOST_TEST(f.brief() == (lines{"segment-tail"}), boost::test_tools::per_element());
  BOOST_TEST(says(f.damages.at(0).where, last + ": bytes "));
}

BOOST_AUTO_TEST_CASE(a_damaged_snapshot_and_one_that_contradicts_are_found) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  const auto file = place_in_journal(path, fix_frame(alpha, 33)).first;
  change(file, sizeof(journal::segment_header) + sizeof(journal::entry_head) + 8);
  const auto f = verified(store_kind::journal, path);
  BOOST_TEST_REQUIRE(!f.damages.empty());
  BOOST_TEST((f.damages[0].kind == damage_kind::snapshot || f.damages[0].kind == damage_kind::segment_hole));
}

BOOST_AUTO_TEST_CASE(indexes_that_are_missing_or_of_another_segment_are_noted) {
  temp_folder folder;
  const auto path = lived_journal(folder);
  std::filesystem::remove(segment(path, 2, ".idx"));
  change(segment(path, 3, ".idx"), 60);
  const auto f = verified(store_kind::journal, path);
  BOOST_TEST(f.brief() == (lines{"index", "index"}), boost::test_tools::per_element());
  for (const auto& d : f.damages) BOOST_TEST(is_harmless(d.kind));
}

// ---------------------------------------------------------------- every byte

// What an engine would read otherwise than it was written is told, whatever byte was changed.
BOOST_AUTO_TEST_CASE_TEMPLATE(no_changed_byte_goes_unnoticed_that_changes_what_is_read, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = Files::open(path);
    hand a{*store, alpha};
    send_all(a, 12);
    park_one(a, 1, 501);
  }
  std::map<std::string, std::string> files;
  if (std::filesystem::is_directory(path))
    for (const auto& e : std::filesystem::directory_iterator{path}) files[e.path().string()] = read_file(e.path().string());
  else
    files[path] = read_file(path);
  const auto right = content(*view_store(Files::kind, path));
  std::size_t refused = 0, told = 0, harmless = 0;
  for (const auto& [name, bytes] : files)
    for (std::size_t at = 0; at < bytes.size(); at += bytes[at] == 0 && at > 200 ? 211 : 13) {
      change(name, at);
      try {
        const auto f = verified(Files::kind, path);
        std::string now;
        try {
          now = content(*view_store(Files::kind, path));
        } catch (const store_error&) {  // told below
        }
        BOOST_TEST_REQUIRE((now == right || !f.damages.empty()), name << ": byte " << at);
        ++(f.damages.empty() ? harmless : told);
      } catch (const store_error&) {
        ++refused;
      }
      write_file(name, bytes);
    }
  BOOST_TEST_MESSAGE(refused << " refused, " << told << " told, " << harmless << " harmless");
  BOOST_TEST((refused > 0u) == (Files::kind == store_kind::sqlite));  // of a journal something can be told, whatever byte it is
  BOOST_TEST(told > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
