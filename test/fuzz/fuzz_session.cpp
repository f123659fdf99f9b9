// A dialogue with the session machine, as session_script.hpp has it: whatever comes in whatever order, the machine keeps what
// session_watch checks. A script that begins with `P` is none: its bytes decide what happens between two machines on a wire,
// which must come to rest in sync once nothing hurts them any more.
//
// TROUPE_TRACE=1 tells what happens, for whoever looks into an input.
#include "test/fuzz/session_script.hpp"
#include "test/protocol/session_storm.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace troupe::protocol;
using namespace troupe::test;

const bool is_traced = std::getenv("TROUPE_TRACE") != nullptr;

void say(std::string_view what) { std::cerr << what << '\n'; }

[[noreturn]] void fail(std::string_view what) {
  std::cerr << "broken: " << what << '\n';
  std::abort();
}

session_config of_pair(role who, unsigned bits) {
  auto c = hurried(who);
  const auto is = [&](unsigned at) { return (bits >> at & 1U) != 0; };
  c.id.begin_string = "FIX.4.4";
  c.use_next_expected = is(0);
  c.resend_chunk = is(1) ? 2 : 0;
  c.close_resend_request = is(2);
  c.ask_redundantly = is(3);
  c.send_last_processed = is(4);
  if (is(5)) c.replay_page_records = 1;
  if (is(6)) c.max_held_messages = 0;
  return c;
}

void two(std::string_view bytes) {
  std::mt19937 otherwise;  // when the input is used up
  std::size_t at = 2;
  const auto next = [&]() -> unsigned {
    if (at + 1 >= bytes.size()) return static_cast<unsigned>(otherwise());
    const unsigned high = static_cast<unsigned char>(bytes[at]), low = static_cast<unsigned char>(bytes[at + 1]);
    at += 2;
    return high * 256 + low;
  };
  const auto bits = static_cast<unsigned char>(bytes.size() > 1 ? bytes[1] : '\0');
  storm s{next, of_pair(role::initiator, bits), of_pair(role::acceptor, bits), is_traced};
  s.rage(static_cast<int>(bytes.size()));
  if (!s.settle()) fail("it does not settle: " + s.where());
  for (const auto& b : s.broken()) fail(b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view script{reinterpret_cast<const char*>(data), size};
  if (size > 0 && script.front() == 'P') {
    two(script);
    return 0;
  }
  const auto broken = troupe::fuzz::play(script, is_traced ? say : nullptr);
  for (const auto& b : broken) std::cerr << "broken: " << b << '\n';
  if (!broken.empty()) std::abort();
  return 0;
}
