#include "store/journal_header.hpp"

#include "store/crc32c.hpp"
#include "store/journal_index.hpp"
#include "store/journal_writer.hpp"
#include "store/message_store.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <span>

namespace troupe::store::journal {

namespace {

struct seen_header {
  segment_header header;
  bool is_whole = false;  // fits its checksum
};

seen_header read_header(const std::string& path) {
  const auto file = open_to_read(path);
  seen_header seen;
  std::memset(static_cast<void*>(&seen.header), 0, sizeof seen.header);
  const auto size = std::min<std::uint64_t>(size_of(file.get(), path), sizeof seen.header);
  if (!read_exactly(file.get(), path, reinterpret_cast<char*>(&seen.header), static_cast<std::size_t>(size), 0)) throw file_failure(path, "be read to its end", 0);
  seen.is_whole = size == sizeof seen.header && seen.header.magic_bytes == magic && sealed(seen.header).crc == seen.header.crc;
  return seen;
}

segment_header header_of(std::uint64_t store, std::uint64_t number) {
  segment_header h;
  h.store = store;
  h.number = number;
  return sealed(h);
}

struct content {
  bool is_any = false, has_synced = false, has_moved = false;
};

// What stands behind a header, if the journal is this one.
content content_of(const std::string& path, std::uint64_t store, std::uint64_t number, bool is_any_enough) {
  content c;
  scan(open_segment(path, header_of(store, number)), [&](std::uint64_t, const entry_view& e) {
    c.is_any = true;
    c.has_synced = c.has_synced || e.head().kind == entry_kind::synced;
    c.has_moved = c.has_moved || e.head().kind == entry_kind::moved;
    return !is_any_enough;
  });
  return c;
}

// A seed that the checks of two entries go on from: they tell it themselves.
std::optional<std::uint32_t> seed_of_entries(const std::string& path, std::uint64_t number) {
  const auto file = open_to_read(path);
  file_window window{file.get(), path, size_of(file.get(), path)};
  std::map<std::uint32_t, unsigned> told;
  for (std::uint64_t at = sizeof(segment_header); at + meta_size(0, 0) <= window.size(); at += 8) {
    entry_head head;
    std::memcpy(&head, window.at(at, sizeof head).data(), sizeof head);
    const auto meta = meta_size(head.records, head.parked) + head.name;
    if (head.place != place_of(number, at) || head.size % 8 != 0 || meta > head.size || at + head.size > window.size()) continue;
    const auto bytes = window.at(at, static_cast<std::size_t>(meta));
    const auto seed = crc32c_seed(bytes.substr(0, sizeof head.size), crc32c_seed(bytes.substr(crc_begins_at), head.crc));
    if (++told[seed] == 2) return seed;
  }
  return std::nullopt;
}

// One that begins all checks as the lost one did. No other file knows that, or it would have told it.
std::uint64_t store_for(std::uint32_t seed, std::uint64_t damaged) {
  const auto lower = static_cast<std::uint32_t>(damaged);
  const auto bytes_of = [](const std::uint32_t& word) { return std::string_view{reinterpret_cast<const char*>(&word), sizeof word}; };
  const std::uint32_t none = 0;
  const std::uint32_t upper = crc32c(bytes_of(lower)) ^ crc32c_seed(bytes_of(none), seed);
  return std::uint64_t{upper} << 32 | lower;
}

std::string path_of(const std::string& folder, std::uint64_t number, std::string_view ending = ".seg") { return folder + "/" + segment_name(number, ending); }

std::optional<std::uint64_t> store_of(const std::string& folder, const std::vector<std::uint64_t>& numbers, const std::vector<seen_header>& seen) {
  std::map<std::uint64_t, unsigned> told;  // most of them are right
  for (const auto& s : seen)
    if (s.is_whole) ++told[s.header.store];
  const auto most = std::max_element(told.begin(), told.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != told.end()) return most->first;
  for (const auto n : numbers)
    if (const auto index = index_owner(path_of(folder, n, ".idx"))) return index->store;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (content_of(path_of(folder, numbers[i]), seen[i].header.store, numbers[i], true).is_any) return seen[i].header.store;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (const auto seed = seed_of_entries(path_of(folder, numbers[i]), numbers[i])) return store_for(*seed, seen[i].header.store);
  return std::nullopt;
}

// What only the header said is as if it were not known: it concerns a segment that is written, and this one will not be.
segment_header restored(const segment_header& damaged, std::uint64_t store, std::uint64_t number, const std::optional<indexed_segment>& index, const content& behind) {
  auto h = damaged;
  h.magic_bytes = magic;
  h.format_version = format;
  h.header_size = sizeof h;
  h.store = store;
  h.number = number;
  if (sealed(h).crc == h.crc) return h;
  h = header_of(store, number);
  h.edition = index ? index->edition : behind.has_moved ? 1
                                                        : 0;
  h.is_synced = behind.has_synced ? 1 : 0;
  return sealed(h);
}

told_segment tell(const std::string& folder, std::uint64_t number, const seen_header& seen, std::uint64_t store) {
  const auto path = path_of(folder, number);
  const auto& h = seen.header;
  if (seen.is_whole && h.format_version != format) (void)open_segment(path, number);  // says so
  if (seen.is_whole && h.store != store) return {number, told_segment::state::elsewhere, h, "belongs to another journal than the segments beside it"};
  if (seen.is_whole && h.number != number) return {number, told_segment::state::elsewhere, h, "is " + segment_name(h.number, ".seg") + " of this journal, and was renamed"};
  if (seen.is_whole) return {number, told_segment::state::whole, h};
  const auto behind = content_of(path, store, number, false);
  if (!behind.is_any && h.magic_bytes == magic && h.format_version != format && h.header_size != sizeof h) (void)open_segment(path, number);
  if (!behind.is_any) return {number, told_segment::state::unknown, h, "its header is damaged, and nothing behind it fits a checksum of this journal"};
  auto index = index_owner(path_of(folder, number, ".idx"));
  if (index && (index->store != store || index->number != number)) index.reset();
  return {number, told_segment::state::damaged, restored(h, store, number, index, behind), "its header is damaged"};
}

}  // namespace

told_journal tell_headers(const std::string& folder, const std::vector<std::uint64_t>& numbers) {
  std::vector<seen_header> seen;
  for (const auto n : numbers) seen.push_back(read_header(path_of(folder, n)));
  const auto store = store_of(folder, numbers, seen);
  if (!store) {
    (void)open_segment(path_of(folder, numbers.back()), numbers.back());  // says what it is not
    throw store_error(path_of(folder, numbers.back()) + ": is not a segment of a journal, or nothing of it is left.");
  }
  told_journal told{*store, {}};
  for (std::size_t i = 0; i < numbers.size(); ++i) told.segments.push_back(tell(folder, numbers[i], seen[i], *store));
  // An engine removes a segment in front of its index, and never the last one.
  for (const auto n : segments_in(folder, ".idx"))
    if (n > numbers.back()) told.segments.push_back({n, told_segment::state::missing, {}, "is missing: there is its index, and nothing else"});
  return told;
}

segment_file open_segment(const std::string& path, const segment_header& header) {
  segment_file s{header.number, path, open_to_read(path), header, 0};
  s.size = size_of(s.file.get(), path);
  return s;
}

}  // namespace troupe::store::journal
