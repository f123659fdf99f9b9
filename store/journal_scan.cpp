#include "store/journal_scan.hpp"

#include "store/crc32c.hpp"
#include "store/message_store.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace troupe::store::journal {

std::string_view file_window::at(std::uint64_t offset, std::size_t size) {
  if (offset >= size_) return {};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
  if (offset < begin_ || offset + size > begin_ + bytes_.size()) {
    begin_ = offset;
    bytes_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(std::max(size, stride), size_ - offset)));
    if (!read_exactly(fd_, path_, bytes_.data(), bytes_.size(), begin_)) throw file_failure(path_, "be read to its end", 0);
  }
  return std::string_view{bytes_}.substr(static_cast<std::size_t>(offset - begin_), size);
}

std::uint64_t boot_of_machine() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string id;
  if (!std::getline(file, id)) return 0;
  return std::uint64_t{crc32c(id)} << 32 | crc32c(id, 1);
}

std::string segment_name(std::uint64_t number, std::string_view ending) {
  auto text = std::to_string(number);
  return std::string(8 - std::min<std::size_t>(8, text.size()), '0') + text + std::string{ending};
}

std::vector<std::uint64_t> segments_in(const std::string& folder, std::string_view ending) {
  std::vector<std::uint64_t> all;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(ending)) continue;
    const auto digits = std::string_view{name}.substr(0, name.size() - ending.size());
    if (digits.size() < 8 || digits.size() > 10 || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    all.push_back(std::stoull(std::string{digits}));
  }
  std::sort(all.begin(), all.end());
  return all;
}

segment_file open_segment(const std::string& path, std::uint64_t number) {
  segment_file s{number, path, open_to_read(path), {}, 0};
  s.size = size_of(s.file.get(), path);
  auto& h = s.header;
  const bool is_long_enough = s.size >= sizeof h && read_exactly(s.file.get(), path, reinterpret_cast<char*>(&h), sizeof h, 0);
  if (!is_long_enough || h.magic_bytes != magic)
    throw store_error(path + ": is not a segment of a journal, or its header is damaged. If it is one, `troupe repair-store` says what can be done.");
  const bool is_whole = crc32c({reinterpret_cast<const char*>(&h), sizeof h - sizeof h.crc}) == h.crc;
  if (h.format_version != format && (is_whole || h.header_size != sizeof h))
    throw store_error(path + ": journal format " + std::to_string(h.format_version) + ", this program knows format " + std::to_string(format) +
                      ". Use the version of troupe that wrote it, or a newer one.");
  if (!is_whole || h.number != number) throw store_error(path + ": its header is damaged, or it was renamed. `troupe repair-store` says what can be done.");
  return s;
}

namespace {

// The next whole entry from `from` on, at a multiple of 8.
std::uint64_t find_entry(const segment_file& s, file_window& window, std::uint64_t from, std::uint32_t seed) {
  for (auto at = from; at + sizeof(entry_head) <= window.size(); at += 8) {
    std::uint64_t place;
    std::memcpy(&place, window.at(at, sizeof(entry_head)).data() + offsetof(entry_head, place), sizeof place);
    if (place != place_of(s.number, at)) continue;
    std::uint32_t size;
    std::memcpy(&size, window.at(at, sizeof size).data(), sizeof size);
    if (size != 0 && entry_view::read(window.at(at, size), place, seed)) return at;
  }
  return window.size();
}

bool is_blank(file_window& window, std::uint64_t from) {
  for (auto at = from; at < window.size();) {
    const auto bytes = window.at(at, 64 * 1024);
    if (bytes.find_first_not_of('\0') != bytes.npos) return false;
    at += bytes.size();
  }
  return true;
}

}  // namespace

scan_result scan(const segment_file& s, const std::function<bool(std::uint64_t, const entry_view&)>& whole, bool is_growing) {
  scan_result result;
  file_window window{s.file.get(), s.path, s.size};
  const auto seed = seed_of(s.header.store);
  std::uint64_t read_again = 0;  // the place that was
  for (auto at = result.end; at + sizeof(entry_head) <= s.size;) {
    std::uint32_t size;
    std::memcpy(&size, window.at(at, sizeof size).data(), sizeof size);
    if (const auto e = size == 0 ? std::nullopt : entry_view::read(window.at(at, size), place_of(s.number, at), seed)) {
      if (e->head().kind == entry_kind::snapshot_end) result.has_snapshot = true;
      if (!whole(at, *e)) return result;
      at = result.end = at + size;
      continue;
    }
    if (is_growing && read_again != at) {  // it may have been written since
      read_again = at;
      window.forget();
      continue;
    }
    if ((is_growing && size == 0) || is_blank(window, at)) break;
    const auto next = find_entry(s, window, at + 8, seed);
    const bool is_last = next == window.size();
    result.damaged.push_back({at, next, !is_last ? damage::kind::hole : size == 0 ? damage::kind::unfinished : damage::kind::tail});
    at = next;
  }
  return result;
}

}  // namespace troupe::store::journal
