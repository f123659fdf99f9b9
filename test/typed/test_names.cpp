// What FIX names are called in C++.
#include "apps/generate/names.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

using namespace troupe::generate;

BOOST_AUTO_TEST_SUITE(names_suite)

BOOST_AUTO_TEST_CASE(names_of_the_standard_fall_into_words) {
  const std::pair<const char*, const char*> names[] = {
      {"ClOrdID", "cl_ord_id"},
      {"NewOrderSingle", "new_order_single"},
      {"Side", "side"},
      {"NoPartyIDs", "no_party_ids"},
      {"NoMDEntries", "no_md_entries"},
      {"MDEntryPx", "md_entry_px"},
      {"NoIOIQualifiers", "no_ioi_qualifiers"},
      {"LegCFICode", "leg_cfi_code"},
      {"OrderQty2", "order_qty2"},
      {"Rule80A", "rule80_a"},
      {"CFICode", "cfi_code"},
      {"DKReason", "dk_reason"},
      {"URLLink", "url_link"},
      {"IOI", "ioi"},
      {"IOIid", "ioi_id"},
      {"IOIID", "ioi_id"},
      {"XMLnonFIX", "xml_non_fix"},
      {"NTPositionLimit", "nt_position_limit"},
      {"TradSesStatusRejReason", "trad_ses_status_rej_reason"},
  };
  for (const auto& [fix, snake] : names) BOOST_TEST(snake_case(fix) == snake);
}

BOOST_AUTO_TEST_CASE(every_name_becomes_an_identifier) {
  BOOST_TEST(snake_case("new") == "new_");
  BOOST_TEST(snake_case("Operator") == "operator_");
  BOOST_TEST(snake_case("Linux") == "linux_");
  BOOST_TEST(snake_case("already_so") == "already_so");
  BOOST_TEST(snake_case("__two  words--") == "two_words");
  BOOST_TEST(snake_case("1stLeg") == "field_1st_leg");
  BOOST_TEST(snake_case("\xc3\xa9") == "field");
  BOOST_TEST(snake_case("") == "field");
}

BOOST_AUTO_TEST_CASE(values_are_called_by_their_description_or_else_by_themselves) {
  BOOST_TEST(value_name("PARTIAL_FILL", "1") == "partial_fill");
  BOOST_TEST(value_name("Partial fill (all day)", "1") == "partial_fill_all_day");
  BOOST_TEST(value_name("NEW", "0") == "new_");
  BOOST_TEST(value_name("30_360", "1") == "value_30_360");
  BOOST_TEST(value_name("", "X") == "value_x");
  BOOST_TEST(value_name("", "+") == "value");
}

BOOST_AUTO_TEST_CASE(a_name_is_given_once) {
  name_scope names;
  names.reserve("fields");
  BOOST_TEST(names.take("side", "54") == "side");
  BOOST_TEST(names.take("side", "9054") == "side_9054");
  BOOST_TEST(names.take("side", "9054") == "side_n2");
  BOOST_TEST(names.take("side", "+") == "side_n1");
  BOOST_TEST(names.take("fields", "U1") == "fields_u1");
  BOOST_TEST(names.take("new_", "0") == "new_");
  BOOST_TEST(names.take("new_", "2") == "new_2");
}

BOOST_AUTO_TEST_SUITE_END()
