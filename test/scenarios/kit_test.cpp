// The kit itself: its audit finds every kind of damage, its store does what its switches say.
#include "actors/testing/audit.hpp"
#include "actors/testing/faulty_store.hpp"
#include "actors/testing/recording_application.hpp"
#include "actors/testing/wire_watch.hpp"
#include "store/memory_store.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

const session_id us{"FIX.4.2", "BUY", "SELL", ""};
const session_id them{"FIX.4.2", "SELL", "BUY", ""};

std::string frame(const std::string& id, std::uint64_t number, const std::string& more = {}) {
  auto text = "8=FIX.4.2|9=0|35=D|34=" + std::to_string(number) + "|11=" + id + "|" + more + "10=000|";
  for (auto& c : text)
    if (c == '|') c = '\1';
  return text;
}

history_record stored(const std::string& id, std::uint64_t number, std::uint64_t generation = 1) {
  return {numbering_generation{generation}, protocol::record_kind::application, seq_num{number}, token_of(id), frame(id, number)};
}

log_entry arrived(const std::string& id, std::uint64_t number, bool is_marked = false) {
  return {.session = them, .what = log_entry::kind::message, .number = seq_num{number}, .msg_type = "D", .id = id, .is_marked = is_marked};
}

log_entry told(const std::string& id, std::uint64_t number) {
  submit_outcome o{token_of(id), seq_num{number}, {}};
  if (number == 0) o.refused = protocol::action::refusal::not_logged_on;
  return {.session = us, .what = log_entry::kind::outcome, .outcome = o};
}

// Two orders, sent and arrived as they should.
struct good : direction {
  good() : direction{us, them, {stored("A1", 2), stored("A2", 3)}, {told("A1", 2), told("A2", 3)}, {arrived("A1", 2), arrived("A2", 3)}} {}

  void finds(const std::string& what) const {
    const auto found = broken_promises(*this);
    BOOST_TEST_REQUIRE(found.size() == 1U, found.size() << " findings");
    BOOST_TEST(found.front().find(what) != std::string::npos, found.front());
  }
};

struct faulty {
  std::shared_ptr<store::memory_store> disk = std::make_shared<store::memory_store>();
  std::shared_ptr<store_faults> faults = std::make_shared<store_faults>("orders");
  std::shared_ptr<store_history> history = std::make_shared<store_history>();
  std::shared_ptr<store::message_store> store = open_faulty(disk, faults, history);
  protocol::session_incarnation incarnation = store->load(us, {}).incarnation;

  store::commit_status commit(std::uint64_t id) {
    protocol::commit_batch b;
    b.id = commit_id{id};
    b.incarnation = incarnation;
    b.generation = numbering_generation{1};
    b.next_sender = seq_num{id + 1};
    b.next_target = seq_num{1};
    b.bytes = frame("A" + std::to_string(id), id);
    b.records.push_back({protocol::record_kind::application, seq_num{id}, seq_num{id}, submit_token{id}, 0, static_cast<std::uint32_t>(b.bytes.size())});
    const store::session_batch item{&us, &b};
    store::commit_result result;
    store->commit({&item, 1}, {&result, 1});
    return result.status;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(kit)

BOOST_FIXTURE_TEST_CASE(what_is_as_it_should_be_breaks_no_promise, good) {
  receiver_log.push_back(arrived("A2", 3, true));  // again, marked
  BOOST_TEST(broken_promises(*this).empty());
  BOOST_TEST(not_arrived(*this).empty());
}

BOOST_FIXTURE_TEST_CASE(a_message_that_did_not_arrive_is_missing, good) {
  receiver_log.pop_back();
  BOOST_TEST(not_arrived(*this) == std::vector<std::string>{"A2 (MsgSeqNum 3)"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_a_reset_found_on_its_way_is_not_waited_for, good) {
  receiver_log.pop_back();
  sent.push_back(stored("A3", 2, 2));
  BOOST_TEST(not_arrived(*this) == std::vector<std::string>{"A3 (MsgSeqNum 2)"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(an_arrival_without_a_mark_comes_once, good) {
  receiver_log.push_back(arrived("A2", 3));
  finds("A2 arrived twice");
}

BOOST_FIXTURE_TEST_CASE(order_is_kept, good) {
  std::swap(receiver_log[0], receiver_log[1]);
  finds("A1 arrived after a later message");
}

BOOST_FIXTURE_TEST_CASE(nothing_arrives_that_is_not_stored, good) {
  receiver_log.push_back(arrived("GHOST", 4));
  finds("GHOST arrived and is not in the sender's store");
}

BOOST_FIXTURE_TEST_CASE(a_message_arrives_under_its_number, good) {
  receiver_log[1].number = seq_num{4};
  finds("A2 was stored as MsgSeqNum 3 and arrived as MsgSeqNum 4");
}

BOOST_FIXTURE_TEST_CASE(a_message_is_stored_once, good) {
  auto again = stored("A2", 4);
  again.token = {};
  sent.push_back(again);
  finds("A2 was stored twice");
}

BOOST_FIXTURE_TEST_CASE(a_number_has_one_content, good) {
  sent.push_back({numbering_generation{1}, protocol::record_kind::administrative, seq_num{3}, {}, frame("", 3, "112=X|")});
  finds("MsgSeqNum 3 was stored with two contents");
}

BOOST_FIXTURE_TEST_CASE(what_was_refused_is_not_stored, good) {
  sender_log[1] = told("A2", 0);
  finds("was refused and is stored");
}

BOOST_FIXTURE_TEST_CASE(what_was_accepted_is_stored_so, good) {
  sender_log[1] = told("A2", 7);
  finds("was accepted as MsgSeqNum 7 and is not stored so");
}

BOOST_FIXTURE_TEST_CASE(the_wire_is_held_to_the_store, faulty) {
  wire_watch watch{[&](const session_id& sender) { return sender == us ? history.get() : nullptr; }};
  BOOST_TEST((commit(1) == store::commit_status::done));
  watch.in(them, frame("A1", 1));
  BOOST_TEST(watch.findings().empty());
  watch.in(them, frame("A2", 2));
  BOOST_TEST(watch.findings().size() == 1U);
  watch.in(them, frame("A2", 2, "43=Y|"));  // a resend is made anew
  BOOST_TEST(watch.findings().size() == 1U);
  BOOST_TEST(watch.looked_at() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_store_fails_as_often_as_it_is_told, faulty) {
  faults->next(store_fault::failed, 2, 1);
  BOOST_TEST((commit(1) == store::commit_status::done));
  BOOST_TEST((commit(2) == store::commit_status::failed));
  BOOST_TEST((commit(2) == store::commit_status::failed));
  BOOST_TEST((commit(2) == store::commit_status::done));
  BOOST_TEST(faults->commits() == 4U);
  BOOST_TEST(faults->failures() == 2U);
  BOOST_TEST(disk->find_token(us, submit_token{2}).has_value());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_outcome_is_one_or_the_other, faulty) {
  faults->next(store_fault::unknown_not_stored);
  BOOST_TEST((commit(1) == store::commit_status::unknown));
  BOOST_TEST(!disk->find_token(us, submit_token{1}).has_value());
  faults->next(store_fault::unknown_stored);
  BOOST_TEST((commit(1) == store::commit_status::unknown));
  BOOST_TEST(disk->find_token(us, submit_token{1}).has_value());
  BOOST_TEST((commit(1) == store::commit_status::done));
  BOOST_TEST(history->all(us).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_store_that_dies_has_stored_or_not, faulty) {
  faults->next(store_fault::dies_before);
  BOOST_CHECK_THROW(commit(1), store::store_error);
  BOOST_TEST(!disk->find_token(us, submit_token{1}).has_value());
  faults->next(store_fault::dies_after);
  BOOST_CHECK_THROW(commit(1), store::store_error);
  BOOST_TEST(disk->find_token(us, submit_token{1}).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_store_that_cannot_be_opened_or_read_says_why, faulty) {
  faults->refuse_to_open("orders.db: locked");
  BOOST_CHECK_EXCEPTION((void)open_faulty(disk, faults), store::store_error, [](const auto& e) { return std::string{e.what()} == "orders.db: locked"; });
  faults->fail_loads();
  BOOST_CHECK_THROW((void)store->load(us, {}), store::store_error);
  faults->heal();
  BOOST_CHECK_NO_THROW((void)store->load(us, {}));
}

BOOST_FIXTURE_TEST_CASE(a_killed_process_commits_nothing_any_more, faulty) {
  faults->end_life();
  BOOST_CHECK_THROW(commit(1), store::store_error);
  BOOST_TEST(disk->sessions().front().snapshot.next_sender.value == 1U);
  store = open_faulty(disk, faults, history);
  BOOST_TEST((commit(1) == store::commit_status::done));
}

BOOST_AUTO_TEST_SUITE_END()
