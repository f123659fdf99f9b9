#include "apps/decode/decoder.hpp"

#include "apps/decode/line_time.hpp"
#include "apps/decode/printable.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <utility>

namespace troupe::decode {
namespace {

constexpr std::size_t most_faults = 50;  // of one message
constexpr std::size_t most_types = 1'000;
constexpr std::string_view other_types = "(others)";

}  // namespace

decoder::form decoder::form_of(const options& chosen) {
  if (chosen.is_json) return form::json;
  if (!chosen.fields.empty()) return form::values;
  if (chosen.is_short) return form::line;
  if (chosen.validates) return form::faults;
  return chosen.sums_up ? form::none : form::text;
}

decoder::decoder(const options& chosen, shelf& books, output& out, std::vector<condition> only, std::vector<std::uint32_t> fields, style look)
    : form_(form_of(chosen)),
      sums_up_(chosen.sums_up),
      shows_secrets_(chosen.shows_secrets),
      needs_faults_(chosen.validates || form_ != form::values),
      books_(books),
      out_(out),
      only_(std::move(only)),
      fields_(std::move(fields)),
      look_(look) {
  rules_.allow_user_defined = rules_.allow_unordered_groups = !chosen.is_strict;
}

void decoder::take(std::string_view input, const found_message& found) {
  ++messages_;
  frame_.read(found.bytes, found.separator);
  const auto& defined = books_.of(frame_);
  places_.place(frame_, defined);
  decoded_message message{input, &found, &frame_, &places_, &defined, find_message(frame_.find(protocol::tag::MsgType), defined), find_time(found.before), &faults_, shows_secrets_};
  if (message.time.empty()) message.time = frame_.find(protocol::tag::SendingTime);
  if (!std::all_of(only_.begin(), only_.end(), [&](const condition& c) { return c.holds(message); })) return;
  ++wanted_;
  faults_.clear();
  if (needs_faults_) collect_faults(defined);
  faulty_ += faults_.empty() ? 0 : 1;
  if (sums_up_) count(message);
  print(message);
}

void decoder::collect_faults(const protocol::dictionaries& defined) {
  faults_ = frame_.faults();
  if (!defined) faults_.push_back({0, protocol::tag::BeginString, "there is no dictionary of this version"});
  if (defined && frame_.is_indexed()) add_validation(defined);
  if (faults_.size() < 2) return;
  std::stable_sort(faults_.begin(), faults_.end(), [](const auto& a, const auto& b) { return a.field < b.field; });
  const auto is_same = [](const auto& a, const auto& b) { return a.field == b.field && a.text == b.text; };
  faults_.erase(std::unique(faults_.begin(), faults_.end(), is_same), faults_.end());
}

// What the frame has said of BodyLength(9) and CheckSum(10) is not said again.
void decoder::add_validation(const protocol::dictionaries& defined) {
  for (const auto& fault : validate_all(frame_.view(), defined, rules_, most_faults)) {
    const bool is_of_field = fault.field != protocol::message_fault::no_field;
    if (is_of_field && is_masked(frame_.fields()[fault.field].value)) continue;  // whoever masked it has the right one
    const auto is_same = [&fault](const shown_fault& f) { return f.tag != 0 && f.tag == fault.ref_tag; };
    if (std::any_of(frame_.faults().begin(), frame_.faults().end(), is_same)) continue;
    faults_.push_back({is_of_field ? fault.field : shown_fault::at_end, fault.ref_tag && *fault.ref_tag > 0 ? static_cast<std::uint32_t>(*fault.ref_tag) : 0,
                       describe(fault, frame_.view(), defined)});
  }
}

void decoder::print(const decoded_message& message) {
  std::string& text = out_.text();
  switch (form_) {
    case form::text: return print_long(text, message, look_);
    case form::line: return print_short(text, message, look_);
    case form::values: return print_values(text, message, fields_);
    case form::json: return print_json(text, message, fields_);
    case form::faults: return print_faults(text, message, look_);
    case form::none: return;
  }
}

void decoder::count(const decoded_message& message) {
  std::string_view type = frame_.find(protocol::tag::MsgType);
  if (counts_.size() >= most_types && !counts_.contains(type)) type = other_types;
  auto it = counts_.find(type);
  if (it == counts_.end()) it = counts_.try_emplace(std::string{type}, counted{0, 0, message.type == nullptr ? "" : message.type->name}).first;
  ++it->second.count;
  it->second.faulty += faults_.empty() ? 0 : 1;
}

void decoder::finish() {
  if (sums_up_) print_summary();
}

void decoder::print_summary() {
  std::string& text = out_.text();
  std::vector<std::pair<std::string, counted>> rows(counts_.begin(), counts_.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  if (form_ == form::json) {
    text += "{\"summary\":[";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string type;
      append_printable(type, rows[i].first);
      text += i > 0 ? ",{\"type\":" : "{\"type\":";
      append_json_string(text, type);
      text += ",\"name\":";
      append_json_string(text, rows[i].second.name);
      text += ",\"count\":" + std::to_string(rows[i].second.count) + ",\"faulty\":" + std::to_string(rows[i].second.faulty) + "}";
    }
    text += "]}\n";
    return;
  }
  const auto line = [&text](std::uint64_t count, std::string_view type, std::string_view name, std::uint64_t faulty) {
    const std::string number = std::to_string(count);
    text.append(number.size() < 10 ? 10 - number.size() : 0, ' ');
    text += number + "  ";
    append_printable(text, type);
    text += name.empty() ? "" : "  ";
    append_printable(text, name);
    if (faulty > 0) text += "  (" + std::to_string(faulty) + " with faults)";
    text += '\n';
  };
  for (const auto& [type, c] : rows) line(c.count, type.empty() ? "?" : std::string_view{type}, c.name, c.faulty);
  line(wanted_, wanted_ == 1 ? "message" : "messages", "", faulty_);
}

}  // namespace troupe::decode
