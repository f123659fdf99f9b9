// Which messages are wanted: the conditions of --only.
#pragma once

#include "apps/decode/decoded.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::decode {

// The tag of a field's name.
using find_tag_by_name = std::function<std::optional<std::uint32_t>(std::string_view)>;

// "54" or "Side"; nullopt if it is neither.
[[nodiscard]] std::optional<std::uint32_t> read_tag(std::string_view text, const find_tag_by_name& find);

// `*` is any run of characters, an empty one too.
[[nodiscard]] bool matches_pattern(std::string_view text, std::string_view pattern);

class condition {
 public:
  // "35=8", "Side=BUY", "35=D,F" (one of them), "58=*reject*", "54!=1", "11" (it is there). nullopt: `why` says what is wrong.
  [[nodiscard]] static std::optional<condition> read(std::string_view text, const find_tag_by_name& find, std::string& why);

  // Any of the fields with the tag holds one of the values, or means it. != is the opposite: also of a message without the field.
  [[nodiscard]] bool holds(const decoded_message& message) const;

 private:
  [[nodiscard]] bool is_there(const decoded_message& message) const;
  [[nodiscard]] bool matches(const decoded_message& message, std::size_t field) const;

  std::uint32_t tag_ = 0;
  bool is_negative_ = false;
  std::vector<std::string> patterns_;  // empty: the field is there
};

}  // namespace troupe::decode
