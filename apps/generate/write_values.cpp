#include "apps/generate/names.hpp"
#include "apps/generate/writer.hpp"
#include "protocol/decimal.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <set>

namespace troupe::generate {
namespace {

std::string escaped(std::string_view text, char quote) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) out += fmt::format("\\{:03o}", byte);
    else if (c == quote || c == '\\' || c == '?') out += std::string{'\\', c};
    else out += c;
  }
  return out;
}

// The least of all integers has no literal.
std::string integer_literal(std::int64_t value) {
  return value == std::numeric_limits<std::int64_t>::min() ? std::to_string(value + 1) + " - 1" : std::to_string(value);
}

std::string decimal_literal(std::string_view text) {
  const auto value = protocol::parse_decimal(text);
  return value ? fmt::format("{{{}, {}}}", integer_literal(value->mantissa), value->exponent) : "";
}

// Type and value of a constant; an empty value: it is none of the type.
struct constant {
  std::string_view type;
  std::string value;
};

constant constant_of(const field_layout& field, std::string_view value) {
  switch (field.kind) {
    case field_kind::flag:
      return {"bool", value == "Y" ? "true" : value == "N" ? "false" : ""};
    case field_kind::decimal:
      return {"::troupe::protocol::decimal", decimal_literal(value)};
    case field_kind::seq_num: {
      const auto number = protocol::parse_unsigned(value);
      return {"::troupe::protocol::seq_num", number ? fmt::format("{{{}u}}", *number) : ""};
    }
    default:
      return {"std::string_view", text_literal(value)};
  }
}

std::string enumerator_of(const field_layout& field, std::string_view value) {
  return field.kind == field_kind::integers ? integer_literal(protocol::parse_int(value).value_or(0)) : character_literal(value[0]);
}

void write_enumeration(std::string& to, const field_layout& field) {
  const bool is_enum = has_enum_class(field.kind);
  const auto& f = *field.definition;
  to += fmt::format("\n// {}({}){}\n", comment_text(f.name), f.tag, f.allows_other_values ? ", and others by agreement" : "");
  to += is_enum ? fmt::format("enum class {} : {} {{\n", field.enumeration, field.kind == field_kind::integers ? "std::int64_t" : "char")
                : fmt::format("namespace {} {{\n", field.enumeration);
  name_scope names;
  for (const auto& v : f.values) {
    const auto name = names.take(value_name(v.name, v.value), v.value);
    if (is_enum) {
      to += fmt::format("  {} = {},\n", name, enumerator_of(field, v.value));
    } else if (const auto made = constant_of(field, v.value); !made.value.empty()) {
      const bool is_braced = made.value[0] == '{';
      to += fmt::format("inline constexpr {} {}{}{};\n", made.type, name, is_braced ? "" : " = ", made.value);
    }
  }
  to += is_enum ? "};\n" : "}\n";
}

// Of the standard library's headers, as far as a field might be called so; errors and signals have a family name.
bool is_macro(std::string_view name) {
  constexpr auto macros = std::to_array<std::string_view>({"BUFSIZ", "CHAR_BIT", "CHAR_MAX", "CHAR_MIN", "EOF", "FILENAME_MAX", "HUGE_VAL", "INFINITY", "INT_MAX", "INT_MIN", "LONG_MAX",
                                                           "LONG_MIN", "NAN", "NULL", "RAND_MAX", "SEEK_CUR", "SEEK_END", "SEEK_SET", "SHRT_MAX", "SHRT_MIN", "TMP_MAX", "UINT_MAX"});
  const bool is_capital = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool is_family = is_capital && name.size() > 3 && (name.starts_with('E') || name.starts_with("SIG"));
  return is_family || std::find(macros.begin(), macros.end(), name) != macros.end();
}

// The standard's spelling, if it can be a name in C++.
std::string own_name(const std::string& name, const std::string& otherwise) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  const bool is_capital = !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
  return is_plain && is_capital && name.find("__") == std::string::npos && !is_macro(name) ? name : otherwise;
}

std::string write_msg_types(const layout& what) {
  std::string out = "\n// MsgType(35): of messages, and values for which there is no message here.\nnamespace msg_type {\n";
  name_scope names;
  std::set<std::string_view> known;
  const auto write = [&](const std::string& name, std::string_view type) {
    if (known.insert(type).second) out += fmt::format("inline constexpr std::string_view {} = {};\n", names.take(name, type), text_literal(type));
  };
  for (const auto& m : what.messages) write(own_name(m.definition->name, m.name), m.definition->msg_type);
  for (const auto& f : what.fields)
    if (f->definition->tag == protocol::tag::MsgType)
      for (const auto& v : f->definition->values) write(value_name(v.name, v.value), v.value);
  return out + "}  // namespace msg_type\n";
}

}  // namespace

std::string character_literal(char c) { return "'" + escaped({&c, 1}, '\'') + "'"; }
std::string text_literal(std::string_view text) { return '"' + escaped(text, '"') + '"'; }

std::string comment_text(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c < 0x20 || c > 0x7e || c == '\\') c = '?';
  return out;
}

std::string write_tags(const layout& what) {
  std::string out = "\n// Numbers of fields.\nnamespace tag {\n";
  name_scope names;
  for (const auto& f : what.fields) {
    const auto& d = *f->definition;
    out += fmt::format("inline constexpr std::uint32_t {} = {};\n", names.take(own_name(d.name, f->name), std::to_string(d.tag)), d.tag);
  }
  return out + "}  // namespace tag\n" + write_msg_types(what);
}

std::string write_values(const layout& what) {
  std::string out = "\n// Tags of all fields, ascending: what else stands in a message is unknown.\ninline constexpr std::uint32_t known_tags[] = {";
  for (std::size_t i = 0; i < what.fields.size(); ++i) out += fmt::format("{}{}", i == 0 ? "" : i % 24 == 0 ? ",\n    " : ", ", what.fields[i]->definition->tag);
  out += "};\n";
  for (const auto& f : what.fields)
    if (!f->enumeration.empty()) write_enumeration(out, *f);
  return out;
}

}  // namespace troupe::generate
