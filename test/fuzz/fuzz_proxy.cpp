// Any bytes as what a proxy answers, and as what a load balancer says first. The first byte chooses who we talk to and in what pieces. Whatever
// comes: the same result however it is split, nothing beyond the bounds, and no password in a refusal.
#include "actors/address_list.hpp"
#include "actors/proxy_dialogue.hpp"
#include "actors/proxy_header.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace troupe::actors;

void require(bool holds) {
  if (!holds) std::abort();
}

struct ending {
  proxy_dialogue::state state;
  std::string said, error, behind;
  bool operator==(const ending&) const = default;
};

ending talk(proxy_kind kind, const std::string& user, std::string_view answers, std::size_t piece) {
  proxy_dialogue d{{kind, "proxy", 1, user, "pass\x01word"}, "venue", 9876};
  auto said = d.begin();
  std::size_t taken = 0;
  for (; taken < answers.size() && d.now() == proxy_dialogue::state::talking; taken += piece) said += d.received(answers.substr(taken, piece));
  require(d.rest().size() <= proxy_dialogue::longest_answer + piece);
  require(d.error().find("pass\x01word") == std::string::npos);
  require(d.error().empty() == (d.now() != proxy_dialogue::state::refused));
  auto behind = d.now() == proxy_dialogue::state::connected ? std::string{d.rest()} : std::string{};
  if (taken < answers.size()) behind += answers.substr(taken);
  return {d.now(), std::move(said), d.error(), d.now() == proxy_dialogue::state::connected ? behind : std::string{}};
}

// A refusal may quote as much of an answer as has come.
void check_dialogue(std::uint8_t choice, std::string_view answers) {
  const auto kind = static_cast<proxy_kind>(choice % 5);
  const std::string user = (choice & 8U) != 0 ? "me" : "";
  const auto whole = talk(kind, user, answers, std::max<std::size_t>(1, answers.size()));
  const auto cut = talk(kind, user, answers, 1U + (choice >> 4U));
  if (answers.size() < proxy_dialogue::longest_answer && whole.state == proxy_dialogue::state::connected) require(whole == cut);
  if (answers.size() < proxy_dialogue::longest_answer) require(whole.state == cut.state);
}

void check_header(std::string_view bytes) {
  const auto all = read_proxy_header(bytes);
  using kind = proxy_header::kind;
  if (all.what == kind::whole) {
    require(all.size > 0 && all.size <= bytes.size() && all.size <= longest_proxy_header);
    require(all.peer.empty() || address_of_peer(all.peer));
    require(read_proxy_header(bytes.substr(0, all.size)).peer == all.peer);
    for (std::size_t n = 0; n < all.size; ++n) require(read_proxy_header(bytes.substr(0, n)).what == kind::need_more);
  }
  if (all.what == kind::need_more) require(bytes.size() < longest_proxy_header);
  require(all.error.empty() == (all.what != kind::wrong));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  check_dialogue(data[0], bytes);
  check_header(bytes);
  return 0;
}
