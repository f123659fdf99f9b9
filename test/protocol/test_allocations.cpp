// Framing, indexing, checking, validating, reading and stamping allocate nothing once their buffers have grown.
#include "protocol/framer.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "protocol/structure_check.hpp"
#include "protocol/tags.hpp"
#include "protocol/validate.hpp"
#include "test/protocol/sample_messages.hpp"
#include "test/protocol/small_dictionary.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;  // tests run on one thread
}

// Not inline: GCC takes a malloc and a free that it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc{};
}
// The form that does not throw is what std::stable_sort asks for its room with; what it gives goes back through the same delete.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size > 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

// All that happens to a message that comes and is answered.
std::size_t go_through(std::string_view frame, framer& cutter, message_view& view, std::string& wire, utc_text& clock) {
  const frame_result cut = cutter.next(frame);
  std::size_t seen = view.assign(cut.frame) == parse_error::none ? view.fields().size() : 0;
  seen += structure_check(view) ? 1 : 0;
  for (const field_range entry : view.group(tag::NoPartyIDs)) seen += entry.group(tag::NoPartySubIDs).size();
  seen += view.find_utc(tag::SendingTime) ? 1 : 0;
  wire.clear();
  append_frame(wire, {"FIX.4.4", "8", "ME", "YOU", seq_num{seen}, utc_time{}}, "50=S\x01", frame, clock);
  append_resend(wire, frame, {utc_time{}}, clock);
  return seen;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(allocations_suite)

BOOST_AUTO_TEST_CASE(nothing_is_allocated_per_message_or_field_after_warm_up) {
  const auto frames = sample_messages();
  framer cutter;
  message_view view;
  std::string wire;
  utc_text clock;
  for (const std::string& frame : frames) go_through(frame, cutter, view, wire, clock);
  const std::size_t before = allocations;
  for (int round = 0; round < 10; ++round)
    for (const std::string& frame : frames) go_through(frame, cutter, view, wire, clock);
  const std::size_t after = allocations;
  BOOST_TEST(after - before == 0U);
}

BOOST_AUTO_TEST_CASE(validating_allocates_nothing_whether_it_finds_a_fault_or_not) {
  const auto made = read_dictionary(small_dictionary).made;
  const dictionaries defined{made, made};
  const std::string head = "8=FIX.4.9|35=D|49=US|56=THEM|34=2|52=20240315-14:30:00|11=A|";
  const auto good = with_trailer(head + "453=2|448=P|452=1|802=2|523=a|523=b|448=Q|452=4|55=IBM|54=1|38=100|");
  const auto bad = with_trailer(head + "453=2|448=P|452=1|802=2|523=a|448=Q|452=4|55=IBM|54=1|38=100|");
  message_view view;
  const auto is_good = [&](const std::string& frame) {
    return view.assign(frame) == parse_error::none && !validate(view, defined);
  };
  BOOST_REQUIRE(is_good(good));
  BOOST_REQUIRE(!is_good(bad));
  const std::size_t before = allocations;
  int found = 0;
  for (int round = 0; round < 10; ++round) found += (is_good(good) ? 1 : 0) + (is_good(bad) ? 1 : 0);
  const std::size_t after = allocations;
  BOOST_TEST(found == 10);
  BOOST_TEST(after - before == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_of_usual_length_is_built_with_one_allocation) {
  const std::size_t before = allocations;
  message_builder order{"D"};
  for (int i = 0; i < 20; ++i) order.field(tag::Text, "0123456789");
  order.field(tag::Price, decimal{12'345, -2}).field(tag::TransactTime, utc_time{});
  { order.group(453).entry().field(448, "A").field(452, 1); }
  const build_result built = order.build();
  const std::size_t after = allocations;
  BOOST_TEST(built.message.body.size() > 300U);
  BOOST_TEST(after - before == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
