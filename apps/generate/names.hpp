// What FIX names are called in C++.
//
// The rules (docs/typed-messages.md): words are parted where a capital follows a small letter or a digit, and in front of
// the last capital of a run if a small letter follows it. The plural s of an abbreviation belongs to it: NoPartyIDs is
// no_party_ids. Digits belong to the word in front: order_qty2. What C++ keeps for itself gets a '_' behind: new_.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace troupe::generate {

// "ClOrdID" -> "cl_ord_id". Always an identifier, whatever a counterparty's dictionary calls a field.
[[nodiscard]] std::string snake_case(std::string_view name);

// Of a value of an enumeration: "PARTIAL_FILL" -> "partial_fill"; "30_360" -> "value_30_360"; without a name by the value
// itself: "value_x".
[[nodiscard]] std::string value_name(std::string_view description, std::string_view value);

// Names of one scope of C++, each given once.
class name_scope {
 public:
  // `wanted`, or with `_` and `suffix` behind it if it is taken, and with numbers if that is, too. `second`: what is behind a second name
  // that goes with it and must be free as well.
  std::string take(const std::string& wanted, std::string_view suffix, std::string_view second = {});
  // Taken from the start.
  void reserve(const std::string& name) { taken_.insert(name); }
  [[nodiscard]] bool is_taken(const std::string& name) const { return taken_.contains(name); }

 private:
  std::unordered_set<std::string> taken_;
};

}  // namespace troupe::generate
