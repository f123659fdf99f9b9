// What ends `troupe run`, and what does not. Signals go to this process as they would to that one.
#include "apps/end_of_run.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

#include <unistd.h>

using namespace troupe;
using cause = apps::end_of_run::cause;

namespace {

struct kept_events final : actors::event_sink {
  void record(actors::severity, std::string_view code, std::string_view, std::string_view text) noexcept override {
    all.push_back(std::string{code} + ' ' + std::string{text});
  }
  std::vector<std::string> all;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(end_of_run)

BOOST_AUTO_TEST_CASE(a_failure_says_why) {
  apps::end_of_run end;
  kept_events events;
  end.engine_failed("the supervisor threw: no memory");
  BOOST_TEST((end.wait(events) == cause::failure));
  BOOST_TEST(end.why_it_failed() == "the supervisor threw: no memory");
  BOOST_TEST(events.all.empty());
}

BOOST_AUTO_TEST_CASE(a_client_ends_it) {
  apps::end_of_run end;
  kept_events events;
  end.stopped_by_a_client();
  BOOST_TEST((end.wait(events) == cause::client));
}

BOOST_AUTO_TEST_CASE(a_failure_is_not_hidden_by_a_signal_of_the_same_number_that_waits) {
  apps::end_of_run end;
  kept_events events;
  ::kill(::getpid(), SIGUSR1);
  end.engine_failed("why");  // this one and the first arrive as one
  BOOST_TEST((end.wait(events) == cause::failure));
}

BOOST_AUTO_TEST_CASE(other_signals_are_recorded_with_their_sender) {
  apps::end_of_run end;
  kept_events events;
  for (const int s : {SIGHUP, SIGUSR1, SIGUSR2, SIGTERM}) ::kill(::getpid(), s);
  BOOST_TEST((end.wait(events) == cause::signal));
  ::kill(::getpid(), SIGINT);
  BOOST_TEST((end.wait(events) == cause::signal));
  const auto from = " from process " + std::to_string(::getpid());
  const std::vector<std::string> expected{"hangup-ignored ", "signal-ignored SIGUSR1" + from, "signal-ignored SIGUSR2" + from};
  BOOST_TEST(events.all == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
