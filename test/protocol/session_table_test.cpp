// The transition table is whole: every cell has one row or one reason why it cannot happen, and nothing that the peer can
// send falls into a cell that cannot happen.
#include "protocol/session_classify.hpp"
#include "test/support/dialogue.hpp"

#include <fstream>
#include <iterator>
#include <random>
#include <set>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

template <class Visit>
void for_each_cell(Visit visit) {
  for (std::size_t s = 0; s < session_state_count; ++s)
    for (std::size_t m = 0; m < message_class_count; ++m)
      for (std::size_t q = 0; q < sequence_class_count; ++q) visit(session_state(s), message_class(m), sequence_class(q));
}

std::string name_of(session_state s, message_class m, sequence_class q) {
  return std::string{to_string(s)} + " x " + std::string{to_string(m)} + " x " + std::string{to_string(q)};
}

template <class Rows>
std::size_t rows_with(const Rows& rows, session_state s, message_class m, sequence_class q) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const auto& r) { return r.in.has(s) && r.message.has(m) && r.sequence.has(q); }));
}

const std::vector<session_state> linked{session_state::AwaitingLogon, session_state::AwaitingAuthentication, session_state::PreparingLogon,
                                        session_state::LogonSent,     session_state::Active,                 session_state::Recovering,
                                        session_state::LoggingOut};

// A message with a header that may be anything a peer might write, right or wrong.
std::string any_message(std::mt19937& random) {
  const auto one_of = [&](std::initializer_list<const char*> choices) { return std::string{choices.begin()[random() % choices.size()]}; };
  std::string text = "35=" + one_of({"0", "1", "2", "3", "4", "5", "A", "D", "8", "j", "AE"}) + "|";
  text += one_of({"34=1|", "34=4|", "34=5|", "34=6|", "34=900|", "34=0|", "34=x|", ""});
  text += one_of({"", "", "43=Y|", "43=N|"});
  text += one_of({"", "", "122=20260302-11:59:00|", "122=20270302-11:59:00|", "122=x|"});
  text += one_of({"", "", "", "49=NOBODY|"}) + one_of({"", "", "", "52=20260101-00:00:00|", "52=x|"});
  text += one_of({"", "112=HI|"}) + one_of({"", "7=1|16=0|", "7=x|16=0|"}) + one_of({"", "36=6|", "36=x|"});
  text += one_of({"", "123=Y|", "123=N|"}) + one_of({"", "98=0|108=30|"}) + one_of({"", "141=Y|", "141=N|"});
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_table)

BOOST_AUTO_TEST_CASE(every_cell_is_listed_once_or_forbidden_once) {
  for_each_cell([](session_state s, message_class m, sequence_class q) {
    const auto listed = rows_with(transitions(), s, m, q);
    const auto excluded = rows_with(forbidden(), s, m, q);
    BOOST_TEST(listed + excluded == 1u, name_of(s, m, q) << " has " << listed << " rows and " << excluded << " reasons to be forbidden");
  });
}

BOOST_AUTO_TEST_CASE(every_row_and_every_exclusion_gives_its_reason) {
  for (const auto& t : transitions()) BOOST_TEST(!t.why.empty(), to_string(t.then));
  for (const auto& f : forbidden()) BOOST_TEST(f.why.size() > 10u);
}

BOOST_AUTO_TEST_CASE(the_index_finds_what_the_rows_say) {
  for_each_cell([](session_state s, message_class m, sequence_class q) {
    const auto* found = find_transition(s, m, q);
    const bool is_in = found && found->in.has(s) && found->message.has(m) && found->sequence.has(q);
    BOOST_TEST(is_in == (rows_with(transitions(), s, m, q) > 0), name_of(s, m, q));
  });
}

BOOST_AUTO_TEST_CASE(every_name_is_told_apart) {
  std::set<std::string_view> names;
  for (std::size_t m = 0; m < message_class_count; ++m) names.insert(to_string(message_class(m)));
  BOOST_TEST(names.size() == message_class_count);
  BOOST_TEST(names.count("?") == 0u);
  BOOST_TEST((to_string(message_class(message_class_count)) == "?"), "an enumerator was added: raise message_class_count");
  BOOST_TEST((to_string(sequence_class(sequence_class_count)) == "?"));
  BOOST_TEST((to_string(session_state(session_state_count)) == "?"));
}

BOOST_AUTO_TEST_CASE(no_message_falls_into_a_forbidden_cell) {
  dialogue d{acceptor()};
  std::mt19937 random{42};
  std::set<std::pair<message_class, sequence_class>> reached;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = any_message(random);
    const bool is_other_version = random() % 10 == 0;
    const auto bytes = is_other_version ? framed("FIX.4.1", with_soh(text)) : d.compose(text);
    message_view view;
    if (view.assign(bytes) != parse_error::none) continue;
    structure_checker checker;
    const auto v = classify(view, session_of(role::acceptor), seq_num{5}, d.now.utc, scrutiny::arriving, checker);
    reached.emplace(v.message, v.sequence);
    for (const auto s : linked) BOOST_TEST(find_transition(s, v.message, v.sequence) != nullptr, name_of(s, v.message, v.sequence) << ": " << text);
  }
  for_each_cell([&](session_state s, message_class m, sequence_class q) {
    if (s == session_state::Active && find_transition(s, m, q)) BOOST_TEST(reached.count({m, q}) == 1u, "nothing is classified as " << name_of(s, m, q));
  });
}

BOOST_AUTO_TEST_CASE(the_page_is_what_the_table_says) {
  std::ifstream file{TROUPE_SOURCE "/docs/state-machine.md", std::ios::binary};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  BOOST_TEST((page == state_machine_page()), "docs/state-machine.md is stale: build the target docs");
}

BOOST_AUTO_TEST_SUITE_END()
