#include "apps/decode/print.hpp"
#include "apps/decode/printable.hpp"
#include "protocol/tags.hpp"

#include <algorithm>

namespace troupe::decode {
namespace {

constexpr std::size_t widest_name = 28;
constexpr std::size_t widest_value = 24;
constexpr std::size_t tag_width = 6;
constexpr std::string_view unknown = "(unknown)";

void pad(std::string& into, std::size_t from, std::size_t width) {
  const std::size_t length = into.size() - from;
  if (length < width) into.append(width - length, ' ');
}

void append_head(std::string& into, const decoded_message& m, const style& look) {
  using namespace protocol;
  const auto part = [&](std::string_view before, std::string_view value) {
    into += before;
    append_printable(into, value.empty() ? std::string_view{"?"} : value);
  };
  into += look.head;
  append_place(into, m);
  if (!m.time.empty()) part("  ", m.time);
  part("  34=", m.frame->find(tag::MsgSeqNum));
  part("  ", m.frame->find(tag::SenderCompID));
  part(" -> ", m.frame->find(tag::TargetCompID));
  const auto type = m.frame->find(tag::MsgType);
  part("  ", m.type == nullptr ? std::string_view{} : std::string_view{m.type->name});
  if (!type.empty()) {
    part("(", type);
    into += ')';
  }
  into += look.off;
}

void append_fault(std::string& into, const shown_fault& fault, std::size_t indent, const style& look) {
  into.append(indent, ' ');
  into += look.fault;
  into += "! ";
  append_printable(into, fault.text);
  into += look.off;
  into += '\n';
}

class long_page {
 public:
  long_page(std::string& into, const decoded_message& m, const style& look) : into_(into), m_(m), look_(look) {}

  void print() {
    append_head(into_, m_, look_);
    into_ += '\n';
    for (std::size_t i = 0; i < m_.fields().size(); ++i) name_width_ = std::max(name_width_, std::min(m_.name(i).size(), widest_name));
    auto fault = m_.faults->begin();
    for (std::size_t i = 0; i < m_.fields().size(); ++i) {
      print_field(i);
      for (; fault != m_.faults->end() && fault->field == i; ++fault) append_fault(into_, *fault, indent_of(i) + tag_width + 2, look_);
    }
    for (; fault != m_.faults->end(); ++fault) append_fault(into_, *fault, tag_width + 2, look_);
    into_ += '\n';
  }

 private:
  std::size_t indent_of(std::size_t i) const { return m_.places->fields()[i].depth * std::size_t{5}; }

  void print_field(std::size_t i) {
    const auto& field = m_.fields()[i];
    append_indent(i);
    const auto tag = field.is_field ? field.tag_text : std::string_view{"-"};
    into_ += look_.tag;
    if (tag.size() < tag_width) into_.append(tag_width - tag.size(), ' ');
    append_printable(into_, tag);
    into_ += look_.off;
    into_ += "  ";
    print_name(i);
    const std::size_t begin = into_.size();
    append_printable(into_, m_.value(i));
    print_meaning(i, begin);
    into_ += '\n';
  }

  // An entry's number stands in front of its first field.
  void append_indent(std::size_t i) {
    const auto& place = m_.places->fields()[i];
    const std::size_t begin = into_.size();
    if (place.begins_entry) {
      into_.append(indent_of(i) - 1, ' ');
      std::string number = std::to_string(place.entry) + ".";
      into_.replace(into_.size() - std::min(number.size() - 1, indent_of(i) - 1), std::string::npos, number);
    }
    pad(into_, begin, indent_of(i));
  }

  void print_name(std::size_t i) {
    const auto name = m_.name(i);
    const std::size_t begin = into_.size();
    const bool is_unknown = name.empty() && *m_.defined && m_.fields()[i].is_field;
    into_ += is_unknown ? look_.fault : look_.name;
    into_ += is_unknown ? unknown : name;
    const std::size_t colour = (is_unknown ? look_.fault : look_.name).size();
    pad(into_, begin, name_width_ + colour);
    into_ += look_.off;
    into_ += "  ";
  }

  void print_meaning(std::size_t i, std::size_t begin) {
    const std::size_t end = into_.size();
    append_meaning(into_, m_, i);
    if (into_.size() == end) return;
    const std::string meaning = into_.substr(end);
    into_.resize(end);
    pad(into_, begin, std::min(widest_value, std::size_t{8}));
    into_ += "  ";
    into_ += look_.meaning;
    into_ += meaning;
    into_ += look_.off;
  }

  std::string& into_;
  const decoded_message& m_;
  const style& look_;
  std::size_t name_width_ = unknown.size();
};

// What the head of the line has said, or says nothing.
bool is_in_head(std::uint32_t tag) {
  switch (tag) {
    case 8: case 9: case 10: case 34: case 35: case 49: case 52: case 56: return true;
    default: return false;
  }
}

}  // namespace

void print_long(std::string& into, const decoded_message& message, const style& look) { long_page{into, message, look}.print(); }

void print_short(std::string& into, const decoded_message& m, const style& look) {
  append_head(into, m, look);
  into += ' ';
  std::size_t open = 0;  // entries of groups, in braces
  for (std::size_t i = 0; i < m.fields().size(); ++i) {
    const auto& field = m.fields()[i];
    const auto& place = m.places->fields()[i];
    for (; open > place.depth || (open > 0 && open == place.depth && place.begins_entry); --open) into += " }";
    if (is_in_head(field.tag)) continue;
    if (open < place.depth && place.begins_entry) {
      into += " {";
      ++open;
    }
    into += ' ';
    into += look.name;
    const auto name = m.name(i);
    append_printable(into, name.empty() ? field.tag_text : name);
    into += look.off;
    if (field.is_field) into += '=';
    const std::size_t begin = into.size();
    append_meaning(into, m, i);
    if (into.size() == begin) append_printable(into, m.value(i));
  }
  for (; open > 0; --open) into += " }";
  if (!m.faults->empty()) {
    into += "  ";
    into += look.fault;
    into += "! ";
    append_printable(into, m.faults->front().text);
    if (m.faults->size() > 1) into += " (and " + std::to_string(m.faults->size() - 1) + " more)";
    into += look.off;
  }
  into += '\n';
}

void print_values(std::string& into, const decoded_message& m, std::span<const std::uint32_t> tags) {
  for (std::size_t t = 0; t < tags.size(); ++t) {
    if (t > 0) into += '\t';
    const std::size_t begin = into.size();
    for (std::size_t i = 0; i < m.fields().size(); ++i) {
      if (m.fields()[i].tag != tags[t]) continue;
      if (into.size() > begin) into += ',';
      append_printable(into, m.value(i));
    }
  }
  into += '\n';
}

void print_faults(std::string& into, const decoded_message& m, const style& look) {
  for (const auto& fault : *m.faults) {
    append_place(into, m);
    into += ": ";
    into += look.fault;
    append_printable(into, fault.text);
    into += look.off;
    into += '\n';
  }
}

}  // namespace troupe::decode
