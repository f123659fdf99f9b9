// What a dictionary objects to, one story a rule. `|` is SOH; a fault is written reason/tag.
#include "protocol/validate.hpp"
#include "test/protocol/small_dictionary.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

const std::string head = "8=FIX.4.9|35=D|49=US|56=THEM|34=2|52=20240315-14:30:00|";
const std::string tail = "55=IBM|54=1|38=100|";

struct checker {
  std::shared_ptr<const dictionary> made = read_dictionary(small_dictionary).made;
  dictionaries defined{made, made};
  validation_rules rules;

  std::string frame;
  message_view view;

  const message_view& read(const std::string& text) {
    frame = with_trailer(text);
    BOOST_REQUIRE((view.assign(frame, made->own_data_fields()) == parse_error::none));
    return view;
  }
  static std::string shown(const message_fault& f) {
    return std::to_string(static_cast<int>(f.reason)) + "/" + (f.ref_tag ? std::to_string(*f.ref_tag) : "");
  }
  // Empty: no objection.
  std::string fault(const std::string& text) {
    const auto found = validate(read(text), defined, rules);
    return found ? shown(*found) : "";
  }
  // Of an order with this in front of Symbol(55), or behind everything.
  std::string order(const std::string& more) { return fault(head + "11=A|" + more + tail); }
  std::string behind(const std::string& more) { return fault(head + "11=A|" + tail + more); }
  std::string all(const std::string& text) {
    std::string faults;
    for (const auto& f : validate_all(read(text), defined, rules, 100)) faults += shown(f) + " ";
    return faults;
  }
  std::string why(const std::string& text) {
    const auto found = validate(read(text), defined, rules);
    return found ? describe(*found, view, defined) : "";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(validate_suite, checker)

BOOST_AUTO_TEST_CASE(a_good_message_is_good) {
  BOOST_TEST(order("") == "");
  BOOST_TEST(fault("8=FIX.4.9|35=0|49=US|56=THEM|34=2|52=20240315-14:30:00|") == "");
  BOOST_TEST(fault("8=FIX.4.9|35=UXY|49=US|56=THEM|34=2|52=20240315-14:30:00|11=A|100001=x|") == "");
}

BOOST_AUTO_TEST_CASE(types_of_messages) {
  BOOST_TEST(fault("8=FIX.4.9|35=ZZ|49=US|56=THEM|34=2|52=20240315-14:30:00|") == "11/");
  BOOST_TEST(fault("8=FIX.4.9|35=|49=US|56=THEM|34=2|52=20240315-14:30:00|") == "4/35");
}

BOOST_AUTO_TEST_CASE(tags) {
  BOOST_TEST(behind("4999=x|") == "0/4999");
  BOOST_TEST(behind("5000=x|") == "0/5000");
  BOOST_TEST(behind("0=x|") == "0/0");
  BOOST_TEST(behind("-7=x|") == "0/-7");
  BOOST_TEST(behind("112=x|") == "2/112");
  BOOST_TEST(behind("100001=x|") == "2/100001");
  rules.allow_user_defined = true;
  BOOST_TEST(behind("5000=x|") == "");
  BOOST_TEST(behind("5000=|") == "4/5000");
  BOOST_TEST(behind("100001=x|") == "");
  BOOST_TEST(behind("4999=x|") == "0/4999");
  rules = {};
  rules.allow_unknown_fields = true;
  BOOST_TEST(behind("4999=x|112=x|") == "");
  BOOST_TEST(behind("5000=x|") == "0/5000");
  BOOST_TEST(behind("0=x|") == "0/0");
}

BOOST_AUTO_TEST_CASE(what_is_not_of_the_message_is_put_up_with_but_must_be_well_formed) {
  rules.allow_unknown_fields = true;
  BOOST_TEST(behind("630=12|") == "");
  BOOST_TEST(behind("803=x|") == "6/803");
}

BOOST_AUTO_TEST_CASE(values) {
  BOOST_TEST(behind("58=|") == "4/58");
  BOOST_TEST(fault(head + "11=A|55=IBM|54=3|38=1|") == "5/54");
  BOOST_TEST(fault(head + "11=A|55=IBM|54=12|38=1|") == "5/54");
  BOOST_TEST(fault(head + "11=A|55=IBM|54=1|38=+1|") == "6/38");
  BOOST_TEST(order("") == "");
  BOOST_TEST(behind("18=1 A|") == "");
  BOOST_TEST(behind("18=1 B|") == "5/18");
  BOOST_TEST(behind("18=1A|") == "5/18");
  BOOST_TEST(behind("114=1|") == "6/114");
  BOOST_TEST(behind("114=N|") == "");
  rules.allow_unknown_values = true;
  BOOST_TEST(fault(head + "11=A|55=IBM|54=3|38=1|") == "");
  BOOST_TEST(fault(head + "11=A|55=IBM|54=12|38=1|") == "6/54");
  rules = {};
  rules.allow_empty_values = true;
  BOOST_TEST(behind("58=|") == "");
}

BOOST_AUTO_TEST_CASE(header_body_and_trailer_in_this_order) {
  BOOST_TEST(behind("50=SUB|") == "14/50");
  BOOST_TEST(fault("8=FIX.4.9|35=D|11=A|49=US|56=THEM|34=2|52=20240315-14:30:00|" + tail) == "14/49");
  rules.allow_disorder = true;
  BOOST_TEST(behind("50=SUB|") == "");
}

BOOST_AUTO_TEST_CASE(no_tag_twice) {
  BOOST_TEST(behind("55=IBM|") == "13/55");
  BOOST_TEST(fault(head + "34=2|11=A|" + tail) == "13/34");
}

BOOST_AUTO_TEST_CASE(what_is_required) {
  BOOST_TEST(fault(head + tail) == "1/11");
  BOOST_TEST(fault(head + "11=A|54=1|38=1|") == "1/55");
  BOOST_TEST(fault("8=FIX.4.9|35=0|49=US|56=THEM|34=2|") == "1/52");
}

BOOST_AUTO_TEST_CASE(an_optional_component_requires_nothing_until_it_is_asked_to) {
  const std::string own = "8=FIX.4.9|35=UXY|49=US|56=THEM|34=2|52=20240315-14:30:00|11=A|";
  BOOST_TEST(behind("15=0.5|") == "");
  BOOST_TEST(fault(own + "167=FUT|") == "");
  rules.check_conditional = true;
  BOOST_TEST(behind("15=0.5|") == "1/13");
  BOOST_TEST(behind("13=1|15=0.5|") == "");
  BOOST_TEST(behind("") == "");
  BOOST_TEST(fault(own + "167=FUT|") == "1/55");
  BOOST_TEST(fault(own) == "");
}

BOOST_AUTO_TEST_CASE(data_and_its_length) {
  BOOST_TEST(behind("9100=5|9101=a|b|c|") == "");
  BOOST_TEST(behind("9101=abc|") == "1/9100");
  BOOST_TEST(behind("9100=3|") == "1/9101");
  BOOST_TEST(behind("9100=3|58=x|9101=abc|") == "1/9101");
  BOOST_TEST(behind("9100=2|9101=abc|") == "6/9101");
  BOOST_TEST(behind("9100=-1|9101=abc|") == "6/9100");
  BOOST_TEST(behind("9100=4294967299|9101=abc|") == "6/9100");
  BOOST_TEST(behind("9100=0|9101=|") == "4/9101");
}

BOOST_AUTO_TEST_CASE(faults_are_described) {
  BOOST_TEST(why(head + "11=A|55=IBM|54=3|38=1|") == "Side(54)=3 is none of 1 (BUY), 2 (SELL)");
  BOOST_TEST(why(head + "11=A|55=IBM|54=1|38=+1|") == "OrderQty(38)=+1: expected Qty, digits with at most one '.', a '-' in front if negative");
  BOOST_TEST(why(head + "11=A|" + tail + "9100=4000|9101=abc|") == "BlobLength(9100)=4000: expected the number of bytes of the field behind it (9101)");
  BOOST_TEST(why(head + "11=A|" + tail + "9100=-1|9101=abc|") == "BlobLength(9100)=-1: expected Length, digits only");
  BOOST_TEST(why(head + tail) == "ClOrdID(11) is missing: it is required in NewOrderSingle(D)");
  BOOST_TEST(why(head + "11=A|" + tail + "112=x|") == "TestReqID(112) is not defined for NewOrderSingle(D)");
  BOOST_TEST(why(head + "11=A|" + tail + "4999=x|") == "tag 4999 is not defined in FIX.4.9");
  BOOST_TEST(why(head + "11=A|453=2|448=P|452=1|" + tail) == "NoPartyIDs(453)=2 is not the number of entries that follow");
  BOOST_TEST(why(head + "11=A|453=1|448=P|" + tail) == "PartyRole(452) is missing: it is required here, at 448=P");
  BOOST_TEST(why("8=FIX.4.9|35=ZZ|49=US|56=THEM|34=2|52=20240315-14:30:00|") == "MsgType(35)=ZZ is not defined in FIX.4.9");
}

BOOST_AUTO_TEST_CASE(all_faults_are_found_for_people) {
  BOOST_TEST(all(head + "55=IBM|54=3|38=x|453=2|448=P|452=9|4999=1|58=|") == "5/54 6/38 5/452 16/453 0/4999 4/58 1/11 ");
  BOOST_TEST((validate_all(read(head + "55=IBM|54=3|38=x|"), defined, rules, 2).size() == 2U));
}

BOOST_AUTO_TEST_CASE(the_message_of_an_application_is_found_behind_the_session) {
  auto session = read_dictionary(R"(<fix type='FIXT' major='1' minor='1'><header><field name='MsgType' required='Y'/></header>
    <messages/><trailer/><components/><fields><field number='35' name='MsgType' type='STRING'/></fields></fix>)").made;
  BOOST_REQUIRE(session != nullptr);
  defined.session = session;
  BOOST_TEST(fault("8=FIX.4.9|35=D|11=A|" + tail) == "2/8");  // 8 is known to the application's dictionary, and of no header
}

BOOST_AUTO_TEST_CASE(data_fields_of_every_version_are_told_apart) {
  std::string other{small_dictionary};
  for (const auto& [from, to] : {std::pair{"'9100'", "'9200'"}, std::pair{"'9101'", "'9201'"}}) other.replace(other.find(from), 6, to);
  defined.versions = {{"9", defined.application}, {"8", read_dictionary(other).made}};
  BOOST_REQUIRE(defined.versions.back().application != nullptr);
  defined.gather_data_fields();
  frame = with_trailer("8=FIX.4.9|35=D|9100=3|9101=a|b|9200=3|9201=c|d|");
  BOOST_REQUIRE((view.assign(frame, defined.own_data_fields()) == parse_error::none));
  BOOST_TEST(view.find(9101).value() == "a\x01" "b");
  BOOST_TEST(view.find(9201).value() == "c\x01" "d");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(validate_groups_suite, checker)

BOOST_AUTO_TEST_CASE(entries) {
  BOOST_TEST(order("453=0|") == "");
  BOOST_TEST(order("453=1|448=P|452=1|") == "");
  BOOST_TEST(order("453=2|448=P|447=D|452=1|448=Q|452=4|") == "");
  BOOST_TEST(order("453=2|448=P|447=D|452=1|802=2|523=S|803=1|523=T|448=Q|452=4|802=0|") == "");
  BOOST_TEST(fault(head.substr(0, head.size()) + "627=1|628=HUB|630=5|11=A|" + tail) == "");
}

BOOST_AUTO_TEST_CASE(counts) {
  BOOST_TEST(order("453=1|448=P|452=1|448=Q|452=4|") == "16/453");
  BOOST_TEST(order("453=3|448=P|452=1|448=Q|452=4|") == "16/453");
  BOOST_TEST(order("453=2|") == "16/453");
  BOOST_TEST(order("453=0|448=P|452=1|") == "16/453");
  BOOST_TEST(order("453=2147483647|448=P|452=1|") == "16/453");
  BOOST_TEST(order("453=x|448=P|452=1|") == "6/453");
  BOOST_TEST(order("453=1|448=P|452=1|802=2|523=S|") == "16/802");
  BOOST_TEST(order("453=2|448=P|452=9|") == "16/453");  // and 452=9 may not belong to it
  BOOST_TEST(order("453=1|448=P|452=9|") == "5/452");
  BOOST_TEST(order("453=1|448=P|452=1|802=3|523=|") == "16/802");
  BOOST_TEST(fault(head + "627=2|628=HUB|11=A|" + tail) == "16/627");
}

BOOST_AUTO_TEST_CASE(order_within_an_entry) {
  BOOST_TEST(order("453=1|448=P|452=1|447=D|") == "15/447");
  BOOST_TEST(order("453=1|452=1|448=P|") == "15/452");
  BOOST_TEST(order("453=1|448=P|452=1|452=4|") == "13/452");
  rules.allow_unordered_groups = true;
  BOOST_TEST(order("453=1|448=P|452=1|447=D|") == "");
  BOOST_TEST(order("453=1|452=1|448=P|") == "15/452");
  rules.first_is_delimiter = true;
  BOOST_TEST(order("453=2|452=1|448=P|452=4|448=Q|") == "");
}

BOOST_AUTO_TEST_CASE(what_is_required_in_an_entry) {
  BOOST_TEST(order("453=2|448=P|448=Q|452=1|") == "1/452");
  BOOST_TEST(order("453=1|448=P|452=1|802=1|523=S|803=x|") == "6/803");
}

BOOST_AUTO_TEST_CASE(a_member_outside_of_its_group_is_not_of_the_message) {
  BOOST_TEST(behind("448=P|") == "2/448");
  BOOST_TEST(order("453=1|448=P|452=1|523=S|") == "2/523");
}

BOOST_AUTO_TEST_CASE(what_is_put_up_with_does_not_end_an_entry) {
  rules.allow_user_defined = true;
  BOOST_TEST(order("453=2|448=P|7001=x|452=1|7002=y|448=Q|452=4|7003=z|") == "");
  BOOST_TEST(order("453=1|7001=x|448=P|452=1|") == "");
  BOOST_TEST(order("453=2|448=P|7001=|452=1|448=Q|452=4|") == "4/7001");
  rules = {};
  rules.allow_unknown_fields = true;
  BOOST_TEST(order("453=2|448=P|4999=x|452=1|448=Q|452=4|") == "");
}

// Where it is read, nobody could tell whether the group goes on behind it.
BOOST_AUTO_TEST_CASE(what_the_dictionary_knows_elsewhere_ends_the_entry) {
  rules.allow_unknown_fields = true;
  BOOST_TEST(order("453=2|448=P|112=x|452=1|448=Q|452=4|") == "1/452");
  BOOST_TEST(order("453=1|448=P|452=1|112=x|") == "");
}

BOOST_AUTO_TEST_SUITE_END()
