#include "apps/decode/print.hpp"
#include "apps/decode/printable.hpp"
#include "protocol/tags.hpp"

#include <map>
#include <vector>

namespace troupe::decode {
namespace {

void append_base64(std::string& into, std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t n) { return i + n < bytes.size() ? static_cast<unsigned char>(bytes[i + n]) : 0U; };
    const unsigned three = byte(0) << 16 | byte(1) << 8 | byte(2);
    into += digits[three >> 18];
    into += digits[three >> 12 & 63];
    into += i + 1 < bytes.size() ? digits[three >> 6 & 63] : '=';
    into += i + 2 < bytes.size() ? digits[three & 63] : '=';
  }
}

// Bytes that are no text come as {"base64": …}.
void append_value(std::string& into, std::string_view value) {
  if (is_utf8(value)) return append_json_string(into, value);
  into += "{\"base64\":\"";
  append_base64(into, value);
  into += "\"}";
}

class json_fields {
 public:
  json_fields(std::string& into, const decoded_message& m) : into_(into), m_(m) {}

  // Of the scope that begins there, down to what is less deep, or the next entry.
  std::size_t object(std::size_t i, std::uint16_t depth) {
    into_ += '{';
    const std::size_t begin = i;
    std::map<std::uint32_t, std::size_t> seen;
    while (i < places().size() && places()[i].depth >= depth && !(i > begin && depth > 0 && places()[i].depth == depth && places()[i].begins_entry)) {
      if (i > begin) into_ += ',';
      i = member(i, seen);
    }
    into_ += '}';
    return i;
  }

 private:
  const std::vector<placed_field>& places() const { return m_.places->fields(); }

  // A name that comes again in its scope has its number behind it: "Side#2".
  void key(std::size_t i, std::size_t times, std::string_view suffix = {}) {
    const auto name = m_.name(i);
    std::string text{name.empty() ? m_.fields()[i].tag_text : name};
    text += suffix;
    if (times > 0) text += "#" + std::to_string(times + 1);
    append_json_string(into_, text);
    into_ += ':';
  }

  std::size_t member(std::size_t i, std::map<std::uint32_t, std::size_t>& seen) {
    const auto tag = m_.fields()[i].tag;
    const std::size_t times = seen[tag]++;
    key(i, times);
    if (places()[i].is_group_count) return entries(i + 1, static_cast<std::uint16_t>(places()[i].depth + 1));
    append_value(into_, m_.value(i));
    std::string meaning;
    append_meaning(meaning, m_, i);
    if (!meaning.empty()) {
      into_ += ',';
      key(i, times, "_meaning");
      append_json_string(into_, meaning);
    }
    return i + 1;
  }

  std::size_t entries(std::size_t i, std::uint16_t depth) {
    into_ += '[';
    for (bool is_first = true; i < places().size() && places()[i].depth >= depth; is_first = false) {
      if (!is_first) into_ += ',';
      i = object(i, depth);
    }
    into_ += ']';
    return i;
  }

  std::string& into_;
  const decoded_message& m_;
};

void append_chosen(std::string& into, const decoded_message& m, std::span<const std::uint32_t> tags) {
  into += '{';
  bool is_first = true;
  for (const auto tag : tags) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < m.fields().size(); ++i)
      if (m.fields()[i].tag == tag) at.push_back(i);
    if (at.empty()) continue;
    if (!is_first) into += ',';
    is_first = false;
    append_json_string(into, m.name(at.front()).empty() ? m.fields()[at.front()].tag_text : m.name(at.front()));
    into += at.size() > 1 ? ":[" : ":";
    for (std::size_t n = 0; n < at.size(); ++n) {
      if (n > 0) into += ',';
      append_value(into, m.value(at[n]));
    }
    if (at.size() > 1) into += ']';
  }
  into += '}';
}

void append_faults(std::string& into, const decoded_message& m) {
  into += '[';
  for (std::size_t n = 0; n < m.faults->size(); ++n) {
    const auto& fault = (*m.faults)[n];
    into += n > 0 ? ",{" : "{";
    if (fault.tag != 0) into += "\"tag\":" + std::to_string(fault.tag) + ",";
    into += "\"text\":";
    std::string text;
    append_printable(text, fault.text);
    append_json_string(into, text);
    into += '}';
  }
  into += ']';
}

}  // namespace

void append_json_string(std::string& into, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  into += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      into += '\\';
      into += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      into += "\\u00";
      into += digits[byte >> 4];
      into += digits[byte & 15];
    } else {
      into += c;
    }
  }
  into += '"';
}

void print_json(std::string& into, const decoded_message& m, std::span<const std::uint32_t> tags) {
  using namespace protocol;
  const auto member = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    into += ",\"";
    into += name;
    into += "\":";
    append_value(into, value);
  };
  into += "{\"file\":";
  append_value(into, m.input);
  into += ",\"line\":" + std::to_string(m.where->line) + ",\"offset\":" + std::to_string(m.where->offset);
  member("time", m.time);
  member("version", m.frame->find(tag::BeginString));
  member("type", m.frame->find(tag::MsgType));
  member("name", m.type == nullptr ? std::string_view{} : std::string_view{m.type->name});
  into += ",\"fields\":";
  if (tags.empty())
    json_fields{into, m}.object(0, 0);
  else
    append_chosen(into, m, tags);
  into += ",\"errors\":";
  append_faults(into, m);
  into += "}\n";
}

}  // namespace troupe::decode
