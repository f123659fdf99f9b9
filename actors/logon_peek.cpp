#include "actors/logon_peek.hpp"

#include "protocol/message_view.hpp"

namespace troupe::actors {
namespace {

constexpr std::uint32_t SenderCompID = 49;
constexpr std::uint32_t TargetCompID = 56;
constexpr std::uint32_t SenderSubID = 50;
constexpr std::uint32_t TargetSubID = 57;
constexpr std::uint32_t SenderLocationID = 142;
constexpr std::uint32_t TargetLocationID = 143;

}  // namespace

peeked_logon peek_logon(std::string_view frame) {
  protocol::message_view view;
  if (const auto e = view.assign(frame); e != protocol::parse_error::none) {
    return {{}, "the first message cannot be parsed: " + std::string{protocol::to_string(e)}};
  }
  if (view.msg_type() != "A") return {{}, "expected a Logon (35=A) first, received 35=" + std::string{view.msg_type()}};
  const auto sender = view.find(SenderCompID);
  const auto target = view.find(TargetCompID);
  if (!sender || sender->empty()) return {{}, "the Logon has no SenderCompID(49)"};
  if (!target || target->empty()) return {{}, "the Logon has no TargetCompID(56)"};
  const auto text = [&](std::uint32_t tag) { return std::string{view.find(tag).value_or("")}; };
  return {{{std::string{view.begin_string()}, std::string{*target}, std::string{*sender}, {}}, text(TargetSubID), text(SenderSubID), text(TargetLocationID), text(SenderLocationID)}, {}};
}

}  // namespace troupe::actors
