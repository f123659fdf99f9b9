// A message against a dictionary: one pass over the index of its fields, in the order of the wire.
//
// What is checked, with SessionRejectReason(373) and, in brackets, the switch that turns it off:
//   - ApplVerID(1128), if there is one and the session is of FIXT 1.1, names a version that there is a dictionary of (18)
//   - MsgType(35) is one of the dictionary's (11)
//   - a valid tag number (0) that the dictionary knows (0) and defines for this message (2)
//     [user_defined for tags of 5000 and above, unknown_fields for those below]
//   - a value (4) [empty_values]
//   - its format (6) and its place in the enumeration (5) [unknown_values; formats are checked always]
//   - header, body, trailer in this order (14) [disorder]
//   - no tag twice in its scope (13)
//   - a data field only behind its length field (1), which says how long it is (6); a length field only before its data field (1)
//   - groups, at any depth: as many entries as the count says (16), each beginning with the delimiter, its fields in the
//     order of the dictionary (15) [unordered_groups]
//   - required fields of header, message, trailer and each entry (1)
//   - those of an optional component one of whose fields is there (1) [only if conditional]
//
// A field that the dictionary does not know at all and that is put up with may stand anywhere, also between the fields of an entry,
// and changes nothing. One that it knows, but not for this message, ends the entry it stands in.
#pragma once

#include "protocol/dictionary.hpp"
#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol {

// What is put up with. The names of the settings are QuickFIX's; see docs/settings.md.
struct validation_rules {
  bool allow_empty_values = false;       // ValidateFieldsHaveValues=N
  bool allow_disorder = false;           // ValidateFieldsOutOfOrder=N: header, body and trailer fields anywhere
  bool allow_user_defined = false;       // ValidateUserDefinedFields=N: unknown tags of 5000 and above
  bool allow_unknown_fields = false;     // AllowUnknownMsgFields=Y: unknown tags below 5000
  bool allow_unknown_values = false;     // AllowUnknownEnumValues=Y
  bool allow_unordered_groups = false;   // ValidateUnorderedGroupFields=N
  bool first_is_delimiter = false;       // FirstFieldInGroupIsDelimiter=Y; counts only with allow_unordered_groups
  bool check_conditional = false;        // ValidateConditionalFields=Y
};

// The definitions that a session's messages are checked with: of FIX 4.x one dictionary is both; with FIXT 1.1 `session` has header,
// trailer and the session's own messages, `application` the others, as far as they do not say by ApplVerID(1128) of which
// version they are.
struct dictionaries {
  struct version {
    std::string appl_ver_id;
    std::shared_ptr<const dictionary> application;
  };

  std::shared_ptr<const dictionary> session;
  std::shared_ptr<const dictionary> application;
  std::vector<version> versions{};  // FIXT 1.1: what ApplVerID(1128) may say, that of `application` included. Else empty.
  std::vector<data_field> data_fields{};  // of all of them, once gathered

  [[nodiscard]] std::shared_ptr<const dictionary> find_version(std::string_view appl_ver_id) const {
    for (const auto& v : versions)
      if (v.appl_ver_id == appl_ver_id) return v.application;
    return nullptr;
  }

  [[nodiscard]] explicit operator bool() const { return session != nullptr; }
  // What the fields of any of the session's messages are told apart with: data fields beside the standard's.
  [[nodiscard]] std::span<const data_field> own_data_fields() const {
    if (!data_fields.empty()) return data_fields;
    return application ? application->own_data_fields() : std::span<const data_field>{};
  }
  // Of all the versions, which are known by their fields only.
  void gather_data_fields();
};

struct message_fault {
  static constexpr std::size_t no_field = static_cast<std::size_t>(-1);

  session_reject_reason reason{};
  std::optional<std::int64_t> ref_tag;  // RefTagID(371): as it came, may be zero or negative; nothing if it is no number
  std::size_t field = no_field;         // index of the field to blame; of a missing field: of where it was missed, or no_field
  bool is_conditional = false;          // missing only because of another field that is there
};

// The first fault, in the order of the wire; what is missing comes where its scope ends. No allocation; time in
// proportion to the number of fields. The dictionaries' rules hold for `message` as message_view::assign gives it.
[[nodiscard]] std::optional<message_fault> validate(const message_view& message, const dictionaries& defined, const validation_rules& rules = {});

// All of them, but at most `limit`, that of `validate` in front: for people, not for the session.
[[nodiscard]] std::vector<message_fault> validate_all(const message_view& message, const dictionaries& defined, const validation_rules& rules, std::size_t limit);

// For people: "Side(54)=9 is none of 1 (BUY), 2 (SELL) …".
[[nodiscard]] std::string describe(const message_fault& fault, const message_view& message, const dictionaries& defined);

}  // namespace troupe::protocol
