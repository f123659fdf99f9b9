// A repair does what its plan says, or nothing: no message goes that was whole, no token that was sent, no number is lowered.
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "store/repair.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_store.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/looking.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

constexpr auto all_kept = std::numeric_limits<unsigned>::max();

struct sqlite_files {
  static constexpr auto kind = store_kind::sqlite;
  static std::unique_ptr<message_store> open(const std::string& path) { return std::make_unique<sqlite_store>(path, sqlite_options{.kept_generations = all_kept}); }
  static void repair(const std::string& path, const repair_plan& plan) { repair_sqlite(path, plan); }
  static void damage(const std::string& path, std::uint64_t number) {
    sqlite_connection c{path, SQLITE_OPEN_READWRITE};
    sqlite_statement change{c, "UPDATE record SET frame = frame || x'00' WHERE number = ?"};
    change.use(number).done();
  }
};

struct journal_files {
  static constexpr auto kind = store_kind::journal;
  static std::unique_ptr<message_store> open(const std::string& path) {
    return std::make_unique<journal_store>(path, journal_options{.segment_size = 4096, .kept_generations = all_kept, .has_thread = false});
  }
  static void repair(const std::string& path, const repair_plan& plan) { repair_journal(path, plan); }
  static void damage(const std::string& path, std::uint64_t number) {
    for (const auto n : journal::segments_in(path)) {
      const auto file = path + "/" + journal::segment_name(n, ".seg");
      auto bytes = read_file(file);
      for (const auto* msg_type : {"D", "0"})
        if (const auto at = bytes.find(fix_frame(alpha, number, msg_type)); at != std::string::npos) {
          bytes[at + 20] = static_cast<char>(bytes[at + 20] ^ 0x10);
          return write_file(file, bytes);
        }
    }
    throw std::runtime_error("no segment has it");
  }
};
using both = boost::mpl::list<sqlite_files, journal_files>;

std::vector<store_damage> damages_of(store_kind kind, const std::string& path) {
  const auto f = verified(*view_store(kind, path));
  BOOST_TEST_REQUIRE(f.is_complete);
  return f.damages;
}

bool is_whole(store_kind kind, const std::string& path) {
  for (const auto& d : damages_of(kind, path))
    if (!is_harmless(d.kind)) return false;
  return true;
}

repair_plan planned(store_kind kind, const std::string& path, const repair_wishes& wishes) {
  const auto view = view_store(kind, path);
  auto sessions = view->sessions();
  return plan_repair({kind, *view, std::move(sessions), damages_of(kind, path)}, wishes);
}

std::string text_of(const repair_plan& plan) {
  std::string text;
  for (const auto& s : plan.steps) text += (s.what == repair_step::kind::none ? "  " : "* ") + s.text + "\n";
  return text;
}

session_snapshot state_of(message_store& store) {
  for (const auto& s : store.sessions())
    if (s.id == alpha) return s.snapshot;
  throw std::runtime_error("no such session");
}

std::string told(store_kind kind, const std::string& path, std::uint64_t begin, std::uint64_t end) { return troupe::test::told(*view_store(kind, path), begin, end); }

std::string refusal(const std::function<void()>& repair) {
  try {
    repair();
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

const repair_wishes nothing_more;
repair_wishes with_lost_filled() { return {.fills_lost = true, .next_sender = {}, .next_target = {}}; }
repair_wishes next_sender_of(std::uint64_t n) { return {.fills_lost = false, .next_sender = {{alpha, seq_num{n}}}, .next_target = {}}; }
repair_wishes next_target_of(std::uint64_t n) { return {.fills_lost = false, .next_sender = {}, .next_target = {{alpha, seq_num{n}}}}; }

// 1 to 20, of which 10 is administrative; tokens 1001 to 1020.
template <class Files>
std::string lived(const temp_folder& folder) {
  const auto path = folder.file("store");
  const auto store = Files::open(path);
  hand a{*store, alpha};
  send_all(a, 9);
  send_one(a, record_kind::administrative);
  send_all(a, 10);
  return path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repair)

BOOST_AUTO_TEST_CASE_TEMPLATE(no_numbering_goes_that_the_settings_may_want, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  for (int i = 0; i < 5; ++i) {  // each in segments of its own
    const auto store = Files::open(path);
    hand a{*store, alpha};
    send_all(a, 5);
    begin_numbering(a);
  }
  Files::repair(path, planned(Files::kind, path, next_target_of(9)));
  const auto store = Files::open(path);
  const auto finished = store->finished(alpha);
  BOOST_TEST_REQUIRE(finished.size() == 5u);
  for (const auto& n : finished) BOOST_TEST(store->fetch_of(alpha, n.generation, seq_num{1}, seq_num{9}, 100, 1 << 20).records.size() == 5u);
  BOOST_TEST(state_of(*store).next_target.value == 9u);
}

// ---------------------------------------------------------------- damage that stays

BOOST_AUTO_TEST_CASE(a_journal_is_not_written_again_over_a_damaged_message_that_stays) {
  temp_folder folder;
  const auto path = lived<journal_files>(folder);
  journal_files::damage(path, 10);
  journal_files::damage(path, 15);
  const auto plan = planned(store_kind::journal, path, nothing_more);
  BOOST_TEST(!has_work(plan), text_of(plan));
  BOOST_TEST(says(text_of(plan), "message 10: stays, unless --gap-fill-lost is given for message 15, too"), text_of(plan));
  // A plan of somebody who did not look that far.
  auto blind = plan;
  blind.steps = {{repair_step::kind::fill, "", alpha, numbering_generation{1}, seq_num{10}, seq_num{10}}};
  BOOST_TEST(says(refusal([&] { repair_journal(path, blind); }), "message 15 is damaged, stands behind what is to be repaired"));
  BOOST_TEST(told(store_kind::journal, path, 15, 16) == "15 damaged 1015, 16 application 1016");
  BOOST_TEST((journal_files::open(path)->find_token(alpha, submit_token{1015}) == seq_num{15}));
  repair_journal(path, planned(store_kind::journal, path, with_lost_filled()));
  BOOST_TEST(is_whole(store_kind::journal, path));
}

BOOST_AUTO_TEST_CASE(what_is_damaged_in_front_of_the_first_fill_of_a_journal_stays_as_it_is) {
  temp_folder folder;
  const auto path = lived<journal_files>(folder);
  journal_files::damage(path, 4);
  journal_files::damage(path, 10);
  repair_journal(path, planned(store_kind::journal, path, nothing_more));
  BOOST_TEST(told(store_kind::journal, path, 4, 4) == "4 damaged 1004");
  BOOST_TEST(told(store_kind::journal, path, 9, 12) == "9 application 1009, 10 skipped, 11 application 1011, 12 application 1012");
}

// ---------------------------------------------------------------- tokens

BOOST_AUTO_TEST_CASE_TEMPLATE(an_order_that_is_gap_filled_was_sent_all_the_same, Files, both) {
  temp_folder folder;
  const auto path = lived<Files>(folder);
  for (const auto n : {4, 5, 12}) Files::damage(path, static_cast<std::uint64_t>(n));
  const auto plan = planned(Files::kind, path, with_lost_filled());
  BOOST_TEST(says(text_of(plan), "their tokens stay known as sent"), text_of(plan));
  Files::repair(path, plan);
  BOOST_TEST(is_whole(Files::kind, path));
  BOOST_TEST(told(Files::kind, path, 3, 6) == "3 application 1003, 4 administrative 1004, 5 administrative 1005, 6 application 1006");
  const auto store = Files::open(path);
  for (std::uint64_t n = 1; n <= 20; ++n)
    if (n != 10) BOOST_TEST((store->find_token(alpha, submit_token{1000 + n}) == seq_num{n}), n);
}

BOOST_AUTO_TEST_CASE(tokens_of_messages_that_cannot_be_read_at_all_are_taken_from_the_index) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = journal_files::open(path);
    hand a{*store, alpha};
    send_all(a, 60);
  }
  (void)journal_files::open(path);  // the last segment is sealed, and has its index
  const auto [file, at] = [&] {
    for (const auto n : journal::segments_in(path)) {
      const auto segment = path + "/" + journal::segment_name(n, ".seg");
      if (const auto found = read_file(segment).find(fix_frame(alpha, 25)); found != std::string::npos) return std::pair{segment, found};
    }
    throw std::runtime_error("no segment has it");
  }();
  auto bytes = read_file(file);
  bytes.replace(at - 100, 150, 150, '\xEE');
  write_file(file, bytes);
  BOOST_TEST((journal_files::open(path)->find_token(alpha, submit_token{1025}) == seq_num{25}));
  for (const auto& wishes : {nothing_more, with_lost_filled()}) {
    const auto plan = planned(store_kind::journal, path, wishes);
    BOOST_TEST(has_work(plan) == wishes.fills_lost, text_of(plan));
    repair_journal(path, plan);
    const auto store = journal_files::open(path);
    for (std::uint64_t n = 1; n <= 60; ++n) BOOST_TEST((store->find_token(alpha, submit_token{1000 + n}) == seq_num{n}), n);
  }
  BOOST_TEST(is_whole(store_kind::journal, path));
  BOOST_TEST(says(told(store_kind::journal, path, 24, 26), "25 administrative 1025"), told(store_kind::journal, path, 24, 26));
}

// A row that is gone leaves its place, which knows the token: repairing something else must not forget it.
BOOST_AUTO_TEST_CASE(tokens_of_rows_that_are_gone_are_taken_from_their_places) {
  temp_folder folder;
  const auto path = lived<sqlite_files>(folder);
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("DELETE FROM record WHERE number IN (4, 5, 20)");
  for (const auto& wishes : {next_target_of(9), with_lost_filled()}) {
    repair_sqlite(path, planned(store_kind::sqlite, path, wishes));
    const auto store = sqlite_files::open(path);
    for (std::uint64_t n = 1; n <= 20; ++n)
      if (n != 10) BOOST_TEST((store->find_token(alpha, submit_token{1000 + n}) == seq_num{n}), n);
  }
  BOOST_TEST(is_whole(store_kind::sqlite, path));
  BOOST_TEST(told(store_kind::sqlite, path, 3, 6) == "3 application 1003, 4 administrative 1004, 5 administrative 1005, 6 application 1006");
}

// Which numbering is the present one is told by the messages, whatever has become of what was made from them.
BOOST_AUTO_TEST_CASE(a_session_does_not_go_back_to_a_numbering_that_is_over) {
  temp_folder folder;
  const auto path = lived<sqlite_files>(folder);
  {
    const auto store = sqlite_files::open(path);
    hand a{*store, alpha};
    begin_numbering(a);
    send_all(a, 5);
  }
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("DELETE FROM place WHERE generation = 2; UPDATE session SET next_sender = 3, generation = 1");
  repair_sqlite(path, planned(store_kind::sqlite, path, next_target_of(8)));
  BOOST_TEST(is_whole(store_kind::sqlite, path));
  const auto state = state_of(*sqlite_files::open(path));
  BOOST_TEST(state.generation.value == 2u);
  BOOST_TEST(state.next_sender.value == 6u);
}

// The beginning of the segment behind it is damaged, so that opening goes through it once more, and writes its index anew.
BOOST_AUTO_TEST_CASE(an_index_that_is_made_again_keeps_the_tokens_of_what_cannot_be_read) {
  temp_folder folder;
  const auto path = folder.file("store");
  {
    const auto store = std::make_unique<journal_store>(path, journal_options{.has_thread = false});
    hand a{*store, alpha};
    send_all(a, 60);
  }
  (void)journal_files::open(path);
  const auto first = path + "/" + journal::segment_name(1, ".seg"), second = path + "/" + journal::segment_name(2, ".seg");
  auto bytes = read_file(first);
  for (const std::uint64_t n : {25u, 60u}) {
    const auto at = bytes.find(fix_frame(alpha, n));
    bytes.replace(at - 30, 60, 60, '\xEE');
  }
  write_file(first, bytes);
  bytes = read_file(second);
  bytes[sizeof(journal::segment_header) + sizeof(journal::entry_head)] ^= 1;
  write_file(second, bytes);
  BOOST_TEST(told(store_kind::journal, path, 25, 25) == "25 damaged 1025");
  for (int i = 0; i < 2; ++i) {
    const auto store = journal_files::open(path);
    for (std::uint64_t n = 1; n < 60; ++n) BOOST_TEST((store->find_token(alpha, submit_token{1000 + n}) == seq_num{n}), n);
  }
}

BOOST_AUTO_TEST_CASE(a_fill_leaves_no_number_out) {
  repair_step step{repair_step::kind::fill, "", alpha, numbering_generation{1}, seq_num{4}, seq_num{9}};
  step.tokens = {{seq_num{4}, submit_token{1}}, {seq_num{7}, submit_token{2}}};
  std::string text;
  for (const auto& r : records_of(step)) text += std::to_string(r.number.value) + "-" + std::to_string(r.last.value) + (r.kind == record_kind::skipped ? " skipped " : " administrative ") + std::to_string(r.token.value) + "; ";
  BOOST_TEST(text == "4-4 administrative 1; 5-6 skipped 0; 7-7 administrative 2; 8-9 skipped 0; ");
}

// ---------------------------------------------------------------- a plan that is out of date

BOOST_AUTO_TEST_CASE_TEMPLATE(a_store_that_was_used_since_the_plan_was_made_is_left_as_it_is, Files, both) {
  temp_folder folder;
  const auto path = lived<Files>(folder);
  Files::damage(path, 4);
  const auto plan = planned(Files::kind, path, {.fills_lost = true, .next_sender = {{alpha, seq_num{22}}}, .next_target = {}});
  {
    const auto store = Files::open(path);
    hand a{*store, alpha};
    send_all(a, 30);
  }
  const auto before = told(Files::kind, path, 1, 100);
  BOOST_TEST(says(refusal([&] { Files::repair(path, plan); }), "it was used since the plan was made. Make a new plan"));
  BOOST_TEST(told(Files::kind, path, 1, 100) == before);
  BOOST_TEST(state_of(*Files::open(path)).next_sender.value == 51u);
}

// Within one run of the engine only its commits tell.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_plan_made_while_the_engine_ran_is_out_of_date_with_its_next_commit, Files, both) {
  temp_folder folder;
  const auto path = folder.file("store");
  auto store = Files::open(path);
  hand a{*store, alpha};
  send_all(a, 3);
  const auto plan = planned(Files::kind, path, next_target_of(9));
  BOOST_TEST_REQUIRE((a.commit(a.empty()).status == commit_status::done));  // no number is another
  store.reset();
  BOOST_TEST(says(refusal([&] { Files::repair(path, plan); }), "it was used since the plan was made"));
  Files::repair(path, planned(Files::kind, path, next_target_of(9)));
  BOOST_TEST(state_of(*Files::open(path)).next_target.value == 9u);
}

BOOST_AUTO_TEST_CASE(a_fill_of_another_numbering_is_not_put_into_the_present_one_of_a_journal) {
  temp_folder folder;
  const auto path = lived<journal_files>(folder);
  {
    const auto store = journal_files::open(path);
    hand a{*store, alpha};
    begin_numbering(a);
    send_all(a, 20);
  }
  auto plan = planned(store_kind::journal, path, nothing_more);
  plan.steps = {{repair_step::kind::fill, "", alpha, numbering_generation{1}, seq_num{10}, seq_num{10}}};
  BOOST_TEST(says(refusal([&] { repair_journal(path, plan); }), "has begun another numbering since the plan was made"));
  BOOST_TEST(told(store_kind::journal, path, 10, 10) == "10 application 1010");
}

BOOST_AUTO_TEST_CASE(a_segment_that_has_no_such_end_any_more_is_not_cut) {
  temp_folder folder;
  const auto path = lived<journal_files>(folder);
  auto plan = planned(store_kind::journal, path, nothing_more);
  const auto file = path + "/" + journal::segment_name(journal::segments_in(path).front(), ".seg");
  repair_step cut;
  cut.what = repair_step::kind::cut_tail;
  cut.file = file;
  cut.begin = 200;
  plan.steps = {cut};
  const auto before = read_file(file);
  BOOST_TEST(says(refusal([&] { repair_journal(path, plan); }), file + ": was not cut: it was changed since the plan was made"));
  BOOST_TEST((read_file(file) == before));
}

// ---------------------------------------------------------------- numbers that are raised

BOOST_AUTO_TEST_CASE_TEMPLATE(numbers_that_are_passed_over_are_gap_filled, Files, both) {
  temp_folder folder;
  const auto path = lived<Files>(folder);
  Files::damage(path, 12);
  auto wishes = next_sender_of(500);
  wishes.fills_lost = true;
  const auto plan = planned(Files::kind, path, wishes);
  BOOST_TEST(says(text_of(plan), "* FIX.4.2:ALPHA->OMEGA: numbers 21 to 499 count as ones that never carried a message"), text_of(plan));
  Files::repair(path, plan);
  BOOST_TEST(is_whole(Files::kind, path));
  BOOST_TEST(told(Files::kind, path, 20, 600) == "20 application 1020, 21-499 skipped");
  BOOST_TEST(told(Files::kind, path, 11, 13) == "11 application 1011, 12 administrative 1012, 13 application 1013");
  const auto store = Files::open(path);
  hand a{*store, alpha};
  BOOST_TEST(a.state().next_sender.value == 500u);
  BOOST_TEST((send_one(a) == commit_status::done));
}

BOOST_AUTO_TEST_CASE(numbers_between_messages_ahead_are_gap_filled_when_the_next_is_raised) {
  temp_folder folder;
  const auto path = lived<sqlite_files>(folder);
  {
    const auto store = sqlite_files::open(path);
    hand a{*store, alpha};
    skip_to(a, 22);
    send_all(a, 2);
  }
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("DELETE FROM record WHERE number = 23");
  {  // an older state of the row
    const auto store = sqlite_files::open(path);
    hand a{*store, alpha};
    auto b = a.empty();
    b.next_sender = seq_num{19};
    BOOST_TEST_REQUIRE((a.commit(b).status == commit_status::done));
  }
  BOOST_TEST(!is_whole(store_kind::sqlite, path));
  const auto plan = planned(store_kind::sqlite, path, nothing_more);
  BOOST_TEST(says(text_of(plan), "number 23 counts as one that never carried a message"), text_of(plan));
  repair_sqlite(path, plan);
  BOOST_TEST(is_whole(store_kind::sqlite, path));
  BOOST_TEST(told(store_kind::sqlite, path, 19, 99) == "19 application 1019, 20 application 1020, 21-22 skipped, 23 skipped, 24 application 1024");
}

// ---------------------------------------------------------------- damaged numbers

BOOST_AUTO_TEST_CASE(numbers_that_say_more_than_the_messages_are_not_passed_over) {
  temp_folder folder;
  const auto path = lived<sqlite_files>(folder);
  {
    const auto store = sqlite_files::open(path);
    hand a{*store, alpha};
    auto jump = a.empty();
    jump.next_sender = seq_num{500};
    BOOST_TEST_REQUIRE((a.commit(jump).status == commit_status::done));
  }
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("UPDATE session SET next_target = 7");
  auto wishes = next_target_of(8);
  auto plan = planned(store_kind::sqlite, path, wishes);
  BOOST_TEST(!has_work(plan), text_of(plan));
  BOOST_TEST(says(text_of(plan), "Next sender is 21 by its messages and 500 by its numbers: ask the counterparty what came last from you, and say --set-next-sender FIX.4.2:ALPHA->OMEGA=N"), text_of(plan));
  wishes.next_sender = {{alpha, seq_num{500}}};
  repair_sqlite(path, planned(store_kind::sqlite, path, wishes));
  BOOST_TEST(is_whole(store_kind::sqlite, path));
  const auto state = state_of(*sqlite_files::open(path));
  BOOST_TEST(state.next_sender.value == 500u);
  BOOST_TEST(state.next_target.value == 8u);
  BOOST_TEST(told(store_kind::sqlite, path, 21, 999) == "21-499 skipped");
}

// ---------------------------------------------------------------- numbers that are damaged

// The row of message 12, damaged to one far away: of a whole store, and of one whose numbers are damaged, too.
BOOST_AUTO_TEST_CASE(a_number_that_fits_no_checksum_raises_nothing) {
  for (const bool are_numbers_damaged : {false, true}) {
    temp_folder folder;
    const auto path = lived<sqlite_files>(folder);
    sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("UPDATE record SET number = 1099511627788, last = 1099511627788 WHERE number = 12");
    if (are_numbers_damaged) sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("UPDATE session SET next_sender = 3, next_target = 7");
    const auto plan = planned(store_kind::sqlite, path, {.fills_lost = true, .next_sender = {}, .next_target = {{alpha, seq_num{7}}}});
    BOOST_TEST(!says(text_of(plan), "* FIX.4.2:ALPHA->OMEGA: next sender becomes 1099511627789"), text_of(plan));
    if (are_numbers_damaged) {
      BOOST_TEST(says(text_of(plan), "Next sender is 21 by its messages that are whole, and a damaged one says that it is number 1099511627788"), text_of(plan));
      repair_sqlite(path, planned(store_kind::sqlite, path, {.fills_lost = true, .next_sender = {{alpha, seq_num{21}}}, .next_target = {{alpha, seq_num{7}}}}));
    } else {
      BOOST_TEST(says(text_of(plan), "message 12 becomes a number that never carried a message: asked for, it is answered with a gap fill; its token stays known as sent"), text_of(plan));
      repair_sqlite(path, plan);
      BOOST_TEST(told(store_kind::sqlite, path, 11, 13) == "11 application 1011, 12 administrative 1012, 13 application 1013");
    }
    BOOST_TEST(state_of(*sqlite_files::open(path)).next_sender.value == 21u);
  }
}

// Where a damaged range ends is not known: what is lost behind it is told.
BOOST_AUTO_TEST_CASE(a_damaged_range_hides_nothing) {
  temp_folder folder;
  const auto path = lived<sqlite_files>(folder);
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("UPDATE record SET kind = 3, last = 1099511627788 WHERE number = 12; DELETE FROM record WHERE number = 15");
  repair_sqlite(path, planned(store_kind::sqlite, path, with_lost_filled()));
  BOOST_TEST(is_whole(store_kind::sqlite, path));
  BOOST_TEST(says(told(store_kind::sqlite, path, 11, 16), "14 application 1014, 15 administrative 1015, 16 application 1016"), told(store_kind::sqlite, path, 11, 16));
}

BOOST_AUTO_TEST_SUITE_END()
