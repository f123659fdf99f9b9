#include "protocol/structure_check.hpp"

#include "protocol/number.hpp"
#include "protocol/utc.hpp"

#include <bitset>
#include <cstddef>

namespace troupe::protocol {
namespace {

using reason = session_reject_reason;
using fault = std::optional<structure_fault>;

// Format of the header fields that the session reads itself.
bool has_good_format(std::uint32_t tag, std::string_view value) {
  switch (tag) {
    case tag::MsgSeqNum:
      return parse_unsigned(value).has_value();
    case tag::PossDupFlag:
    case tag::PossResend:
      return value == "Y" || value == "N";
    case tag::SendingTime:
    case tag::OrigSendingTime:
      return parse_utc(value).has_value();
    default:
      return true;
  }
}

class structure_walk {
 public:
  structure_walk(const message_view& message, const structure_rules& rules) : message_(message), rules_(rules) {}

  fault run() {
    const auto fields = message_.fields();
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (auto found = check(fields[i], i > 0 ? fields[i - 1] : field_ref{})) return found;
    return std::nullopt;
  }

 private:
  enum class part { header, body, trailer };

  fault check(const field_ref& field, const field_ref& previous) {
    if (field.tag == 0) return structure_fault{reason::InvalidTagNumber, parse_int(message_.tag_text(field))};
    if (field.length == 0 && !rules_.may_be_empty) return structure_fault{reason::TagSpecifiedWithoutAValue, field.tag};
    if (!is_in_place(field.tag)) return structure_fault{reason::TagSpecifiedOutOfRequiredOrder, field.tag};
    if (!is_first(field)) return structure_fault{reason::TagAppearsMoreThanOnce, field.tag};
    if (!has_good_format(field.tag, message_.value(field))) return structure_fault{reason::IncorrectDataFormatForValue, field.tag};
    if (is_data_tag(field.tag)) return check_data(field, previous);
    return std::nullopt;
  }

  bool is_in_place(std::uint32_t tag) {
    if (rules_.may_be_disordered) return true;
    const part belongs = is_header_tag(tag) ? part::header : is_trailer_tag(tag) ? part::trailer : part::body;
    if (belongs < at_) return false;
    at_ = belongs;
    return true;
  }

  // True also where it cannot be told.
  bool is_first(const field_ref& field) {
    if (is_grouped_ || field.tag >= seen_.size()) {
      is_grouped_ = is_grouped_ || may_be_group_count(field.tag);
      return true;
    }
    if (seen_[field.tag]) return false;
    seen_.set(field.tag);
    is_grouped_ = may_be_group_count(field.tag);
    return true;
  }

  fault check_data(const field_ref& data, const field_ref& previous) const {
    const std::uint32_t length_tag = find_data_field(data.tag).length_tag;
    if (previous.tag != length_tag) return structure_fault{reason::RequiredTagMissing, length_tag};
    const auto claimed = parse_unsigned(message_.value(previous));
    if (claimed == data.length) return std::nullopt;
    const bool is_possible = claimed && *claimed < message_.frame().size() - data.offset;
    return structure_fault{reason::IncorrectDataFormatForValue, is_possible ? data.tag : length_tag};
  }

  const message_view& message_;
  const structure_rules& rules_;
  part at_ = part::header;
  bool is_grouped_ = false;  // a field that may head a group was seen
  std::bitset<5000> seen_;
};

}  // namespace

std::optional<structure_fault> structure_check(const message_view& message, const structure_rules& rules) {
  return structure_walk{message, rules}.run();
}

}  // namespace troupe::protocol
