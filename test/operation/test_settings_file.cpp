#include "actors/settings_file.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;

BOOST_AUTO_TEST_SUITE(settings_file)

BOOST_AUTO_TEST_CASE(knows_where_every_key_and_value_stands) {
  const auto file = cut_settings("# comment\n[DEFAULT]\n  Key =  some value \n\n[SESSION]\nA=b=c # d\n");
  BOOST_TEST(file.problems.empty());
  BOOST_REQUIRE_EQUAL(file.sections.size(), 2U);
  const auto& first = file.sections[0].entries.at(0);
  BOOST_TEST(first.key == "Key");
  BOOST_TEST(first.value == "some value");
  BOOST_TEST((first.key_at == text_position{3, 3}));
  BOOST_TEST((first.value_at == text_position{3, 10}));
  BOOST_TEST(file.sections[1].entries.at(0).value == "b=c # d");
  BOOST_TEST((file.sections[1].kind == section_kind::session));
}

BOOST_AUTO_TEST_CASE(does_not_care_for_line_ends_byte_order_marks_or_a_missing_last_newline) {
  const auto file = cut_settings("\xEF\xBB\xBF[default]\r\nA=1\r\n[Session]\r\nB=2");
  BOOST_TEST(file.problems.empty());
  BOOST_REQUIRE_EQUAL(file.sections.size(), 2U);
  BOOST_TEST(file.sections[0].entries.at(0).value == "1");
  BOOST_TEST(file.sections[1].entries.at(0).value == "2");
}

BOOST_AUTO_TEST_CASE(keeps_an_empty_value) {
  const auto file = cut_settings("[DEFAULT]\nA=\n");
  BOOST_TEST(file.sections.at(0).entries.at(0).value == "");
  BOOST_TEST((file.sections.at(0).entries.at(0).value_at == text_position{2, 3}));
}

BOOST_AUTO_TEST_CASE(survives_nothing_and_rubbish) {
  BOOST_TEST(cut_settings("").sections.empty());
  BOOST_TEST(cut_settings(std::string(10, '\0')).problems.size() == 1U);
  BOOST_TEST(cut_settings("[").problems.size() == 1U);
  BOOST_TEST(cut_settings("[]").problems.size() == 1U);
  BOOST_TEST(cut_settings("=").problems.size() == 1U);
  BOOST_TEST(cut_settings("\xFF\xFE[\0").problems.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
