#include "protocol/dictionary.hpp"
#include "protocol/tags.hpp"
#include "test/protocol/small_dictionary.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

std::string problems_of(const std::string& xml) {
  std::string all;
  const auto read = read_dictionary(xml);
  for (const auto& p : read.problems) all += to_string(p, "d.xml") + "\n";
  BOOST_TEST((read.made == nullptr) == std::any_of(read.problems.begin(), read.problems.end(), [](const auto& p) { return p.is_fatal; }));
  return all;
}

void complains(const std::string& xml, const std::string& expected) { BOOST_TEST(problems_of(xml) == expected); }

// `replacement` for `part` of the small dictionary, which must be in it once.
std::string with(const std::string& part, const std::string& replacement) {
  std::string xml = small_dictionary;
  const auto at = xml.find(part);
  BOOST_REQUIRE(at != std::string::npos);
  return xml.replace(at, part.size(), replacement);
}

std::string file(const std::string& name) {
  std::ifstream in{std::string{TROUPE_DICTIONARIES} + "/" + name, std::ios::binary};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::size_t line_of(const std::string& xml, const std::string& part) {
  return static_cast<std::size_t>(std::count(xml.begin(), xml.begin() + static_cast<std::ptrdiff_t>(xml.find(part)), '\n')) + 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dictionary_suite)

BOOST_AUTO_TEST_CASE(fields_are_found_by_tag_and_by_name) {
  const auto d = read_dictionary(small_dictionary).made;
  BOOST_REQUIRE(d != nullptr);
  BOOST_TEST(d->version() == "FIX.4.9");
  BOOST_REQUIRE(d->find_field(54) != nullptr);
  BOOST_TEST(d->find_field(54)->name == "Side");
  BOOST_TEST(d->find_field("Side") == d->find_field(54));
  BOOST_TEST(d->find_field(100'001)->name == "FarAway");
  for (const std::uint32_t none : {0U, 1U, 4999U, 65'535U, 65'536U, 100'000U, 999'999'999U}) BOOST_TEST((d->find_field(none) == nullptr), none);
  BOOST_TEST((d->find_field("side") == nullptr));
}

BOOST_AUTO_TEST_CASE(values_have_names) {
  const auto d = read_dictionary(small_dictionary).made;
  const auto& side = *d->find_field(54);
  BOOST_TEST(side.has_value("1"));
  BOOST_TEST(!side.has_value("3"));
  BOOST_TEST(!side.has_value("12"));
  BOOST_TEST(!side.has_value(""));
  BOOST_TEST(side.find_value("2")->name == "SELL");
  BOOST_TEST(d->find_field(167)->has_value("FUT"));
  BOOST_TEST(!d->find_field(167)->has_value("F"));
}

BOOST_AUTO_TEST_CASE(components_are_dissolved_and_groups_are_scopes) {
  const auto d = read_dictionary(small_dictionary).made;
  const auto* order = d->find_message("D");
  BOOST_REQUIRE(order != nullptr);
  const auto& scope = d->scope(*order);
  BOOST_TEST((scope.find(55) != dictionary_scope::none));
  BOOST_TEST((scope.find(448) == dictionary_scope::none));
  const auto& parties = scope.members()[scope.find(453)];
  BOOST_REQUIRE(parties.group != 0U);
  const auto& entry = d->scope(parties.group);
  BOOST_TEST(entry.members().front().tag == 448U);
  BOOST_TEST((entry.find(802) != dictionary_scope::none));
  BOOST_TEST((std::vector<std::uint32_t>(entry.all_tags().begin(), entry.all_tags().end()) == std::vector<std::uint32_t>{447, 448, 452, 523, 802, 803}));
  BOOST_TEST((d->find_message("d") == nullptr));
  BOOST_TEST((d->find_message("") == nullptr));
  BOOST_TEST((d->find_message("DDDDDDDDD") == nullptr));
  BOOST_TEST(d->find_message("UXY")->name == "OwnOrder");
}

BOOST_AUTO_TEST_CASE(a_data_field_belongs_to_the_length_field_in_front_of_it) {
  const auto d = read_dictionary(small_dictionary).made;
  BOOST_TEST(d->find_field(9101)->length_tag == 9100U);
  BOOST_TEST(d->find_field(9100)->data_tag == 9101U);
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_with_their_lines) {
  const std::string small = small_dictionary;
  const auto at = [&](const std::string& part) { return "d.xml:" + std::to_string(line_of(small, part)) + ": "; };
  complains("", "d.xml:1: not XML: No document element found\n");
  complains("<fix", "d.xml:1: not XML: Error parsing start element tag\n");
  complains("<fox/>", "d.xml:1: no element <fix>: expected a dictionary in the QuickFIX schema, <fix type='FIX' major='4' minor='4'>\n");
  complains(with("<field name='ClOrdID' required='Y'/>", "<field name='ClOrdId' required='Y'/>"),
            at("<field name='ClOrdID' required='Y'/>") + "message NewOrderSingle: field ClOrdId is not defined; add it to <fields>\n");
  complains(with("<component name='Instrument' required='Y'/>", "<component name='Instruments' required='Y'/>"),
            at("<component name='Instrument' required='Y'/>") + "message NewOrderSingle: component Instruments is not defined; add it to <components>\n");
  complains(with("required='Y'/> <!-- order -->", "required='yes'/> <!-- order -->"), at("<!-- order -->") + "<field> required is \"yes\": expected Y or N\n");
  complains(with("number='54'", "number='fifty'"), at("<field name='Side' required='Y'/>") + "message NewOrderSingle: field Side is not defined; add it to <fields>\n" +
                                                       at("number='54'") + "<field> number is \"fifty\": expected a tag, digits only\n");
  complains(with("number='112'", "number='58'"), at("<field name='TestReqID' required='N'/>") + "message Heartbeat: field TestReqID is not defined; add it to <fields>\n" +
                                                     at("number='112'") + "field TestReqID: the number 58 belongs to Text already\n");
  complains(with("msgtype='UXY'", "msgtype='D'"), at("msgtype='UXY'") + "message OwnOrder: msgtype D is defined in line " + std::to_string(line_of(small, "msgtype='D'")) + " already\n");
  complains(with("msgtype='UXY'", "msgtype='TOOLONGTYPE'"), at("msgtype='UXY'") + "message OwnOrder: msgtype must have 1 to 8 characters\n");
  complains(with("<fields>", "<fields><filed/>"), at("<fields>") + "<filed> expected field here\n");
  complains(with("name='Text' type='STRING'", "name='Text' type='WORDS'"),
            at("name='Text' type='STRING'") + "warning: field Text: \"WORDS\" is no type of FIX; it is read as STRING\n");
}

BOOST_AUTO_TEST_CASE(what_contains_itself_is_refused) {
  const std::string loop = "<component name='Instrument'><component name='Instrument' required='N'/>";
  BOOST_TEST(problems_of(with("<component name='Instrument'>", loop)).find("component Instrument contains itself") != std::string::npos);
  const std::string group = "<component name='Parties'><component name='Round' required='N'/></component>"
                            "<component name='Round'><group name='NoPartyIDs' required='N'><field name='PartyID' required='N'/><component name='Round' required='N'/></group></component>"
                            "<component name='Unused'>";
  BOOST_TEST(problems_of(with("<component name='Parties'>", group)).find("group NoPartyIDs contains itself") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(components_that_grow_beyond_all_measure_are_refused) {
  std::string components = "<component name='Unused'/>", fields;
  for (int i = 0; i < 14; ++i) {
    components += "<component name='C" + std::to_string(i) + "'>";
    for (int k = 0; k < 30; ++k) components += "<component name='C" + std::to_string(i + 1) + "' required='N'/>";
    components += "</component>";
  }
  components += "<component name='C14'><field name='Text' required='N'/></component>";
  const auto said = problems_of(with("<component name='Parties'>", components + "<component name='Parties'><component name='C0' required='N'/>"));
  BOOST_TEST(said.find("fields and components in all") != std::string::npos);
  BOOST_TEST(said.size() < 100'000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(standard_dictionaries_suite)

BOOST_AUTO_TEST_CASE(all_of_them_compile_without_a_remark) {
  const std::pair<const char*, const char*> versions[] = {{"FIX40.xml", "FIX.4.0"},       {"FIX41.xml", "FIX.4.1"}, {"FIX42.xml", "FIX.4.2"},
                                                          {"FIX43.xml", "FIX.4.3"},       {"FIX44.xml", "FIX.4.4"}, {"FIX50.xml", "FIX.5.0"},
                                                          {"FIX50SP1.xml", "FIX.5.0SP1"}, {"FIX50SP2.xml", "FIX.5.0SP2"}, {"FIXT11.xml", "FIXT.1.1"}};
  for (const auto& [name, version] : versions) {
    const auto read = read_dictionary(file(name));
    for (const auto& p : read.problems) BOOST_ERROR(to_string(p, name));
    BOOST_REQUIRE(read.made != nullptr);
    BOOST_TEST(read.made->version() == version);
  }
}

BOOST_AUTO_TEST_CASE(a_char_of_the_oldest_versions_is_any_text) {
  for (const char* name : {"FIX40.xml", "FIX41.xml"}) BOOST_TEST((read_dictionary(file(name)).made->find_field(8)->type == field_type::String));
  for (const char* name : {"FIX42.xml", "FIX44.xml"}) BOOST_TEST((read_dictionary(file(name)).made->find_field(54)->type == field_type::Char));
}

BOOST_AUTO_TEST_CASE(a_length_before_data_is_a_promise_from_4_3_on) {
  BOOST_TEST(read_dictionary(file("FIX42.xml")).made->find_field(354)->data_tag == 0U);
  for (const char* name : {"FIX43.xml", "FIX44.xml", "FIX50SP2.xml"}) BOOST_TEST(read_dictionary(file(name)).made->find_field(354)->data_tag == 355U);
}

BOOST_AUTO_TEST_CASE(they_say_the_same_of_data_fields_as_the_table_that_needs_no_dictionary) {
  for (const char* name : {"FIX42.xml", "FIX44.xml", "FIX50SP2.xml", "FIXT11.xml"}) {
    const auto d = read_dictionary(file(name)).made;
    for (const auto& f : d->fields())
      if (is_data_type(f.type)) BOOST_TEST(find_data_field(f.tag).length_tag == f.length_tag, name << ": " << f.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
