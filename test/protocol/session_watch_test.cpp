// What checks the machine is checked: each broken promise is noticed.
#include "protocol/stamp.hpp"
#include "test/support/session_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

session_config us() {
  session_config c;
  c.id = {"FIX.4.4", "US", "THEM", {}};
  c.role = role::acceptor;
  return c;
}

// A machine that does nothing, and actions that it would never ask for.
struct story {
  session_config config = us();
  session machine{config, session_snapshot{}, instant{}};
  session_watch watch{config, session_snapshot{}};

  story() { watch.link_up(connection_epoch{1}); }
  [[nodiscard]] bool notices(std::vector<any_action> actions, std::string_view what) {
    watch.took(machine, actions);
    const auto broken = watch.broken();
    return std::any_of(broken.begin(), broken.end(), [&](const auto& b) { return b.find(what) != b.npos; });
  }
};

std::shared_ptr<commit_batch> batch_with(std::uint64_t id, std::uint64_t number, std::uint64_t epoch = 1) {
  auto b = std::make_shared<commit_batch>();
  b->id = commit_id{id};
  b->generation = numbering_generation{1};
  b->next_target = seq_num{1};
  b->next_sender = seq_num{number + 1};
  b->epoch = connection_epoch{epoch};
  const auto at = append_frame(b->bytes, {"FIX.4.4", "8", "US", "THEM", seq_num{number}, utc_time{}}, {}, "17=A\x01");
  b->records.push_back({record_kind::application, seq_num{number}, seq_num{number}, {}, at.offset, at.length});
  b->transmit.push_back(at);
  return b;
}

action::deliver delivery(std::initializer_list<std::uint64_t> numbers) {
  action::deliver d{numbering_generation{1}, {}, {}};
  for (const auto n : numbers) d.messages.push_back({seq_num{n}, {}, false, nullptr});
  return d;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_watch_suite)

BOOST_AUTO_TEST_CASE(what_a_machine_may_do_breaks_nothing) {
  story s;
  const auto first = batch_with(1, 1);
  BOOST_TEST(!s.notices({action::commit{first}}, "MsgSeqNum 1 is given"));
  s.watch.stored(*first);
  s.watch.transmitted(*first);
  for (const auto& b : s.watch.broken()) BOOST_TEST(b.find("wire") == b.npos, b);
}

BOOST_AUTO_TEST_CASE(a_number_that_is_left_out_or_used_twice) {
  BOOST_TEST(story{}.notices({action::commit{batch_with(1, 2)}}, "MsgSeqNum 2 is given, 1 is next"));
  BOOST_TEST(story{}.notices({action::commit{batch_with(1, 1)}, action::commit{batch_with(2, 1)}}, "MsgSeqNum 1 is used twice"));
}

BOOST_AUTO_TEST_CASE(bytes_before_they_are_stored_or_for_a_connection_that_is_gone) {
  story s;
  const auto first = batch_with(1, 1);
  (void)s.notices({action::commit{first}}, "");
  s.watch.transmitted(*first);
  BOOST_TEST(s.notices({}, "on the wire before it is stored"));
  BOOST_TEST(story{}.notices({action::commit{batch_with(1, 1, 7)}}, "connection 7, which is gone"));
}

BOOST_AUTO_TEST_CASE(a_message_that_comes_again_without_a_mark_or_out_of_order) {
  BOOST_TEST(story{}.notices({delivery({2, 3}), delivery({3})}, "message 3 is delivered again without a mark"));
  BOOST_TEST(story{}.notices({delivery({3, 2})}, "message 2 is delivered behind 3"));
}

BOOST_AUTO_TEST_CASE(a_number_that_is_committed_before_it_is_handled) {
  auto b = batch_with(1, 1);
  b->next_target = seq_num{3};
  BOOST_TEST(story{}.notices({delivery({2}), action::commit{b}}, "next_target passes what is not handled"));
}

BOOST_AUTO_TEST_CASE(a_submit_that_is_answered_twice_or_never) {
  story s;
  s.watch.submitted(submit_token{5});
  s.watch.rests();
  BOOST_TEST(s.notices({}, "submit 5 has no answer"));
  BOOST_TEST(s.notices({action::refused{submit_token{5}, {}}, action::refused{submit_token{5}, {}}}, "submit 5 is answered twice"));
}

BOOST_AUTO_TEST_CASE(a_cell_that_cannot_be) { BOOST_TEST(story{}.notices({action::note{"forbidden-cell", "x"}}, "a cell that cannot be")); }

BOOST_AUTO_TEST_SUITE_END()
