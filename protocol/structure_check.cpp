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

std::optional<bool> parse_bool(std::string_view value) {
  return value == "Y" || value == "N" ? std::optional{value == "Y"} : std::nullopt;
}

std::optional<seq_num> parse_seq_num(std::string_view value) {
  const auto number = parse_unsigned(value);
  return number ? std::optional{seq_num{*number}} : std::nullopt;
}

// The first of a tag counts. False: `read` is nothing.
template <class Value>
bool keep(std::optional<Value>& first, const std::optional<Value>& read) {
  if (!first) first = read;
  return read.has_value();
}

// Most messages have low tags only: the bits of the others are cleared when the first of them comes.
class tag_set {
 public:
  static constexpr std::uint32_t low_tags = 512, all_tags = 5000;

  // False: it was there.
  bool insert(std::uint32_t tag) {
    if (tag < low_tags) return insert_low(tag);
    if (!std::exchange(has_high_, true)) high_.fill(0);
    return insert(high_, tag - low_tags);
  }
  bool insert_low(std::uint32_t tag) { return insert(low_, tag); }

 private:
  template <class Bits>
  static bool insert(Bits& bits, std::uint32_t at) {
    const auto bit = std::uint64_t{1} << (at % 64);
    std::uint64_t& word = bits[at / 64];
    return (std::exchange(word, word | bit) & bit) == 0;
  }

  std::array<std::uint64_t, low_tags / 64> low_{};
  std::array<std::uint64_t, (all_tags - low_tags) / 64 + 1> high_;
  bool has_high_ = false;
};

class structure_walk {
 public:
  structure_walk(const message_view& message, const structure_rules& rules, session_header& header)
      : message_(message), rules_(rules), header_(header) {}

  fault run() {
    for (const field_ref& field : message_.fields())
      if (!is_plain(field))
        if (auto found = check(field)) return found;
    return std::nullopt;
  }

 private:
  enum class part { header, body, trailer };

  // As most are: there is nothing else to check.
  bool is_plain(const field_ref& field) {
    return field.tag < plain_tags_ && tag_kinds[field.tag] == plain_kinds_ && field.length != 0 && seen_.insert_low(field.tag);
  }

  fault check(const field_ref& field) {
    const auto kinds = kinds_of(field.tag);
    if (field.tag == 0) return structure_fault{reason::InvalidTagNumber, parse_int(message_.tag_text(field))};
    if (field.length == 0 && !rules_.may_be_empty) return structure_fault{reason::TagSpecifiedWithoutAValue, field.tag};
    if (!is_in_place(kinds)) return structure_fault{reason::TagSpecifiedOutOfRequiredOrder, field.tag};
    if (!is_first(field.tag)) return structure_fault{reason::TagAppearsMoreThanOnce, field.tag};
    if ((kinds & tag_kind::group) != 0) plain_tags_ = may_be_twice_ = 0;
    if ((kinds & tag_kind::formatted) != 0 && !read(field)) return structure_fault{reason::IncorrectDataFormatForValue, field.tag};
    return (kinds & tag_kind::data) != 0 ? against_length(field) : std::nullopt;
  }

  bool is_in_place(std::uint8_t kinds) {
    if (rules_.may_be_disordered) return true;
    const part belongs = (kinds & tag_kind::header) != 0 ? part::header : (kinds & tag_kind::trailer) != 0 ? part::trailer : part::body;
    if (belongs < at_) return false;
    at_ = belongs;
    plain_kinds_ = kinds & (tag_kind::header | tag_kind::trailer);
    return true;
  }

  // True also where it cannot be told.
  bool is_first(std::uint32_t tag) { return tag >= may_be_twice_ || seen_.insert(tag); }

  // False: not of its format.
  bool read(const field_ref& field) {
    const auto value = message_.value(field);
    switch (field.tag) {
      case tag::MsgSeqNum: return keep(header_.number, parse_seq_num(value));
      case tag::PossDupFlag: return keep(header_.is_possible_duplicate, parse_bool(value));
      case tag::PossResend: return parse_bool(value).has_value();
      case tag::SendingTime: return keep(header_.sending_time, parse_utc(value));
      case tag::OrigSendingTime: return keep(header_.orig_sending_time, parse_utc(value));
      default: return true;
    }
  }

  fault against_length(const field_ref& data) const {
    const bool is_behind_one = &data != message_.fields().data();
    const auto found = check_data(message_, data, is_behind_one ? *(&data - 1) : field_ref{}, find_data_field(data.tag).length_tag);
    return found ? fault{structure_fault{found->reason, found->tag}} : std::nullopt;
  }

  const message_view& message_;
  const structure_rules& rules_;
  session_header& header_;
  part at_ = part::header;
  std::uint8_t plain_kinds_ = tag_kind::header;        // of a field that belongs here, and nothing more
  std::uint32_t plain_tags_ = tag_set::low_tags;       // those below, unless a group may have begun
  std::uint32_t may_be_twice_ = tag_set::all_tags;     // those from here on: each may head a group; all, if one may have begun
  tag_set seen_;
};

}  // namespace

std::optional<structure_fault> structure_check(const message_view& message, const structure_rules& rules, session_header& read) {
  return structure_walk{message, rules, read}.run();
}

std::optional<structure_fault> structure_check(const message_view& message, const structure_rules& rules) {
  session_header unused;
  return structure_check(message, rules, unused);
}

}  // namespace troupe::protocol
