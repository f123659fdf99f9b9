// An application actor that takes its time over `may_resend`: what it says belongs to the page it was asked about.
#include "test/flow/flow_world.hpp"
#include "test/support/quiet_application.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using decision_promise = caf::typed_response_promise<resend_decision>;

class slow_judge {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;
  slow_judge(pointer self, std::vector<std::pair<decision_promise, may_resend>>* asked) : self_(self), asked_(asked) {}
  handle_type::behavior_type make_behavior() {
    return actors::test::quiet_application({.on_may_resend = [this](const may_resend& m) -> caf::result<resend_decision> {
      return asked_->emplace_back(self_->make_response_promise<decision_promise>(), m).first;
    }});
  }

 private:
  pointer self_;
  std::vector<std::pair<decision_promise, may_resend>>* asked_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(resend_decision_suite)

BOOST_FIXTURE_TEST_CASE(an_answer_about_a_page_of_a_lost_link_does_not_let_out_what_the_next_answer_holds_back, flow_world) {
  std::vector<std::pair<decision_promise, may_resend>> asked;
  add("PEER", [&](actors::reactor& home, const session_reference&) { return home.spawn<slow_judge>(&asked); },
      [](session_spec& s) { s.config.has_may_resend_hook = true; });
  auto session = reference("PEER");
  auto first = log_on("PEER");
  BOOST_TEST_REQUIRE((session.submit({"D", {}, "11=STALE\x01"}, submit_token{1}) == submit_result::taken));
  reactor.run();
  first.send(said("PEER", 2, "2", "7=2|16=2|"));
  reactor.run();
  BOOST_TEST_REQUIRE(asked.size() == 1U);
  first.close();
  reactor.run();

  fake_peer second{reactor, "here", 9000};
  second.send(logon("PEER", 3));
  reactor.run();
  second.send(said("PEER", 4, "2", "7=2|16=2|"));
  reactor.run();
  BOOST_TEST_REQUIRE(asked.size() == 2U);
  (void)second.take();

  asked[0].first.deliver(resend_decision{asked[0].second.generation, {}});
  reactor.run();
  BOOST_TEST(second.take().find("11=STALE") == std::string::npos, "the order went out on the word about another page");
  asked[1].first.deliver(resend_decision{asked[1].second.generation, {seq_num{2}}});
  reactor.run();
  const auto said_then = second.take();
  BOOST_TEST(said_then.find("11=STALE") == std::string::npos);
  BOOST_TEST(said_then.find("\x01" "35=4\x01") != std::string::npos, said_then);
  asked.clear();
}

BOOST_AUTO_TEST_SUITE_END()
