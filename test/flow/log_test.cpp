// A disk that takes nothing, and sessions that log on.
#include "actors/log_writer.hpp"
#include "test/flow/counted_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace troupe::test;
using namespace troupe::actors;

namespace {

// Blocks in its first line until it is let go.
class stuck_channel final : public log_channel {
 public:
  std::promise<void> has_begun;
  std::promise<void> may_go_on;
  std::uint64_t written = 0;
  std::uint64_t lost = 0;

  void write(const log_line&) override {
    if (written++ > 0) return;
    has_begun.set_value();
    may_go_on.get_future().wait();
  }
  void dropped(std::uint64_t lines) override { lost += lines; }
  void flush() override {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_log)

BOOST_AUTO_TEST_CASE(lines_beyond_the_bound_are_dropped_counted_and_told) {
  stuck_channel channel;
  const log_bounds bounds{1000, 1 << 20};
  const std::string line(150, 'l');
  constexpr std::uint64_t posted = 200'000;
  const memory_watch memory;
  {
    log_writer writer{bounds, [] { return troupe::protocol::utc_time{}; }};
    writer.post(channel, 0, line);
    channel.has_begun.get_future().wait();
    for (std::uint64_t i = 1; i < posted; ++i) writer.post(channel, 0, line);
    BOOST_TEST(memory.peak() <= 2 * bounds.lines * (line.size() + 2 * 100) + 64 * 1024);
    channel.may_go_on.set_value();
  }
  BOOST_TEST(channel.lost > 0u);
  BOOST_TEST(channel.written + channel.lost == posted);
}

BOOST_AUTO_TEST_SUITE_END()
