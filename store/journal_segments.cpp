#include "store/journal_segments.hpp"

#include "store/crc32c.hpp"
#include "store/message_store.hpp"

#include <algorithm>
#include <map>

namespace troupe::store::journal {

using namespace protocol;

namespace {

bool is_whole(const entry_view& e, std::uint32_t name_check) {
  bool is_whole = true;
  e.for_each_record([&](std::uint32_t row, const record_row&, std::size_t at) { is_whole = is_whole && !e.stored(row, at, name_check).is_damaged; });
  const auto parked = e.parked(name_check);
  return is_whole && std::none_of(parked.begin(), parked.end(), [](const auto& p) { return p.is_damaged; });
}

}  // namespace

bool is_unbegun(const std::string& path) {
  const auto file = open_to_read(path);
  file_window window{file.get(), path, size_of(file.get(), path)};
  for (std::uint64_t at = 0; at < window.size();) {
    const auto bytes = window.at(at, 64 * 1024);
    if (bytes.find_first_not_of('\0') != bytes.npos) return false;
    at += bytes.size();
  }
  return true;
}

bool has_whole_snapshot(const segment_file& segment) {
  const auto found = scan(segment, [](std::uint64_t, const entry_view& e) { return e.head().kind == entry_kind::session; });
  return found.has_snapshot && found.damaged.empty();
}

journal_base find_base(const std::string& folder, const std::vector<std::uint64_t>& numbers) {
  journal_base base;
  for (auto n = numbers.rbegin(); n != numbers.rend(); ++n) {
    const auto segment = open_segment(folder + "/" + segment_name(*n, ".seg"), *n);
    if (base.store == 0) base.store = segment.header.store;
    if (segment.header.store != base.store)
      throw store_error(folder + ": " + segment_name(*n, ".seg") + " belongs to another journal than " + segment_name(numbers.back(), ".seg") + ". Put it back where it came from.");
    if (base.segment != 0) continue;
    if (has_whole_snapshot(segment)) base.segment = *n;
  }
  if (base.segment == 0)
    throw store_error(folder +
                      ": the numbers of its sessions cannot be told: the snapshot of every segment is damaged. `troupe repair-store` says what "
                      "can be told by what stands behind them; or restore the folder from a copy.");
  return base;
}

std::uint64_t end_of_acknowledged(const segment_file& segment) {
  std::uint64_t mark = 0, torn = 0;
  std::map<std::uint32_t, std::uint32_t> names;  // slot, check
  const auto found = scan(segment, [&](std::uint64_t offset, const entry_view& e) {
    // A snapshot is on the disk before its segment has a name.
    if (e.head().kind == entry_kind::synced || e.head().kind == entry_kind::snapshot_end) mark = offset;
    if (e.head().kind == entry_kind::session)
      if (const auto id = unpacked(e.name())) names[e.head().slot] = crc32c(to_string(*id));
    if (torn <= mark && !is_whole(e, names[e.head().slot])) torn = offset;
    return true;
  });
  for (const auto& d : found.damaged)
    if (d.begin > mark && (torn <= mark || d.begin < torn)) torn = d.begin;
  return torn > mark ? torn : segment.size;
}

}  // namespace troupe::store::journal
