// FIXT 1.1: Logon(A) says by DefaultApplVerID(1137) of which version messages are, ApplVerID(1128) of one message says so for itself.
#include "test/support/dialogue.hpp"

#include <fstream>
#include <sstream>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

session_config fixt(role r) {
  auto c = session_of(r);
  c.id.begin_string = "FIXT.1.1";
  c.default_appl_ver_id = "9";
  return c;
}

std::shared_ptr<const dictionary> standard(const std::string& name) {
  std::ifstream in{TROUPE_SOURCE "/dictionaries/" + name, std::ios::binary};
  std::ostringstream xml;
  xml << in.rdbuf();
  return read_dictionary(xml.str()).made;
}

// FIX.5.0SP2 unless the peer says FIX.4.4, and nothing else.
session_config with_dictionaries(role r) {
  static const auto transport = standard("FIXT11.xml"), sp2 = standard("FIX50SP2.xml"), fix44 = standard("FIX44.xml");
  auto c = fixt(r);
  c.dictionaries = {transport, sp2, {{"9", sp2}, {"6", fix44}}};
  return c;
}

// An order that both versions take; Price(44) is required by neither, RefOrderID(1080) known to FIX.5.0SP2 only.
const std::string order = "11=A|55=X|54=1|60=20260302-12:00:00|38=1|40=1|";

}  // namespace

BOOST_AUTO_TEST_SUITE(session_fixt)

BOOST_AUTO_TEST_CASE(an_initiator_says_its_version_at_logon) {
  dialogue d{fixt(role::initiator)};
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(an_acceptor_answers_with_its_version) {
  dialogue d{fixt(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(a_logon_without_version_is_refused_without_a_word) {
  for (const auto& config : {fixt(role::acceptor), with_dictionaries(role::acceptor)}) {
    dialogue d{config};
    d.connect();
    d.peer("35=A|34=1|98=0|108=30|");
    d.expect_silence();
    BOOST_TEST(!d.is_open);
    BOOST_TEST((d.end() == end_reason::logon_refused));
    BOOST_TEST(d.store.durable().next_target.value == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_logon_with_a_version_that_there_is_no_dictionary_of_is_refused) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=7|");
  d.expect_silence();
  BOOST_TEST((d.end() == end_reason::logon_refused));

  dialogue initiator{with_dictionaries(role::initiator)};
  initiator.connect();
  initiator.expect("35=A|34=1|98=0|108=30|1137=9|");
  initiator.peer("35=A|34=1|98=0|108=30|1137=7|");
  initiator.expect("35=5|34=2|58=DefaultApplVerID(1137)=7 is not supported here|");
}

BOOST_AUTO_TEST_CASE(messages_are_of_the_version_that_the_peer_said_at_logon) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=D|34=2|" + order + "1080=R|1081=0|");
  d.expect_silence();
  BOOST_TEST(d.delivered.size() == 1U);

  dialogue older{with_dictionaries(role::acceptor)};
  older.connect();
  older.peer("35=A|34=1|98=0|108=30|1137=6|");
  older.expect("35=A|34=1|98=0|108=30|1137=9|");
  older.peer("35=D|34=2|" + order + "1080=R|1081=0|");
  older.expect("35=3|34=2|45=2|58=Invalid tag number|371=1080|372=D|373=0|");
  BOOST_TEST(older.delivered.empty());
}

BOOST_AUTO_TEST_CASE(a_message_may_say_that_it_is_of_another_version) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=D|34=2|1128=6|" + order);
  d.expect_silence();
  d.peer("35=D|34=3|1128=6|" + order + "1080=R|1081=0|");
  d.expect("35=3|34=2|45=3|58=Invalid tag number|371=1080|372=D|373=0|");
  d.peer("35=D|34=4|1128=9|" + order + "1080=R|1081=0|");
  d.expect_silence();
  BOOST_TEST(d.delivered.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_message_of_a_version_that_there_is_no_dictionary_of_is_rejected) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=D|34=2|1128=7|" + order);
  d.expect("35=3|34=2|45=2|58=Invalid or unsupported application version|371=1128|372=D|373=18|");
  BOOST_TEST(d.delivered.empty());
  d.peer("35=D|34=3|" + order);
  BOOST_TEST(d.delivered.size() == 1U);
}

BOOST_AUTO_TEST_CASE(session_messages_are_of_the_transport_whatever_version_they_name) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|1128=7|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=1|34=2|1128=7|112=are you there|");
  d.expect("35=0|34=2|112=are you there|");
  d.peer("35=D|34=3|1128=|" + order);
  d.expect("35=3|34=3|45=3|58=Tag specified without a value|371=1128|372=D|373=4|");
  d.peer("35=5|34=4|1128=7|");
  d.expect("35=5|34=4|");
}

BOOST_AUTO_TEST_CASE(a_reset_in_session_changes_the_version_or_is_refused) {
  dialogue d{with_dictionaries(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=A|34=1|98=0|108=30|141=Y|1137=6|");
  d.expect("35=A|34=1|98=0|108=30|141=Y|1137=9|");
  d.peer("35=D|34=2|" + order + "1080=R|1081=0|");
  d.expect("35=3|34=2|45=2|58=Invalid tag number|371=1080|372=D|373=0|");
  d.peer("35=A|34=1|98=0|108=30|141=Y|1137=7|");
  d.expect("35=5|34=3|58=DefaultApplVerID(1137)=7 is not supported here|");
  BOOST_TEST(!d.is_open);
}

BOOST_AUTO_TEST_CASE(a_reset_in_session_says_the_version_too) {
  dialogue d{fixt(role::acceptor)};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|1137=9|");
  d.peer("35=A|34=1|98=0|108=30|141=Y|1137=9|");
  d.expect("35=A|34=1|98=0|108=30|141=Y|1137=9|");
}

BOOST_AUTO_TEST_SUITE_END()
