#include "protocol/validate.hpp"

#include "protocol/data_fault.hpp"
#include "protocol/number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>

namespace troupe::protocol {
namespace {

using reason = session_reject_reason;

constexpr std::uint32_t first_user_defined = 5000;

std::span<const field_ref>::iterator find_in_header(std::span<const field_ref> fields, std::uint32_t tag) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const field_ref& f) { return f.tag == tag || !is_header_tag(f.tag); });
  return found != fields.end() && found->tag == tag ? found : fields.end();
}

// Which members of a scope were there.
class seen_members {
 public:
  explicit seen_members(const dictionary_scope& scope) : words_(scope.required().size()) { std::fill_n(bits_.begin(), words_, 0); }

  // False: it was there.
  bool insert(std::size_t position) {
    const auto bit = std::uint64_t{1} << (position % 64);
    return (std::exchange(bits_[position / 64], bits_[position / 64] | bit) & bit) == 0;
  }
  [[nodiscard]] bool has(std::size_t position) const { return (bits_[position / 64] >> (position % 64) & 1) != 0; }

  // Calls `use(position)` for each required one that was not there, until it says stop.
  template <class Use>
  bool each_missing(std::span<const std::uint64_t> required, Use use) const {
    for (std::size_t w = 0; w < words_; ++w)
      for (std::uint64_t missing = required[w] & ~bits_[w]; missing != 0; missing &= missing - 1)
        if (use(w * 64 + static_cast<std::size_t>(std::countr_zero(missing)))) return true;
    return false;
  }

 private:
  std::size_t words_;
  std::array<std::uint64_t, dictionary::max_members / 64> bits_;
};

// `Sink`: bool operator()(message_fault), true to stop.
template <class Sink>
class walk {
 public:
  walk(const message_view& message, const dictionaries& defined, const validation_rules& rules, Sink& sink)
      : message_(message), fields_(message.fields()), defined_(defined), rules_(rules), sink_(sink) {}

  void run() {
    const auto type = message_.msg_type();
    if (type.empty() && !rules_.allow_empty_values && fault(reason::TagSpecifiedWithoutAValue, tag::MsgType, 2)) return;
    if (type.empty()) return;
    const dictionary* application = defined_.application.get();
    home_ = defined_.session.get();
    const auto* definition = home_->find_message(type);
    if (definition == nullptr && !defined_.versions.empty() && !choose_version(application)) return;
    if (definition == nullptr && application) {
      home_ = application;
      definition = home_->find_message(type);
    }
    if (definition == nullptr) {
      (void)sink_({reason::InvalidMsgType, std::nullopt, 2});
      return;
    }
    walk_message(home_->scope(*definition));
  }

 private:
  enum class part : std::uint8_t { header, body, trailer };

  // False: the message is of a version that there is no dictionary of.
  bool choose_version(const dictionary*& application) {
    const auto at = find_in_header(fields_, tag::ApplVerID);
    if (at == fields_.end() || at->length == 0) return true;  // an empty one is judged with the others
    if (const auto named = defined_.find_version(message_.value(*at))) return application = named.get(), true;
    (void)fault(reason::InvalidUnsupportedApplVer, tag::ApplVerID, static_cast<std::size_t>(at - fields_.begin()));
    return false;
  }

  struct top {
    const dictionary* of;
    const dictionary_scope& scope;
    seen_members seen;
    top(const dictionary& d, const dictionary_scope& s) : of(&d), scope(s), seen(s) {}
  };

  void walk_message(const dictionary_scope& body_scope) {
    top header{*defined_.session, defined_.session->header()}, body{*home_, body_scope}, trailer{*defined_.session, defined_.session->trailer()};
    part at = part::header;
    for (std::size_t i = 0; i < fields_.size();) {
      const std::uint32_t tag = fields_[i].tag;
      part belongs = part::body;
      std::size_t position = dictionary_scope::none;
      if (at == part::header && (position = header.scope.find(tag)) != dictionary_scope::none) belongs = part::header;
      if (position == dictionary_scope::none) position = body.scope.find(tag);
      if (position == dictionary_scope::none && at != part::header && (position = header.scope.find(tag)) != dictionary_scope::none) belongs = part::header;
      if (position == dictionary_scope::none && (position = trailer.scope.find(tag)) != dictionary_scope::none) belongs = part::trailer;
      if (position == dictionary_scope::none) {
        if (is_odd(i)) return;
        ++i;
        continue;
      }
      if (belongs < at && !rules_.allow_disorder) {
        if (fault(reason::TagSpecifiedOutOfRequiredOrder, tag, i)) return;
      } else {
        at = belongs;
      }
      top& t = belongs == part::header ? header : belongs == part::body ? body : trailer;
      i = walk_member(*t.of, t.scope, t.seen, position, i);
    }
    if (is_stopped_) return;
    for (const top* t : {&header, &body, &trailer})
      if (is_lacking(t->scope, t->seen, message_fault::no_field)) return;
  }

  // Stopped: behind the last field.
  std::size_t stop() {
    is_stopped_ = true;
    return fields_.size();
  }

  // A field of a scope, and the entries behind it if it is a NumInGroup field. What comes next.
  std::size_t walk_member(const dictionary& d, const dictionary_scope& scope, seen_members& seen, std::size_t position, std::size_t i) {
    const auto& member = scope.members()[position];
    const std::uint32_t tag = fields_[i].tag;
    if (!seen.insert(position) && fault(reason::TagAppearsMoreThanOnce, tag, i)) return stop();
    if (is_wrong(d.field(member), i)) return stop();
    return member.group == 0 ? i + 1 : walk_group(d, d.scope(member.group), i);
  }

  std::size_t walk_group(const dictionary& d, const dictionary_scope& scope, std::size_t at) {
    const auto count = parse_unsigned(message_.value(fields_[at]));
    std::uint64_t entries = 0;
    std::size_t i = at + 1;
    std::uint32_t delimiter = scope.members().front().tag;
    const std::size_t first = next_placed(i);
    if (first < fields_.size() && scope.find(fields_[first].tag) != dictionary_scope::none) {
      if (fields_[first].tag != delimiter) {
        if (!(rules_.allow_unordered_groups && rules_.first_is_delimiter) && fault(reason::RepeatingGroupFieldsOutOfOrder, fields_[first].tag, first)) return stop();
        delimiter = fields_[first].tag;
      }
      if (!pass_over(i, first)) return stop();
      for (; i < fields_.size() && fields_[i].tag == delimiter; ++entries) i = walk_entry(d, scope, i, delimiter);
    }
    if (is_stopped_) return fields_.size();
    if (count && *count != entries && fault(reason::IncorrectNumInGroupCount, fields_[at].tag, at)) return stop();
    return i;
  }

  std::size_t walk_entry(const dictionary& d, const dictionary_scope& scope, std::size_t begin, std::uint32_t delimiter) {
    seen_members seen{scope};
    std::size_t last = 0;
    std::size_t i = begin;
    while (i < fields_.size()) {
      const std::uint32_t tag = fields_[i].tag;
      if (tag == delimiter && i != begin) break;
      const auto position = scope.find(tag);
      if (position == dictionary_scope::none) {
        const std::size_t next = next_placed(i);
        if (next == i || next == fields_.size() || scope.find(fields_[next].tag) == dictionary_scope::none) break;
        if (!pass_over(i, next)) return stop();
        continue;
      }
      if (position < last && !rules_.allow_unordered_groups && fault(reason::RepeatingGroupFieldsOutOfOrder, tag, i)) return stop();
      last = std::max(last, position);
      i = walk_member(d, scope, seen, position, i);
    }
    if (is_stopped_ || is_lacking(scope, seen, begin)) return stop();
    return i;
  }

  // From here on the first field that the dictionary knows, or that is not put up with: only one that nobody knows cannot end an entry.
  std::size_t next_placed(std::size_t i) const {
    while (i < fields_.size() && fields_[i].tag != 0 && is_put_up_with(fields_[i].tag) && find_field(fields_[i].tag) == nullptr) ++i;
    return i;
  }
  // Looks at what is put up with. False: stopped.
  bool pass_over(std::size_t& i, std::size_t end) {
    for (; i < end; ++i)
      if (is_odd(i)) return false;
    return true;
  }
  bool is_put_up_with(std::uint32_t tag) const { return tag >= first_user_defined ? rules_.allow_user_defined : rules_.allow_unknown_fields; }

  const field_definition* find_field(std::uint32_t tag) const {
    if (const auto* found = home_->find_field(tag)) return found;
    return home_ == defined_.session.get() ? nullptr : defined_.session->find_field(tag);
  }

  // ---------------------------------------------------------------- one field

  // A field that is not of this message.
  bool is_odd(std::size_t i) {
    const auto& field = fields_[i];
    if (field.tag == 0) return fault(reason::InvalidTagNumber, parse_int(message_.tag_text(field)), i);
    const auto* definition = find_field(field.tag);
    if (!is_put_up_with(field.tag)) return fault(definition == nullptr ? reason::InvalidTagNumber : reason::TagNotDefinedForThisMessageType, field.tag, i);
    if (definition != nullptr) return is_wrong(*definition, i);
    return field.length == 0 && !rules_.allow_empty_values && fault(reason::TagSpecifiedWithoutAValue, field.tag, i);
  }

  bool is_wrong(const field_definition& definition, std::size_t i) {
    const auto& field = fields_[i];
    if (field.length == 0) return !rules_.allow_empty_values && fault(reason::TagSpecifiedWithoutAValue, field.tag, i);
    if (definition.data_tag != 0 && !is_before(definition.data_tag, i) && fault(reason::RequiredTagMissing, definition.data_tag, i)) return true;
    if (definition.length_tag != 0) return is_wrong_data(definition, i);
    const auto value = message_.value(field);
    const bool is_closed = definition.is_enumerated() && !definition.allows_other_values && !rules_.allow_unknown_values;
    if (!(is_closed && is_text_type(definition.type)) && !has_format(definition.type, value)) return fault(reason::IncorrectDataFormatForValue, field.tag, i);
    return is_closed && field.tag != tag::MsgType && !is_in_enumeration(definition, value) && fault(reason::ValueIsIncorrect, field.tag, i);
  }

  bool is_before(std::uint32_t tag, std::size_t i) const { return i + 1 < fields_.size() && fields_[i + 1].tag == tag; }

  bool is_wrong_data(const field_definition& definition, std::size_t i) {
    const auto found = check_data(message_, fields_[i], i > 0 ? fields_[i - 1] : field_ref{}, definition.length_tag);
    const bool is_of_length = found && found->reason == reason::IncorrectDataFormatForValue && found->tag == definition.length_tag;
    return found && fault(found->reason, found->tag, is_of_length ? i - 1 : i);
  }

  static bool is_in_enumeration(const field_definition& definition, std::string_view value) {
    if (definition.type == field_type::Boolean) return true;
    if (!is_multiple_type(definition.type)) return definition.has_value(value);
    for (std::size_t at = 0; at <= value.size();) {
      const auto end = std::min(value.find(' ', at), value.size());
      if (!definition.has_value(value.substr(at, end - at))) return false;
      at = end + 1;
    }
    return true;
  }

  // ---------------------------------------------------------------- what is missing

  bool is_lacking(const dictionary_scope& scope, const seen_members& seen, std::size_t at) {
    const auto complain = [&](std::size_t position) { return fault(reason::RequiredTagMissing, scope.members()[position].tag, at); };
    if (seen.each_missing(scope.required(), complain)) return true;
    if (!rules_.check_conditional) return false;
    for (const auto& block : scope.optional_blocks()) {
      bool is_there = false;
      for (std::size_t p = block.begin; p < block.end && !is_there; ++p) is_there = seen.has(p);
      for (const auto position : block.required)
        if (is_there && !seen.has(position) && fault(reason::RequiredTagMissing, scope.members()[position].tag, at, true)) return true;
    }
    return false;
  }

  bool fault(reason why, std::optional<std::int64_t> tag, std::size_t field, bool is_conditional = false) {
    is_stopped_ = is_stopped_ || sink_({why, tag, field, is_conditional});
    return is_stopped_;
  }

  const message_view& message_;
  const std::span<const field_ref> fields_;
  const dictionaries& defined_;
  const validation_rules& rules_;
  Sink& sink_;
  const dictionary* home_ = nullptr;  // which defines the message
  bool is_stopped_ = false;
};

bool is_of_value(const message_fault& fault) {
  return fault.reason == reason::TagSpecifiedWithoutAValue || fault.reason == reason::IncorrectDataFormatForValue || fault.reason == reason::ValueIsIncorrect;
}

// Of a group whose count is wrong that is said, and not what stands in its entries: they may not be entries of it at all. The count
// is known behind the entries, so a group that ended in front of the field has said it already.
bool is_reason_for(const message_fault& later, const message_fault& of_value) {
  return later.reason == reason::IncorrectNumInGroupCount && later.field < of_value.field;
}

}  // namespace

void dictionaries::gather_data_fields() {
  data_fields.clear();
  const auto add = [this](const std::shared_ptr<const dictionary>& from) {
    if (!from) return;
    for (const auto& own : from->own_data_fields())
      if (length_tag_of(own.data_tag, data_fields) == 0) data_fields.push_back(own);
  };
  add(application);
  add(session);
  for (const auto& v : versions) add(v.application);
}

std::optional<message_fault> validate(const message_view& message, const dictionaries& defined, const validation_rules& rules) {
  std::optional<message_fault> first;
  const auto sink = [&](const message_fault& f) {
    if (!first || is_reason_for(f, *first)) first = f;
    return !is_of_value(*first);
  };
  walk{message, defined, rules, sink}.run();
  return first;
}

namespace {

void put_in_front(const message_fault& first, std::vector<message_fault>& all) {
  const auto is_it = [&](const message_fault& f) { return f.reason == first.reason && f.ref_tag == first.ref_tag && f.field == first.field; };
  const auto known = std::find_if(all.begin(), all.end(), is_it);
  if (known != all.end()) std::rotate(all.begin(), known, known + 1);
  else all.front() = first;
}

}  // namespace

std::vector<message_fault> validate_all(const message_view& message, const dictionaries& defined, const validation_rules& rules, std::size_t limit) {
  std::vector<message_fault> all;
  const auto sink = [&](const message_fault& f) {
    if (all.size() < limit) all.push_back(f);
    return all.size() >= limit;
  };
  walk{message, defined, rules, sink}.run();
  if (!all.empty() && is_of_value(all.front())) put_in_front(*validate(message, defined, rules), all);
  return all;
}

}  // namespace troupe::protocol
