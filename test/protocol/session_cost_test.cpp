// A session in flow allocates nothing for a message that comes in its turn, and one page is all that a replay keeps at a time.
#include "test/support/session_flow.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {
// Tests run on one thread.
std::size_t allocations = 0;
std::size_t live_bytes = 0;
std::size_t most_live_bytes = 0;

void* counted(void* memory) {
  ++allocations;
  live_bytes += malloc_usable_size(memory);
  most_live_bytes = std::max(most_live_bytes, live_bytes);
  return memory;
}
void release(void* memory) {
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}
}  // namespace

// Not inline: GCC takes a malloc and a free that it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(size > 0 ? size : 1)) return counted(memory);
  throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { release(memory); }

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

// Half a stream, so that no Logon(A) is among them; what the machine grows to it has grown to before.
std::size_t allocations_of_flow(std::size_t per_read) {
  session_flow flow;
  const auto half = order_stream::length / 2;
  for (std::size_t i = 0; i < half; i += per_read) flow.receive(per_read);
  const auto before = allocations;
  for (std::size_t i = 0; i + per_read < half; i += per_read) flow.receive(per_read);
  return allocations - before;
}

// A store that makes up what it is asked for.
replay_page page_of(const action::fetch_replay& asked, std::string_view frame_of_one) {
  replay_page page{asked.generation, asked.begin, asked.end, true, {}};
  for (auto n = asked.begin; n <= asked.end; ++n) {
    if (page.records.size() == asked.max_records) {
      page.end = n.previous();
      page.is_last = false;
      break;
    }
    page.records.push_back({record_kind::application, n, n, {}, false, std::string{frame_of_one}});
  }
  return page;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_cost)

BOOST_AUTO_TEST_CASE(an_order_in_its_turn_costs_no_allocation_alone_or_with_others) {
  for (const std::size_t per_read : {1U, 4U, 32U}) BOOST_TEST(allocations_of_flow(per_read) == 0U, per_read << " messages with a read");
}

BOOST_AUTO_TEST_CASE(a_message_that_goes_out_costs_no_allocation_but_its_own_body) {
  session_flow flow;
  const std::string body = "37=1\x01" "17=1\x01" "150=0\x01" "39=0\x01" "55=ESZ6\x01" "54=1\x01" "151=1\x01" "14=0\x01" "6=0\x01";
  for (int i = 0; i < 100; ++i) flow.submit({"8", {}, body});
  const auto before = allocations;
  for (int i = 0; i < 100; ++i) flow.submit({"8", {}, body});
  BOOST_TEST(allocations - before == 100U);
  BOOST_TEST(flow.accepted() == 200U);
}

BOOST_AUTO_TEST_CASE(a_replay_of_a_hundred_thousand_messages_keeps_a_page_at_a_time) {
  constexpr std::uint64_t messages = 100'000;
  const instant now{std::chrono::seconds{1000}, flow_time};
  session_config c;
  c.id = {"FIX.4.4", "VENUE01", "BUYSIDE1", {}};
  c.role = role::acceptor;
  session_snapshot stored;
  stored.next_sender = seq_num{messages + 1};
  session machine{c, stored, now};
  const std::string kept = orders(1, 1);
  const auto peer = [&](std::string_view type, std::uint64_t number, std::string_view body) {
    std::string frame;
    append_frame(frame, {"FIX.4.4", type, "BUYSIDE1", "VENUE01", seq_num{number}, flow_time}, {}, body);
    message_view view;
    BOOST_TEST_REQUIRE((view.assign(frame) == parse_error::none));
    machine.on(event::frame{view, nullptr}, now);
  };
  machine.on(event::link_up{connection_epoch{1}}, now);
  peer("A", 1, "98=0\x01" "108=30\x01");
  peer("2", 2, "7=1\x01" "16=0\x01");

  const auto before = live_bytes;
  most_live_bytes = live_bytes;
  std::uint64_t bytes = 0, pages = 0;
  for (bool has_asked = true; has_asked;) {
    has_asked = false;
    std::vector<any_action> actions;
    machine.take(actions);
    for (const auto& a : actions) {
      if (const auto* batch = std::get_if<action::commit>(&a))
        for (const auto& run : batch->batch->transmit) bytes += run.length;
      const auto* asked = std::get_if<action::fetch_replay>(&a);
      if (!asked) continue;
      has_asked = true;
      ++pages;
      machine.on(event::replay_page{page_of(*asked, kept), asked->question}, now);
      machine.on(event::wrote{connection_epoch{1}, 0}, now);
    }
  }
  BOOST_TEST(bytes > messages * kept.size());
  BOOST_TEST(pages > messages / c.replay_page_records);
  BOOST_TEST(most_live_bytes - before < 2'000'000U);  // whatever the length of the range
}

BOOST_AUTO_TEST_SUITE_END()
