#include "protocol/structure_check.hpp"

#include "protocol/data_fault.hpp"
#include "protocol/number.hpp"
#include "protocol/utc.hpp"

#include <array>
#include <cstddef>
#include <utility>

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

constexpr std::uint32_t told_apart = 5000;

// Most messages have low tags only: the bits of the others are cleared when the first of them comes.
class tag_set {
 public:
  // False: it was there.
  bool insert(std::uint32_t tag) {
    if (tag < low_tags) return insert(low_, tag);
    if (!std::exchange(has_high_, true)) high_.fill(0);
    return insert(high_, tag - low_tags);
  }

 private:
  static constexpr std::uint32_t low_tags = 512;

  template <class Bits>
  static bool insert(Bits& bits, std::uint32_t at) {
    const auto bit = std::uint64_t{1} << (at % 64);
    return (std::exchange(bits[at / 64], bits[at / 64] | bit) & bit) == 0;
  }

  std::array<std::uint64_t, low_tags / 64> low_{};
  std::array<std::uint64_t, (told_apart - low_tags) / 64 + 1> high_;
  bool has_high_ = false;
};

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
    const auto kinds = kinds_of(field.tag);
    if (!is_in_place(kinds)) return structure_fault{reason::TagSpecifiedOutOfRequiredOrder, field.tag};
    if (!is_first(field.tag, kinds)) return structure_fault{reason::TagAppearsMoreThanOnce, field.tag};
    if ((kinds & (tag_kind::formatted | tag_kind::data)) == 0) return std::nullopt;
    if (!has_good_format(field.tag, message_.value(field))) return structure_fault{reason::IncorrectDataFormatForValue, field.tag};
    return (kinds & tag_kind::data) != 0 ? against_length(field, previous) : std::nullopt;
  }

  bool is_in_place(std::uint8_t kinds) {
    if (rules_.may_be_disordered) return true;
    const part belongs = (kinds & tag_kind::header) != 0 ? part::header : (kinds & tag_kind::trailer) != 0 ? part::trailer : part::body;
    if (belongs < at_) return false;
    at_ = belongs;
    return true;
  }

  // True also where it cannot be told.
  bool is_first(std::uint32_t tag, std::uint8_t kinds) {
    const bool is_grouped = std::exchange(is_grouped_, is_grouped_ || (kinds & tag_kind::group) != 0);
    return is_grouped || tag >= told_apart || seen_.insert(tag);
  }

  fault against_length(const field_ref& data, const field_ref& previous) const {
    const auto found = check_data(message_, data, previous, find_data_field(data.tag).length_tag);
    return found ? fault{structure_fault{found->reason, found->tag}} : std::nullopt;
  }

  const message_view& message_;
  const structure_rules& rules_;
  part at_ = part::header;
  bool is_grouped_ = false;  // a field that may head a group was seen
  tag_set seen_;
};

}  // namespace

std::optional<structure_fault> structure_check(const message_view& message, const structure_rules& rules) {
  return structure_walk{message, rules}.run();
}

}  // namespace troupe::protocol
