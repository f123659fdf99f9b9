#include "store/journal_entry.hpp"

#include "store/crc32c.hpp"
#include "store/record_check.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace troupe::store::journal {

using namespace protocol;

namespace {

constexpr char between_names = '\x01';  // no FIX value holds it
constexpr std::uint64_t largest_entry = std::uint64_t{1} << 31;

template <class T>
  requires std::is_trivially_copyable_v<T>
char* put(char* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}
char* put(char* to, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}
template <class T>
T get(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::span<const record> records_of(const entry_content& c) { return c.batch ? std::span{c.batch->records} : std::span<const record>{}; }

std::uint64_t bytes_of(const parked_submit& p) { return p.message.msg_type.size() + p.message.header.size() + p.message.body.size(); }

record_row row_of(const record& r, std::string_view frame, const entry_content& c) {
  const auto check = record_check(c.name_check, numbering_generation{c.numbers.generation}, r.number, r.last, r.kind, r.token, frame);
  return {r.number.value, r.kind == record_kind::skipped ? r.last.value : r.token.value, check, static_cast<std::uint32_t>(r.kind) << 30 | r.length};
}

parked_row row_of(const parked_submit& p, std::uint32_t name_check) {
  const auto size = [](const std::string& s) { return static_cast<std::uint32_t>(s.size()); };
  // Written again, a damaged one stays damaged: its place and token fit their half of the check, and what is to be sent does not.
  const auto check = parked_check(name_check, p) ^ (p.is_damaged ? 1u : 0u);
  return {p.place, p.token.value, p.since.time_since_epoch().count(), check, size(p.message.msg_type), size(p.message.header), size(p.message.body), 0};
}

}  // namespace

std::uint32_t seed_of(std::uint64_t store) {
  std::array<char, sizeof store> bytes;
  std::memcpy(bytes.data(), &store, sizeof store);
  return crc32c({bytes.data(), bytes.size()});
}

std::uint64_t entry_size(const entry_content& c) {
  const auto waiting = c.parked.size() + c.unparked.size();
  std::uint64_t size = meta_size(records_of(c).size(), waiting) + c.name.size();
  for (const auto& r : records_of(c)) {
    if (r.length > largest_frame) return 0;
    size += r.length;
  }
  for (const auto& p : c.parked) size += bytes_of(p);
  constexpr auto most = std::numeric_limits<std::uint16_t>::max();
  return size > largest_entry || waiting > most || c.name.size() > most ? 0 : padded(size);
}

void write_entry(char* to, std::uint64_t size, std::uint64_t place, std::uint32_t seed, const entry_content& c) {
  const auto records = records_of(c);
  entry_head head;
  head.place = place;
  head.kind = c.kind;
  head.flags = c.flags;
  head.slot = c.slot;
  head.records = static_cast<std::uint32_t>(records.size());
  head.parked = static_cast<std::uint16_t>(c.parked.size() + c.unparked.size());
  head.name = static_cast<std::uint16_t>(c.name.size());
  char* table = put(to + sizeof head, c.numbers);
  const auto meta = meta_size(records.size(), head.parked);
  char* bytes = put(to + meta, c.name);
  for (const auto& r : records) {
    const auto frame = c.batch->frame(r);
    table = put(table, row_of(r, frame, c));
    bytes = put(bytes, frame);
  }
  for (const auto& p : c.parked) {
    table = put(table, row_of(p, c.name_check));
    bytes = put(put(put(bytes, p.message.msg_type), p.message.header), p.message.body);
  }
  for (const auto waiting : c.unparked) table = put(table, parked_row{.place = waiting, .is_dropped = 1});
  std::memset(bytes, 0, static_cast<std::size_t>(to + size - bytes));
  // The size is covered, too: what stands in the file for it must be the same.
  std::memcpy(to + crc_begins_at, reinterpret_cast<const char*>(&head) + crc_begins_at, sizeof head - crc_begins_at);
  const auto size_as_written = static_cast<std::uint32_t>(size);
  std::array<char, sizeof size_as_written> size_bytes;
  std::memcpy(size_bytes.data(), &size_as_written, sizeof size_as_written);
  head.crc = crc32c({to + crc_begins_at, static_cast<std::size_t>(meta - crc_begins_at + c.name.size())}, crc32c({size_bytes.data(), size_bytes.size()}, seed));
  std::memcpy(to + offsetof(entry_head, crc), &head.crc, sizeof head.crc);
}

void publish_entry(char* to, std::uint64_t size) {
  std::atomic_ref{*reinterpret_cast<std::uint32_t*>(to)}.store(static_cast<std::uint32_t>(size), std::memory_order_release);
}

std::optional<entry_view> entry_view::read(std::string_view bytes, std::uint64_t place, std::uint32_t seed) {
  const auto view = read_without_frames(bytes, place, seed);
  return view && view->head().size <= bytes.size() ? view : std::nullopt;
}

std::optional<entry_view> entry_view::read_without_frames(std::string_view bytes, std::uint64_t place, std::uint32_t seed) {
  if (bytes.size() < sizeof(entry_head) + sizeof(entry_numbers)) return std::nullopt;
  const auto head = get<entry_head>(bytes.data());
  const auto meta = meta_size(head.records, head.parked) + head.name;
  if (head.place != place || head.size % 8 != 0 || meta > bytes.size() || meta > head.size) return std::nullopt;
  const auto before = crc32c(bytes.substr(0, sizeof head.size), seed);
  if (crc32c(bytes.substr(crc_begins_at, static_cast<std::size_t>(meta - crc_begins_at)), before) != head.crc) return std::nullopt;
  entry_view view{bytes.data(), head, get<entry_numbers>(bytes.data() + sizeof head)};
  // What the rows say must lie within; a writer that is right cannot have made it otherwise.
  std::uint64_t size = meta;
  view.for_each_record([&](std::uint32_t, const record_row& row, std::size_t) { size += row.size_and_kind & largest_frame; });
  for (std::uint32_t i = 0; i < head.parked; ++i) {
    const auto row = get<parked_row>(bytes.data() + meta_size(head.records, i));
    size += std::uint64_t{row.msg_type} + row.header + row.body;
  }
  return padded(size) == head.size ? std::optional{view} : std::nullopt;
}

stored_record told_by(const record_row& row) { return {kind_of(row), seq_num{row.number}, seq_num{last_of(row)}, submit_token{token_of(row)}, false, {}}; }

bool fits(const record_row& row, std::string_view frame, std::uint64_t generation, std::uint32_t name_check) {
  return record_check(name_check, numbering_generation{generation}, seq_num{row.number}, seq_num{last_of(row)}, kind_of(row), submit_token{token_of(row)}, frame) == row.crc;
}

record_row entry_view::record(std::uint32_t row) const { return get<record_row>(bytes_ + meta_size(row, 0)); }

std::string_view entry_view::part(std::size_t at, std::size_t size) const { return {bytes_ + at, size}; }

stored_record entry_view::stored(std::uint32_t at, std::size_t frame_at, std::uint32_t name_check) const {
  const auto row = record(at);
  auto r = told_by(row);
  const auto bytes = frame(row, frame_at);
  r.is_damaged = !fits(row, bytes, numbers_.generation, name_check);
  if (!r.is_damaged) r.frame = bytes;
  return r;
}

namespace {

// Of a row in a table of them, and of the bytes from `at` on, which it moves behind its own. nullopt: they end before.
std::optional<parked_submit> submit_of(const parked_row& row, std::string_view bytes, std::uint64_t& at, std::uint32_t name_check) {
  const auto size = std::uint64_t{row.msg_type} + row.header + row.body;
  if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
  parked_submit p{row.place, submit_token{row.token}, utc_time{std::chrono::nanoseconds{row.since}}, {}};
  p.message.msg_type = bytes.substr(at, row.msg_type);
  p.message.header = bytes.substr(at + row.msg_type, row.header);
  p.message.body = bytes.substr(at + row.msg_type + row.header, row.body);
  at += size;
  p.is_damaged = parked_check(name_check, p) != row.crc;
  return p;
}

}  // namespace

std::vector<parked_submit> entry_view::parked(std::uint32_t name_check) const {
  std::vector<parked_submit> all;
  std::uint64_t at = frames_begin();
  for_each_record([&](std::uint32_t, const record_row& row, std::size_t frame_at) { at = frame_at + (row.size_and_kind & largest_frame); });
  for (std::uint32_t i = 0; i < head_.parked; ++i) {
    const auto row = get<parked_row>(bytes_ + meta_size(head_.records, i));
    if (row.is_dropped != 0) continue;
    if (auto p = submit_of(row, {bytes_, head_.size}, at, name_check)) all.push_back(std::move(*p));  // place and token stand in the table, which is whole
  }
  return all;
}

namespace {

// What it would be, if there were so many.
std::pair<damaged_session, std::uint64_t> session_if(std::uint64_t count, std::string_view bytes, std::string_view name, std::uint32_t name_check) {
  damaged_session s;
  std::uint64_t fitting = 0, last_place = 0;
  auto at = meta_size(0, count) + name.size();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto row = get<parked_row>(bytes.data() + meta_size(0, i));
    auto p = submit_of(row, bytes, at, name_check).value_or(parked_submit{row.place, {}, {}, {}, true});
    fitting += !p.is_damaged;
    const bool is_told = !p.is_damaged || parked_check(name_check, p) >> 32 == row.crc >> 32;
    if (!is_told) p = {last_place + 1, {}, {}, {}, true};
    last_place = p.place;
    s.parked.push_back(std::move(p));
  }
  // Its head says the same, unless one of the two is what is damaged.
  const std::uint64_t told = get<std::uint32_t>(bytes.data());
  s.size = told % 8 == 0 && told >= meta_size(0, count) + name.size() && told <= bytes.size() ? told : std::min<std::uint64_t>(padded(at), bytes.size());
  return {std::move(s), fitting};
}

}  // namespace

// How many submits there are stands in the head, which may be what is damaged: as many as make most of it fit.
std::optional<damaged_session> session_in_damage(std::string_view bytes, std::string_view name, std::uint32_t name_check) {
  constexpr std::uint64_t most = 4096;
  std::optional<damaged_session> best;
  std::uint64_t best_fit = 0;
  for (std::uint64_t count = 0; count <= most && meta_size(0, count) + name.size() <= bytes.size(); ++count) {
    const bool is_named = bytes.substr(static_cast<std::size_t>(meta_size(0, count)), name.size()) == name;
    auto [found, fitting] = session_if(count, bytes, name, name_check);
    const auto fit = fitting * 2 + (is_named ? 1 : 0);
    if (fit <= best_fit) continue;
    best = std::move(found);
    best_fit = fit;
  }
  return best;
}

std::vector<std::uint64_t> entry_view::unparked() const {
  std::vector<std::uint64_t> places;
  for (std::uint32_t i = 0; i < head_.parked; ++i)
    if (const auto row = get<parked_row>(bytes_ + meta_size(head_.records, i)); row.is_dropped != 0) places.push_back(row.place);
  return places;
}

std::string packed(const session_id& id) {
  return id.begin_string + between_names + id.sender_comp_id + between_names + id.target_comp_id + between_names + id.qualifier;
}

std::optional<session_id> unpacked(std::string_view name) {
  session_id id;
  std::string* const parts[]{&id.begin_string, &id.sender_comp_id, &id.target_comp_id, &id.qualifier};
  for (auto* part : parts) {
    const auto end = name.find(between_names);
    const bool is_last = part == &id.qualifier;
    if ((end == name.npos) != is_last) return std::nullopt;
    *part = name.substr(0, end);
    name.remove_prefix(is_last ? name.size() : end + 1);
  }
  return id;
}

}  // namespace troupe::store::journal
