// What a message costs in the session machine, beside what it must cost: the same bytes cut and indexed, or the same frame written.
// bench/codec/harness.hpp has the options.
#include "bench/codec/harness.hpp"
#include "protocol/stamp.hpp"
#include "test/support/session_flow.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace troupe::protocol;
using namespace troupe::test;
using troupe::bench::codec_case;

constexpr std::string_view report = "37=VEN-00000000009182\x01" "11=ORD-20240506-000042\x01" "17=EXE-20240506-0000917\x01" "150=F\x01" "39=1\x01" "55=MSFT\x01" "54=1\x01" "38=1500\x01" "32=400\x01" "31=413.725\x01" "151=1100\x01" "14=400\x01" "6=413.725\x01";

codec_case parse() {
  const auto in = std::make_shared<order_stream>();
  return {"parse", [in](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) {
              while (!in->next()) sum += 0;
              sum += in->message().fields().size();
            }
            return sum;
          }, 1};
}

// `per_read` messages come with one read, are one delivery, and one commit moves the number behind all of them.
codec_case inbound(const std::string& name, std::size_t per_read) {
  const auto flow = std::make_shared<session_flow>();
  return {name, [flow, per_read](std::size_t count) {
            for (std::size_t i = 0; i < count; i += per_read) flow->receive(per_read);
            return flow->machine().expected_target().value;
          }, 1};
}

// What the application hands over is a body of its own: one allocation, here as in the machine.
outgoing_message made() { return {"8", {}, std::string{report}}; }

codec_case frame() {
  const auto wire = std::make_shared<std::string>();
  const auto clock = std::make_shared<utc_text>();
  return {"frame", [wire, clock](std::size_t count) {
            std::uint64_t sum = 0;
            while (count-- > 0) {
              wire->clear();
              const auto message = made();
              append_frame(*wire, {"FIX.4.4", message.msg_type, "VENUE01", "BUYSIDE1", seq_num{4711}, flow_time}, message.header, message.body, *clock);
              sum += wire->size();
            }
            return sum;
          }, 1};
}

codec_case outbound() {
  const auto flow = std::make_shared<session_flow>();
  return {"outbound", [flow](std::size_t count) {
            while (count-- > 0) flow->submit(made());
            return flow->accepted();
          }, 1};
}

std::vector<codec_case> make(const std::string&) { return {parse(), inbound("inbound.single", 1), inbound("inbound.read", 32), frame(), outbound()}; }

}  // namespace

int main(int argc, char** argv) {
  std::thread{[] {}}.join();  // from now on shared_ptr counts atomically, as it does in an engine
  return troupe::bench::run_codec(argc, argv, "", make);
}
