// A field that a message must have only because it has another one.
#include "protocol/dictionary.hpp"
#include "test/protocol/small_dictionary.hpp"
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

// The small dictionary with the messages that a session needs.
std::string dictionary_text() {
  std::string xml = small_dictionary;
  xml.insert(xml.find(" <messages>") + 11,
             "<message name='Logon' msgtype='A' msgcat='admin'><field name='EncryptMethod' required='Y'/><field name='HeartBtInt' required='Y'/></message>"
             "<message name='ResendRequest' msgtype='2' msgcat='admin'><field name='BeginSeqNo' required='Y'/><field name='EndSeqNo' required='Y'/></message>");
  xml.insert(xml.find(" <fields>") + 9,
             "<field number='98' name='EncryptMethod' type='INT'/><field number='108' name='HeartBtInt' type='INT'/>"
             "<field number='7' name='BeginSeqNo' type='SEQNUM'/><field number='16' name='EndSeqNo' type='SEQNUM'/>");
  return xml;
}

session_config conditional(std::string begin_string) {
  auto c = acceptor();
  c.id.begin_string = std::move(begin_string);
  const auto made = read_dictionary(dictionary_text()).made;
  c.dictionaries = {made, made};
  c.validation.check_conditional = true;
  return c;
}

// Of an order for a security type without its symbol: the Instrument is optional there, and requires it.
const std::string order = "35=UXY|34=2|11=A|167=FUT|";

void log_on(dialogue& d) {
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_conditional)

BOOST_AUTO_TEST_CASE(its_absence_is_answered_with_a_business_reject_and_uses_the_number) {
  dialogue d{conditional("FIX.4.9")};
  log_on(d);
  d.peer(order);
  d.expect("35=j|34=2|45=2|58=Conditionally Required Field Missing (55)|372=UXY|380=5|");
  BOOST_TEST(d.delivered.empty());
  BOOST_TEST(d.session().expected_target().value == 3u);
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(what_is_missing_in_any_case_is_a_fault_of_the_session) {
  dialogue d{conditional("FIX.4.9")};
  log_on(d);
  d.peer("35=UXY|34=2|167=FUT|55=X|");
  d.expect("35=3|34=2|45=2|58=Required tag missing|371=11|372=UXY|373=1|");
}

BOOST_AUTO_TEST_CASE(the_answer_is_sent_again_like_any_application_message) {
  dialogue d{conditional("FIX.4.9")};
  log_on(d);
  d.peer(order);
  d.wire.clear();
  d.peer("35=2|34=3|7=2|16=2|");
  d.expect("35=j|34=2|43=Y|45=2|58=Conditionally Required Field Missing (55)|372=UXY|380=5|");
}

BOOST_AUTO_TEST_SUITE_END()
