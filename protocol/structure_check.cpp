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
  static constexpr std::uint32_t all_tags = 5000;

  explicit tag_set(tag_marks::of_message low) : low_(low) {}
  [[nodiscard]] tag_marks::of_message low() const { return low_; }

  // False: it was there.
  bool insert(std::uint32_t tag) {
    if (tag < low_tags) return low_.insert(tag);
    if (!std::exchange(has_high_, true)) high_.fill(0);
    const auto at = tag - low_tags;
    const auto bit = std::uint64_t{1} << (at % 64);
    std::uint64_t& word = high_[at / 64];
    return (std::exchange(word, word | bit) & bit) == 0;
  }

 private:
  tag_marks::of_message low_;
  std::array<std::uint64_t, (all_tags - low_tags) / 64 + 1> high_;
  bool has_high_ = false;
};

class structure_walk {
 public:
  structure_walk(const message_view& message, const structure_rules& rules, session_header& header, tag_marks& marks, utc_reader& times)
      : message_(message), rules_(rules), header_(header), times_(times), seen_(marks.begin()) {}

  fault run() {
    const auto fields = message_.fields();
    const field_ref* const end = fields.data() + fields.size();
    for (const field_ref* at = fields.data();; ++at) {
      at = may_be_twice_ != 0 ? pass_plain(at, end) : pass_plain_behind_group(at, end);
      if (at == end) return std::nullopt;
      if (auto found = check(*at)) return found;
    }
  }

 private:
  // A part of the message by the kind of its fields: header, none for the body, trailer.
  static constexpr std::uint32_t parts = tag_kind::header | tag_kind::trailer;
  static constexpr unsigned rank(std::uint32_t part) { return part == tag_kind::header ? 0 : part == tag_kind::trailer ? 2 : 1; }

  // As most are: of the part we are in, or the first of the next, and there is nothing else to check.
  const field_ref* pass_plain(const field_ref* at, const field_ref* end) {
    const auto seen = seen_.low();
    do {
      const auto part = part_;
      while (at != end && at->kinds == part && at->length != 0 && seen.insert(at->tag)) ++at;
    } while (at != end && (passes_formatted(at, seen) || begins_part(at->kinds)));
    return at;
  }
  // What is not in order, `check` looks at again.
  bool passes_formatted(const field_ref*& at, tag_marks::of_message seen) {
    if (at->kinds != (part_ | tag_kind::formatted) || at->length == 0 || !read(*at) || !seen.insert(at->tag)) return false;
    ++at;
    return true;
  }
  const field_ref* pass_plain_behind_group(const field_ref* at, const field_ref* end) const {
    while (at != end && (at->kinds & ~std::uint32_t{tag_kind::high}) == part_ && at->length != 0) ++at;
    return at;
  }
  bool begins_part(std::uint32_t kinds) {
    const bool begins = kinds == 0 ? part_ == tag_kind::header : kinds == tag_kind::trailer && part_ != kinds;
    if (begins) part_ = kinds;
    return begins;
  }

  fault check(const field_ref& field) {
    const auto kinds = field.kinds;
    if (field.tag == 0) return structure_fault{reason::InvalidTagNumber, parse_int(message_.tag_text(field))};
    if (field.length == 0 && !rules_.may_be_empty) return structure_fault{reason::TagSpecifiedWithoutAValue, field.tag};
    if (!is_in_place(kinds)) return structure_fault{reason::TagSpecifiedOutOfRequiredOrder, field.tag};
    if (!is_first(field.tag)) return structure_fault{reason::TagAppearsMoreThanOnce, field.tag};
    if ((kinds & tag_kind::group) != 0) may_be_twice_ = 0;
    if ((kinds & tag_kind::formatted) != 0 && !read(field)) return structure_fault{reason::IncorrectDataFormatForValue, field.tag};
    return (kinds & tag_kind::data) != 0 ? against_length(field) : std::nullopt;
  }

  bool is_in_place(std::uint32_t kinds) {
    const auto part = kinds & parts;
    if (part == part_ || rules_.may_be_disordered) return true;
    if (rank(part) < rank(part_)) return false;
    part_ = part;
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
      case tag::SendingTime: return keep(header_.sending_time, times_.read(value));
      case tag::OrigSendingTime: return keep(header_.orig_sending_time, times_.read(value));
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
  utc_reader& times_;
  std::uint32_t part_ = tag_kind::header;           // where we are
  std::uint32_t may_be_twice_ = tag_set::all_tags;  // those from here on: each may head a group; all, if one may have begun
  tag_set seen_;
};

}  // namespace

std::optional<structure_fault> structure_checker::check(const message_view& message, const structure_rules& rules, session_header& read) {
  return structure_walk{message, rules, read, marks_, times_}.run();
}

}  // namespace troupe::protocol
