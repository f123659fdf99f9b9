#include "apps/quickfix_files.hpp"

#include "protocol/framer.hpp"
#include "protocol/utc.hpp"
#include "store/message_store.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <utility>

namespace troupe::apps {

using namespace protocol;
using store::store_error;

namespace {

constexpr std::uint64_t largest_message = 1 << 30;
constexpr std::uint64_t bytes_of_character = 4;  // at most, in UTF-8

bool is_there(const std::string& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

std::string shown(std::string_view text) {
  std::string all;
  for (const char c : text.substr(0, 40)) all += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E ? '?' : c;
  return "'" + all + (text.size() > 40 ? "…'" : "'");
}

std::string_view trimmed(std::string_view text) {
  const std::string_view blank{" \t\r\n\0", 5};
  const auto begin = text.find_first_not_of(blank);
  return begin == text.npos ? std::string_view{} : text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (const char c : bytes) n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

// Two bytes of length, then so many bytes. What stands behind them is of an earlier, longer one.
std::optional<std::string_view> java_text(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto size = big_endian(bytes.substr(0, 2));
  return bytes.size() - 2 < size ? std::nullopt : std::optional{bytes.substr(2, size)};
}

// 2026-11-26T07:00:00.123Z, or with +01:00.
std::optional<utc_time> parse_go_time(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T') return std::nullopt;
  const auto zone_at = text.find_first_of("Z+-", 19);
  if (zone_at == text.npos) return std::nullopt;
  const auto zone = text.substr(zone_at);
  std::string fix{text.substr(0, 4)};
  fix.append(text.substr(5, 2)).append(text.substr(8, 2)).append("-").append(text.substr(11, 8));
  const auto whole = parse_utc(fix);
  if (!whole) return std::nullopt;
  if (zone == "Z") return whole;
  const auto hours = zone.size() == 6 && zone[3] == ':' ? number_in(zone.substr(1, 2)) : std::nullopt, minutes = hours ? number_in(zone.substr(4, 2)) : std::nullopt;
  if (!minutes) return std::nullopt;
  const std::chrono::seconds east{static_cast<std::int64_t>(*hours * 3600 + *minutes * 60)};
  return zone[0] == '+' ? *whole - east : *whole + east;
}

std::string joined(std::string begin, const std::string& part, char between) { return part.empty() ? begin : std::move(begin) + between + part; }

seq_num next_number(std::string_view text, const std::string& file, const char* expected) {
  const auto n = number_in(trimmed(text));
  if (!n || *n == 0) throw store_error(file + ": expected " + expected + ", found " + shown(text) + ". Stop QuickFIX, and look whether this is its file.");
  return seq_num{*n};
}

}  // namespace

std::string_view to_text(quickfix_layout layout) {
  switch (layout) {
    case quickfix_layout::cpp_or_n: return "QuickFIX C++ or QuickFIX/n";
    case quickfix_layout::go: return "QuickFIX/Go";
    case quickfix_layout::java: return "QuickFIX/J";
  }
  return "QuickFIX";
}

std::vector<std::string> quickfix_prefixes(const quickfix_name& n) {
  const auto plain = joined(n.id.begin_string + "-" + n.id.sender_comp_id + "-" + n.id.target_comp_id, n.id.qualifier, '-');
  const auto sender = joined(joined(n.id.sender_comp_id, n.sender_sub_id, '_'), n.sender_location_id, '_');
  const auto target = joined(joined(n.id.target_comp_id, n.target_sub_id, '_'), n.target_location_id, '_');
  const auto with_subs = joined(n.id.begin_string + "-" + sender + "-" + target, n.id.qualifier, '-');
  auto for_java = with_subs;
  for (char& c : for_java)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') c = '_';
  std::vector<std::string> all{plain};
  for (const auto& other : {with_subs, for_java})
    if (std::find(all.begin(), all.end(), other) == all.end()) all.push_back(other);
  return all;
}

std::optional<quickfix_files> quickfix_files::open(const std::string& prefix) try {
  quickfix_files f;
  f.prefix_ = prefix;
  const bool has_one = is_there(f.path(".seqnums")), has_two = is_there(f.path(".senderseqnums")) || is_there(f.path(".targetseqnums"));
  if (!has_one && !has_two) {
    if (!is_there(f.path(".body")) && !is_there(f.path(".header"))) return std::nullopt;
    throw store_error(prefix + ".body: its numbers are missing: expected " + prefix + ".seqnums (QuickFIX C++, /n), or .senderseqnums and .targetseqnums (QuickFIX/J, /Go).");
  }
  if (has_one && has_two) throw store_error(prefix + ": there are .seqnums and .senderseqnums: two engines have used this folder. Leave the files of the one that is in use.");
  if (has_two) f.layout_ = number_in(trimmed(all_of(f.path(".senderseqnums")))) ? quickfix_layout::go : quickfix_layout::java;
  f.read_numbers();
  f.read_creation_time();
  if (!is_there(f.path(".body")) || !is_there(f.path(".header"))) {
    if (is_there(f.path(".body")) || is_there(f.path(".header"))) throw store_error(prefix + ": expected both .body and .header, found one of them.");
    f.notes_.push_back("there are neither " + f.path(".body") + " nor .header: numbers only");
    return f;
  }
  f.body_ = store::open_to_read(f.path(".body"));
  f.body_size_ = store::size_of(f.body_.get(), f.path(".body"));
  f.read_header();
  return f;
} catch (const store::file_failure& e) {
  throw store_error(store::told(e));
}

std::string quickfix_files::all_of(const std::string& file) {
  const auto handle = store::open_to_read(file);
  std::string bytes(static_cast<std::size_t>(store::size_of(handle.get(), file)), '\0');
  if (!store::read_exactly(handle.get(), file, bytes.data(), bytes.size(), 0)) throw store_error(file + ": changed while it was read. Stop QuickFIX first.");
  return bytes;
}

void quickfix_files::read_numbers() {
  if (layout_ == quickfix_layout::cpp_or_n) {
    const auto text = all_of(path(".seqnums"));
    const auto colon = text.find(':');
    constexpr auto expected = "two numbers greater than 0 (7 : 9)";
    next_sender_ = next_number(std::string_view{text}.substr(0, colon), path(".seqnums"), expected);
    next_target_ = next_number(colon == text.npos ? "" : std::string_view{text}.substr(colon + 1), path(".seqnums"), expected);
    return;
  }
  const auto one = [&](std::string_view ending) {
    const auto bytes = all_of(path(ending));
    if (layout_ == quickfix_layout::go) return next_number(bytes, path(ending), "a number greater than 0");
    const auto text = java_text(bytes);
    return next_number(text.value_or(bytes), path(ending), "a number greater than 0, as Java writes UTF, or in digits");
  };
  next_sender_ = one(".senderseqnums");
  next_target_ = one(".targetseqnums");
}

void quickfix_files::read_creation_time() {
  if (!is_there(path(".session"))) {
    notes_.push_back(path(".session") + " is missing: the numbering counts as begun now");
    return;
  }
  const auto bytes = all_of(path(".session"));
  const auto text = trimmed(layout_ == quickfix_layout::java ? java_text(bytes).value_or("") : std::string_view{bytes});
  creation_time_ = layout_ == quickfix_layout::go ? parse_go_time(text) : parse_utc(text);
  if (!creation_time_)
    throw store_error(path(".session") + ": expected " + (layout_ == quickfix_layout::go ? "2026-11-26T07:00:00Z" : "20261126-07:00:00") + ", found " + shown(bytes) + ".");
}

void quickfix_files::take_place(std::uint64_t number, place where) {
  if (number == 0 || number >= next_sender_.value) {
    notes_.push_back("message " + std::to_string(number) + " was stored and never sent: its number is yet to be given");
    return;
  }
  places_[number] = where;
}

void quickfix_files::read_header() {
  const auto all = all_of(path(".header"));
  std::string_view rest{all};
  const auto is_cut = [&](std::size_t left) { notes_.push_back(path(".header") + ": its last " + std::to_string(left) + " bytes are no entry, and count for nothing"); };
  if (layout_ == quickfix_layout::java) {
    for (; rest.size() >= 16; rest.remove_prefix(16)) take_place(big_endian(rest.substr(0, 4)), {big_endian(rest.substr(4, 8)), big_endian(rest.substr(12, 4))});
    if (!rest.empty()) is_cut(rest.size());
    return;
  }
  for (;;) {
    const auto begin = rest.find_first_not_of(" \r\n\t");
    if (begin == rest.npos) return;
    rest.remove_prefix(begin);
    const auto end = std::min(rest.size(), rest.find_first_of(" \r\n\t"));
    const auto entry = rest.substr(0, end);
    const auto comma = entry.find(','), second = comma == entry.npos ? comma : entry.find(',', comma + 1);
    const auto number = number_in(entry.substr(0, comma)), offset = second == entry.npos ? std::nullopt : number_in(entry.substr(comma + 1, second - comma - 1)),
               size = offset ? number_in(entry.substr(second + 1)) : std::nullopt;
    if (!number || !size) return is_cut(rest.size());
    take_place(*number, {*offset, *size});
    rest.remove_prefix(end);
  }
}

std::vector<seq_num> quickfix_files::numbers() const {
  std::vector<seq_num> all;
  for (const auto& [number, where] : places_) all.push_back(seq_num{number});
  return all;
}

quickfix_files::message quickfix_files::read(seq_num number) const {
  const auto& where = places_.at(number.value);
  const auto range = "bytes " + std::to_string(where.offset) + " to " + std::to_string(where.offset + where.size);
  if (where.size > largest_message || where.offset > body_size_ || where.size > body_size_ - where.offset)
    return {{}, ".body is shorter than .header says: " + range + " of " + std::to_string(body_size_)};
  // Java's sizes are of characters.
  const auto most = layout_ == quickfix_layout::java ? std::min(where.size * bytes_of_character, body_size_ - where.offset) : where.size;
  std::string bytes(static_cast<std::size_t>(most), '\0');
  if (!store::read_exactly(body_.get(), path(".body"), bytes.data(), bytes.size(), where.offset)) return {{}, ".body ends within it"};
  framer one{bytes.size()};
  const auto found = one.next(bytes);
  const bool is_frame = found.what == frame_result::kind::frame && found.consumed == found.frame.size();
  if (!is_frame || (layout_ != quickfix_layout::java && found.frame.size() != bytes.size())) return {{}, range + " of .body are no whole FIX message"};
  return {std::string{found.frame}, {}};
}

bool quickfix_files::are_at_rest() const {
  quickfix_files now;
  now.prefix_ = prefix_;
  now.layout_ = layout_;
  now.read_numbers();
  return now.next_sender_ == next_sender_ && now.next_target_ == next_target_ && (!body_ || store::size_of(body_.get(), path(".body")) == body_size_);
}

}  // namespace troupe::apps
