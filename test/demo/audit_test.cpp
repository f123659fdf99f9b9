// The demo's check must be able to fail: every kind of damage is found, and nothing else.
#include "apps/demo/audit.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace troupe::demo;
using troupe::protocol::seq_num;

namespace {

std::vector<stored_message> sent(std::initializer_list<std::uint64_t> numbers) {
  std::vector<stored_message> out;
  for (const auto n : numbers) out.push_back({seq_num{n}, "O" + std::to_string(n), ""});
  return out;
}

arrival got(std::uint64_t number, bool is_marked = false) { return {seq_num{number}, "O" + std::to_string(number), is_marked}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(demo_audit)

BOOST_AUTO_TEST_CASE(all_arrived_once_is_clean) {
  const auto v = compare(sent({2, 3, 4}), {got(2), got(3), got(4)});
  BOOST_TEST(v.is_clean());
  BOOST_TEST(v.compared == 3u);
}

BOOST_AUTO_TEST_CASE(a_message_that_never_arrived_is_lost) {
  const auto v = compare(sent({2, 3, 4}), {got(2), got(4)});
  BOOST_REQUIRE(v.lost.size() == 1u);
  BOOST_TEST(v.lost.front() == "O3 (MsgSeqNum 3)");
}

BOOST_AUTO_TEST_CASE(a_second_arrival_is_a_duplicate_unless_it_is_marked) {
  BOOST_TEST(compare(sent({2}), {got(2), got(2)}).duplicated.size() == 1u);
  const auto v = compare(sent({2}), {got(2), got(2, true)});
  BOOST_TEST(v.is_clean());
  BOOST_TEST(v.redelivered == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_first_arrival_is_out_of_order) {
  BOOST_TEST(compare(sent({2, 3}), {got(3), got(2)}).out_of_order.size() == 1u);
  BOOST_TEST(compare(sent({2, 3}), {got(2), got(3), got(2, true)}).out_of_order.empty());
}

BOOST_AUTO_TEST_CASE(one_number_for_two_messages_is_reused) {
  BOOST_TEST(compare(sent({2}), {got(2), arrival{seq_num{2}, "O9", false}}).reused == std::vector<std::string>{"O2 (MsgSeqNum 2) and O9"}, boost::test_tools::per_element());
  BOOST_TEST(!compare({{seq_num{5}, "O2", ""}}, {got(2)}).reused.empty());
}

BOOST_AUTO_TEST_CASE(a_number_that_arrives_as_another_message_than_is_stored_is_reused) {
  const auto v = compare(sent({2, 3}), {got(2), arrival{seq_num{3}, "O9", false}});
  BOOST_TEST(v.reused == std::vector<std::string>{"O3 (MsgSeqNum 3) arrived as O9"}, boost::test_tools::per_element());
  BOOST_TEST(v.lost.size() == 1u);
  BOOST_TEST(v.unknown.empty());
}

BOOST_AUTO_TEST_CASE(an_arrival_that_nobody_stored_is_unknown) {
  BOOST_TEST(compare(sent({2}), {got(2), got(3)}).unknown.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_order_is_answered_once) {
  const std::vector<arrival> orders{got(2), got(2, true), got(3)};
  BOOST_TEST(compare_answers(orders, {{seq_num{2}, "E1", "O2"}, {seq_num{3}, "E2", "O3"}}).is_clean());
  BOOST_TEST(compare_answers(orders, {{seq_num{2}, "E1", "O2"}}).lost.size() == 1u);
  BOOST_TEST(compare_answers(orders, {{seq_num{2}, "E1", "O2"}, {seq_num{3}, "E2", "O2"}, {seq_num{4}, "E3", "O3"}}).duplicated.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_accepted_is_in_the_store_under_its_number) {
  BOOST_TEST(compare_accepted({got(2), got(3)}, sent({2, 3})).is_clean());
  BOOST_TEST(compare_accepted({got(2), got(3)}, sent({2, 3})).compared == 2u);
  const auto v = compare_accepted({got(2), got(3)}, sent({2}));
  BOOST_REQUIRE(v.lost.size() == 1u);
  BOOST_TEST(v.lost.front() == "O3 (MsgSeqNum 3), which was accepted");
  BOOST_TEST(compare_accepted({got(2)}, {{seq_num{5}, "O2", ""}}).reused.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_ledger_reads_back_what_was_written_and_passes_over_a_torn_line) {
  std::string pattern = (std::filesystem::temp_directory_path() / "troupe-ledger-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto path = folder / "orders";
  {
    ledger l{path};
    l.write(got(2));
    l.write(got(3, true));
  }
  std::ofstream(path, std::ios::app) << "4 O4 fir";
  const auto entries = ledger::read(path);
  BOOST_TEST((entries == std::vector<arrival>{got(2), got(3, true)}));
  std::ofstream(path, std::ios::app) << "\n";
  BOOST_CHECK_THROW(static_cast<void>(ledger::read(path)), std::runtime_error);
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_was_killed_in_an_entry_goes_on_behind_the_one_before) {
  const troupe::test::temp_folder folder;
  for (const std::string torn : {"", "4", "4 O4 fir", "4 O4 first"}) {
    const auto path = folder.path() / ("orders" + torn);
    std::ofstream(path) << "2 O2 first\n" << torn;
    ledger{path}.write(got(3));
    BOOST_TEST((ledger::read(path) == std::vector<arrival>{got(2), got(3)}), "behind '" << torn << "'");
  }
  const auto path = folder.path() / "only";
  std::ofstream(path) << "4 O4";
  ledger{path}.write(got(3));
  BOOST_TEST((ledger::read(path) == std::vector<arrival>{got(3)}));
}

BOOST_AUTO_TEST_CASE(a_ledger_that_cannot_be_opened_names_the_file) {
  BOOST_CHECK_EXCEPTION(ledger{"/nonexistent/orders"}, std::system_error,
                        [](const std::system_error& e) { return std::string{e.what()}.find("/nonexistent/orders") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
