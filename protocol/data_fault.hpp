// What can be wrong between a data field and the length field in front of it.
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <cstdint>
#include <optional>

namespace troupe::protocol {

struct data_fault {
  session_reject_reason reason{};
  std::uint32_t tag = 0;
};

// `previous`: the field in front of `data`; `length_tag`: the one that belongs there.
[[nodiscard]] inline std::optional<data_fault> check_data(const message_view& message, const field_ref& data, const field_ref& previous, std::uint32_t length_tag) {
  if (previous.tag != length_tag) return data_fault{session_reject_reason::RequiredTagMissing, length_tag};
  const auto claimed = parse_unsigned(message.value(previous));
  if (claimed == data.length) return std::nullopt;
  const bool is_possible = claimed && *claimed < message.frame().size() - data.offset;
  return data_fault{session_reject_reason::IncorrectDataFormatForValue, is_possible ? data.tag : length_tag};
}

}  // namespace troupe::protocol
