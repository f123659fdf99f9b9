#include "apps/generate/writer.hpp"
#include "protocol/outgoing_tags.hpp"
#include "protocol/tags.hpp"

#include <fmt/format.h>

namespace troupe::generate {
namespace {

constexpr std::string_view home = "::troupe::protocol::";

std::string qualified(const layout& what, std::string_view name) { return fmt::format("::{}::{}", what.name, name); }

std::string comment_of(const member_layout& m) {
  const auto& d = *m.field->definition;
  return fmt::format("  // {}({}) {}{}{}\n", comment_text(d.name), d.tag, protocol::to_string(d.type), m.is_required ? ", required" : "",
                     m.field->enumeration.empty() ? "" : ", one of " + m.field->enumeration);
}

// ---------------------------------------------------------------- getters

struct getter {
  std::string type;
  std::string value;  // from `fields`
};

getter getter_of(const member_layout& m, const layout& what, const std::string& fields) {
  const auto tag = m.field->definition->tag;
  const auto find = [&](std::string_view type, std::string_view how) { return getter{fmt::format("std::optional<{}>", type), fmt::format("{}.{}({})", fields, how, tag)}; };
  const auto own = [&](std::string_view type, std::string_view how) { return find(fmt::format("{}{}", home, type), how); };
  const auto as_enumeration = [&](std::string_view how) {
    const auto type = qualified(what, m.field->enumeration);
    return getter{fmt::format("std::optional<{}>", type), fmt::format("{}as_enumeration<{}>({}.{}({}))", home, type, fields, how, tag)};
  };
  const auto several = [&](const std::string& value) {
    const auto type = fmt::format("{}multiple_value<{}>", home, value);
    return getter{type, fmt::format("{}{{{}.find({})}}", type, fields, tag)};
  };
  switch (m.field->kind) {
    case field_kind::text:
    case field_kind::data:
      return find("std::string_view", "find");
    case field_kind::character:
      return find("char", "find_char");
    case field_kind::characters:
      return as_enumeration("find_char");
    case field_kind::integer:
    case field_kind::length:
      return find("std::int64_t", "find_int");
    case field_kind::integers:
      return as_enumeration("find_int");
    case field_kind::seq_num:
      return own("seq_num", "find_seq_num");
    case field_kind::flag:
      return find("bool", "find_bool");
    case field_kind::decimal:
      return own("decimal", "find_decimal");
    case field_kind::timestamp:
      return own("utc_time", "find_utc");
    case field_kind::date:
      return find("std::chrono::year_month_day", "find_date");
    case field_kind::time_of_day:
      return own("time_of_day", "find_time_of_day");
    case field_kind::several_characters:
      return several(qualified(what, m.field->enumeration));
    case field_kind::several_texts:
      return several("std::string_view");
  }
  return {};
}

// Where the field is looked for: not in entries that have the same tag.
std::string fields_for(const member_layout& m, const layout& what) {
  std::string groups;
  for (const auto* group : m.also_in)
    groups += fmt::format("{}{{{}, {}::members}}", groups.empty() ? "" : ", ", group->count->definition->tag, qualified(what, group->name + "_entry"));
  return groups.empty() ? "fields_" : fmt::format("{}outside_of_groups(fields_, {}, {{{}}}, {})", home, m.field->definition->tag, groups, qualified(what, "known_tags"));
}

// A function of a class has neither its name nor that of its MsgType(35).
std::string member_name(const member_layout& m, std::string_view self) {
  const bool is_taken = m.field->name == self || (m.field->definition->tag == protocol::tag::MsgType && !self.starts_with("header_"));
  return is_taken ? m.field->name + "_" : m.field->name;
}

void write_getter(std::string& to, const member_layout& m, const layout& what, std::string_view self) {
  to += comment_of(m);
  const auto fields = fields_for(m, what);
  const auto name = member_name(m, self);
  if (m.group) {
    const auto entry = qualified(what, m.group->name + "_entry");
    to += fmt::format("  [[nodiscard]] {0}typed_group<{1}> {2}() const {{ return {0}typed_group<{1}>{{{3}.group({4}, {1}::members, {5})}}; }}\n", home, entry, name, fields,
                      m.field->definition->tag, qualified(what, "known_tags"));
    return;
  }
  const auto g = getter_of(m, what, fields);
  to += fmt::format("  [[nodiscard]] {} {}() const {{ return {}; }}\n", g.type, name, g.value);
}

// ---------------------------------------------------------------- setters

class setters {
 public:
  setters(std::string& to, const layout& what, std::string_view self, std::string_view target) : to_(to), what_(what), self_(self), target_(target) {}

  void write(const member_layout& m) {
    const auto& d = *m.field->definition;
    if (m.field->kind == field_kind::length || protocol::is_stamped_tag(d.tag) || !m.is_writable) return;
    to_ += comment_of(m);
    if (m.group) return write_group(m);
    switch (m.field->kind) {
      case field_kind::text:
        return one(m, "std::string_view value");
      case field_kind::character:
        return one(m, "Character value", "template <std::same_as<char> Character> ");
      case field_kind::characters:
        return one(m, qualified(what_, m.field->enumeration) + " value", "", "static_cast<char>(value)");
      case field_kind::integer:
      case field_kind::length:
        return integer(m);
      case field_kind::integers:
        return one(m, qualified(what_, m.field->enumeration) + " value", "", "static_cast<std::int64_t>(value)");
      case field_kind::seq_num:
        one(m, fmt::format("{}seq_num value", home), "", "value.value");
        return integer(m);
      case field_kind::flag:
        return one(m, "Flag value", "template <std::same_as<bool> Flag> ");
      case field_kind::decimal:
        one(m, fmt::format("const {}decimal& value", home));
        return integer(m);
      case field_kind::timestamp:
        return one(m, fmt::format("{}utc_time value, {}", home, precision()), "", "value, precision");
      case field_kind::date:
        return one(m, "std::chrono::year_month_day value");
      case field_kind::time_of_day:
        return one(m, fmt::format("{}time_of_day value, {}", home, precision(d.type == protocol::field_type::LocalMktTime)), "", "value, precision");
      case field_kind::several_characters:
        one(m, "std::string_view value");
        return one(m, fmt::format("std::initializer_list<{}> values", qualified(what_, m.field->enumeration)), "", fmt::format("{}join_values(values)", home));
      case field_kind::several_texts:
        one(m, "std::string_view value");
        return one(m, "std::initializer_list<std::string_view> values", "", fmt::format("{}join_values(values)", home));
      case field_kind::data:
        return data(m);
    }
  }

 private:
  std::string precision(bool is_whole = false) const {
    return fmt::format("{0}utc_precision precision = {0}utc_precision::{1}", home, is_whole || what_.has_whole_seconds ? "seconds" : "milliseconds");
  }

  std::string name_of(const member_layout& m) const { return member_name(m, self_); }

  void integer(const member_layout& m) { one(m, "Number value", fmt::format("template <{}integer_value Number> ", home)); }

  void one(const member_layout& m, std::string_view parameters, std::string_view front = "", std::string_view value = "value") {
    to_ += fmt::format("  {}{}& {}({}) {{ {}.field({}, {}); return *this; }}\n", front, self_, name_of(m), parameters, target_, m.field->definition->tag, value);
  }

  void data(const member_layout& m) {
    const auto& d = *m.field->definition;
    to_ += fmt::format("  {}& {}(std::string_view bytes) {{ {}.data({}, {}, bytes); return *this; }}\n", self_, name_of(m), target_, d.length_tag, d.tag);
  }

  void write_group(const member_layout& m) {
    to_ += fmt::format("  [[nodiscard]] {0} {1}() {{ return {0}{{{2}}}; }}\n", qualified(what_, m.group->name + "_builder"), name_of(m), target_);
  }

  std::string& to_;
  const layout& what_;
  std::string_view self_, target_;
};

}  // namespace

std::string write_getters(const scope_layout& scope, const layout& what, std::string_view self) {
  std::string out;
  for (const auto& m : scope.members) write_getter(out, m, what, self);
  return out;
}

std::string write_setters(const scope_layout& scope, const layout& what, std::string_view self, std::string_view target) {
  std::string out;
  setters all{out, what, self, target};
  for (const auto& m : scope.members) all.write(m);
  return out;
}

}  // namespace troupe::generate
