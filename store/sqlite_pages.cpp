#include "store/sqlite_pages.hpp"

#include "store/file_layer.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

namespace troupe::store {

namespace {

constexpr std::size_t file_header = 100, log_header = 32, frame_header = 24;
constexpr std::uint32_t ours = 4096;  // the page size that we make
constexpr std::uint64_t most_payload = 0x7FFF'FFFF;
constexpr std::size_t looked_at = 512;  // pages, to tell the size by

std::uint64_t big_endian(const char* at, std::size_t size) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < size; ++i) n = n << 8 | static_cast<unsigned char>(at[i]);
  return n;
}
std::uint32_t number32(const char* at) { return static_cast<std::uint32_t>(big_endian(at, 4)); }

// Moves on; false: it does not end.
bool take_varint(std::string_view bytes, std::size_t& at, std::uint64_t& n) {
  n = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return false;
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    if (i == 8) {
      n = n << 8 | byte;
      return true;
    }
    n = n << 7 | (byte & 0x7Fu);
    if (byte < 0x80) return true;
  }
  return true;
}

bool is_page_size(std::uint64_t n) { return n >= 512 && n <= 65536 && (n & (n - 1)) == 0; }

// Of a payload so many bytes stand on the page itself, in front of the number of the next one.
std::size_t local_size(page_kind kind, std::size_t usable, std::uint64_t size) {
  const std::size_t most = kind == page_kind::table_leaf ? usable - 35 : (usable - 12) * 64 / 255 - 23;
  if (size <= most) return size;
  const std::size_t least = (usable - 12) * 32 / 255 - 23, then = least + (size - least) % (usable - 4);
  return then <= most ? then : least;
}

std::size_t size_of_type(std::uint64_t type) {
  constexpr std::array<std::size_t, 12> sizes{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < sizes.size() ? sizes[type] : (type - 12) / 2;
}

page_value value_of(std::uint64_t type, std::string_view bytes) {
  page_value v;
  if (type >= 12) {
    v.what = page_value::type::bytes;
    v.bytes = bytes;
  } else if (type == 8 || type == 9) {
    v.what = page_value::type::integer;
    v.number = type == 9 ? 1 : 0;
  } else if (type == 7) {
    v.what = page_value::type::real;
  } else if (type >= 1) {
    v.what = page_value::type::integer;
    auto n = big_endian(bytes.data(), bytes.size());
    if (bytes.size() < 8 && (bytes[0] & 0x80) != 0) n |= ~std::uint64_t{0} << (8 * bytes.size());
    v.number = static_cast<std::int64_t>(n);
  }
  return v;
}

// The checksum of the write-ahead log goes on from what stands in front.
struct log_sum {
  bool is_big_endian = false;
  std::uint32_t a = 0, b = 0;

  void add(std::string_view bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      a += word(bytes.data() + i) + b;
      b += word(bytes.data() + i + 4) + a;
    }
  }
  [[nodiscard]] bool is(const char* at) const { return number32(at) == a && number32(at + 4) == b; }

 private:
  [[nodiscard]] std::uint32_t word(const char* at) const {
    const auto n = number32(at);
    return is_big_endian ? n : n >> 24 | (n >> 8 & 0xFF00) | (n << 8 & 0xFF'0000) | n << 24;
  }
};

}  // namespace

page_kind sqlite_page::kind() const {
  const auto k = static_cast<page_kind>(bytes_[head_]);
  const bool is_known = k == page_kind::index_interior || k == page_kind::table_interior || k == page_kind::index_leaf || k == page_kind::table_leaf;
  return is_known ? k : page_kind::none;
}

std::size_t sqlite_page::number16(std::size_t at) const { return big_endian(bytes_.data() + at, 2); }
std::size_t sqlite_page::count() const { return number16(head_ + 3); }
std::uint32_t sqlite_page::right_most() const { return number32(bytes_.data() + head_ + 8); }

std::optional<page_cell> sqlite_page::cell(std::size_t n) const {
  const auto pointer = pointers() + 2 * n;
  if (pointer + 2 > bytes_.size()) return std::nullopt;
  return cell_at(kind(), number16(pointer));
}

std::optional<page_cell> sqlite_page::cell_at(page_kind kind, std::size_t offset) const {
  page_cell c;
  auto at = offset;
  if (kind == page_kind::none || at + 4 > bytes_.size()) return std::nullopt;
  if (kind == page_kind::table_interior || kind == page_kind::index_interior) {
    c.child = number32(bytes_.data() + at);
    at += 4;
  }
  if (kind == page_kind::table_interior) {
    if (!take_varint(bytes_, at, c.row)) return std::nullopt;
    c.bytes = at - offset;
    return c;
  }
  if (!take_varint(bytes_, at, c.size) || c.size > most_payload) return std::nullopt;
  if (kind == page_kind::table_leaf && !take_varint(bytes_, at, c.row)) return std::nullopt;
  const auto local = local_size(kind, bytes_.size(), c.size);
  const bool goes_on = local < c.size;
  if (at + local + (goes_on ? 4 : 0) > bytes_.size()) return std::nullopt;
  c.local = bytes_.substr(at, local);
  if (goes_on) c.overflow = number32(bytes_.data() + at + local);
  c.bytes = std::max<std::size_t>(at + local + (goes_on ? 4 : 0) - offset, 4);
  return c;
}

// As SQLite counts in its integrity check.
bool sqlite_page::is_consistent() const {
  if (kind() == page_kind::none) return false;
  const auto begin = number16(head_ + 5) == 0 ? std::size_t{65536} : number16(head_ + 5);
  if (begin > bytes_.size() || pointers() + 2 * count() > begin) return false;
  std::vector<std::pair<std::size_t, std::size_t>> taken;
  for (std::size_t i = 0; i < count(); ++i) {
    const auto at = number16(pointers() + 2 * i);
    const auto c = cell(i);
    if (at < begin || !c || at + c->bytes > bytes_.size()) return false;
    taken.emplace_back(at, at + c->bytes);
  }
  for (auto at = number16(head_ + 1); at != 0;) {
    if (at < begin || at + 4 > bytes_.size()) return false;
    const auto next = number16(at), size = number16(at + 2);
    if (size < 4 || at + size > bytes_.size() || (next != 0 && next < at + size)) return false;
    taken.emplace_back(at, at + size);
    at = next;
  }
  std::sort(taken.begin(), taken.end());
  std::size_t fragments = 0, end = begin;
  for (const auto& [from, to] : taken) {
    if (from < end) return false;
    fragments += from - end;
    end = to;
  }
  return fragments + (bytes_.size() - end) == static_cast<unsigned char>(bytes_[head_ + 7]);
}

std::optional<page_row> row_in(std::string_view payload, std::uint64_t size) {
  std::size_t at = 0;
  std::uint64_t head = 0;
  if (!take_varint(payload, at, head) || head < at || head > payload.size() || head > 9 * (page_row::most + 1)) return std::nullopt;
  std::array<std::uint64_t, page_row::most> types{};
  page_row row;
  std::uint64_t whole = head;
  while (at < head) {
    std::uint64_t type = 0;
    if (row.count == page_row::most || !take_varint(payload.substr(0, head), at, type) || type == 10 || type == 11 || type > 2 * most_payload) return std::nullopt;
    types[row.count++] = type;
    whole += size_of_type(type);
  }
  if (whole != size) return std::nullopt;
  for (std::size_t i = 0; i < row.count; ++i) {
    const auto bytes = size_of_type(types[i]);
    auto& v = row.values[i];
    if (at + bytes <= payload.size()) v = value_of(types[i], payload.substr(at, bytes));
    else v = {types[i] >= 12 ? page_value::type::bytes : page_value::type::integer, false, 0, {}};
    at += bytes;
  }
  return row;
}

sqlite_pages::sqlite_pages(byte_source file, byte_source log) : file_(std::move(file)), log_(std::move(log)) {
  read_log();
  if (page_size_ == 0) find_size();
  count_ = count_of_log_ != 0 ? count_of_log_ : static_cast<std::uint32_t>((file_.size + page_size_ - 1) / page_size_);
}

void sqlite_pages::set_size(std::uint32_t page_size, std::uint32_t reserved) {
  page_size_ = page_size;
  usable_ = page_size - reserved;
}

// Leaves the size of a page at 0 if nothing of the log counts.
void sqlite_pages::read_log() {
  std::string head(log_header, '\0');
  if (log_.size < log_header) return;
  log_.read(head.data(), head.size(), 0);
  const auto magic = number32(head.data()), page_size = number32(head.data() + 8);
  log_sum sum;
  sum.is_big_endian = (magic & 1) != 0;
  sum.add(std::string_view{head}.substr(0, 24));
  if ((magic & ~1u) != 0x377F'0682 || number32(head.data() + 4) != 3'007'000 || !is_page_size(page_size) || !sum.is(head.data() + 24)) return;
  std::string frame(frame_header + page_size, '\0');
  std::vector<std::pair<std::uint32_t, std::uint64_t>> uncommitted;
  for (std::uint64_t at = log_header; at + frame.size() <= log_.size; at += frame.size()) {
    log_.read(frame.data(), frame.size(), at);
    const auto page = number32(frame.data()), commits = number32(frame.data() + 4);
    sum.add(std::string_view{frame}.substr(0, 8));
    sum.add(std::string_view{frame}.substr(frame_header));
    if (page == 0 || std::memcmp(frame.data() + 8, head.data() + 16, 8) != 0 || !sum.is(frame.data() + 16)) break;
    uncommitted.emplace_back(page, at + frame_header);
    if (commits == 0) continue;
    for (const auto& [n, place] : uncommitted) logged_[n] = place;
    uncommitted.clear();
    count_of_log_ = commits;
  }
  if (count_of_log_ == 0) return;
  std::erase_if(logged_, [&](const auto& l) { return l.first > count_of_log_; });
  set_size(page_size, 0);
  std::string first;
  count_ = 1;
  read(1, first);
  if (first.starts_with("SQLite format 3") && page_size - static_cast<unsigned char>(first[20]) >= 480) set_size(page_size, static_cast<unsigned char>(first[20]));
}

// The one that makes most sense of what is there: the header may be what is damaged.
void sqlite_pages::find_size() {
  std::string head(file_header, '\0');
  file_.read(head.data(), std::min<std::uint64_t>(head.size(), file_.size), 0);
  const auto said = static_cast<std::uint32_t>(big_endian(head.data() + 16, 2)), of_header = said == 1 ? 65536 : said;
  const std::uint32_t reserved = static_cast<unsigned char>(head[20]);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all{{ours, 0}};
  if (is_page_size(of_header) && of_header - reserved >= 480) all.emplace_back(of_header, reserved);
  for (std::uint32_t size = 512; size <= 65536; size *= 2) all.emplace_back(size, 0);
  std::size_t best = 0;
  set_size(ours, 0);
  for (const auto& [size, kept] : all)
    if (const auto n = consistent_pages(size, kept); n > best) {
      best = n;
      set_size(size, kept);
    }
}

std::size_t sqlite_pages::consistent_pages(std::uint32_t page_size, std::uint32_t reserved) const {
  const auto pages = file_.size / page_size;
  std::string bytes(page_size, '\0');
  std::size_t good = 0;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(pages, looked_at); ++i) {
    const auto number = pages <= looked_at ? i : pages * i / looked_at;
    file_.read(bytes.data(), bytes.size(), number * page_size);
    if (sqlite_page{static_cast<std::uint32_t>(number + 1), std::string_view{bytes}.substr(0, page_size - reserved)}.is_consistent()) ++good;
  }
  return good * page_size;  // of bytes: a small size has more pages
}

void sqlite_pages::read(std::uint32_t number, std::string& to) const {
  to.assign(page_size_, '\0');
  const auto logged = logged_.find(number);
  if (logged != logged_.end()) {
    log_.read(to.data(), to.size(), logged->second);
  } else if (const auto at = std::uint64_t{number - 1} * page_size_; at < file_.size) {
    file_.read(to.data(), std::min<std::uint64_t>(to.size(), file_.size - at), at);
  }
  to.resize(usable_);
}

std::string sqlite_pages::payload(const page_cell& cell, const std::function<void(std::uint32_t)>& passed) const {
  std::string all{cell.local}, page;
  if (cell.size > std::uint64_t{count_} * usable_) return all;  // it may be no cell at all
  for (auto next = cell.overflow; all.size() < cell.size;) {
    if (next == 0 || next > count_) break;
    if (passed) passed(next);
    read(next, page);
    next = number32(page.data());
    all.append(page, 4, std::min<std::uint64_t>(page.size() - 4, cell.size - all.size()));
  }
  return all;
}

bool sqlite_pages::walk(std::uint32_t root, page_kind leaf, const std::function<void(std::uint32_t, const sqlite_page&)>& found) const {
  const auto interior = leaf == page_kind::table_leaf ? page_kind::table_interior : page_kind::index_interior;
  std::set<std::uint32_t> seen;
  std::vector<std::uint32_t> next{root};
  std::string bytes;
  bool is_whole = true;
  while (!next.empty()) {
    const auto number = next.back();
    next.pop_back();
    if (number == 0 || number > count_ || !seen.insert(number).second) {
      is_whole = false;
      continue;
    }
    read(number, bytes);
    const sqlite_page page{number, bytes};
    if ((page.kind() != leaf && page.kind() != interior) || !page.is_consistent()) {
      is_whole = false;
      continue;
    }
    found(number, page);
    if (!page.is_interior()) continue;
    next.push_back(page.right_most());
    for (auto i = page.count(); i-- > 0;) next.push_back(page.cell(i)->child);
  }
  return is_whole;
}

std::optional<std::uint32_t> sqlite_pages::root_of(std::string_view table) const {
  std::optional<std::uint32_t> root;
  walk(1, page_kind::table_leaf, [&](std::uint32_t, const sqlite_page& page) {
    for (std::size_t i = 0; !page.is_interior() && i < page.count(); ++i) {
      const auto cell = page.cell(i);
      const auto bytes = payload(*cell);
      if (const auto row = row_in(bytes, cell->size); row && row->count == 5 && (*row)[0].bytes == "table" && (*row)[1].bytes == table && (*row)[3].is_integer())
        root = static_cast<std::uint32_t>((*row)[3].integer());
    }
  });
  return root;
}

// Trunks, each with the numbers of others; the header says how many there are in all.
std::optional<std::vector<std::uint32_t>> sqlite_pages::free_pages() const {
  std::string bytes;
  read(1, bytes);
  if (!bytes.starts_with("SQLite format 3") || !sqlite_page{1, bytes}.is_consistent()) return std::nullopt;
  const auto expected = number32(bytes.data() + 36);
  std::vector<std::uint32_t> all;
  for (auto trunk = number32(bytes.data() + 32); trunk != 0;) {
    if (trunk > count_ || all.size() >= expected || expected > count_) return std::nullopt;
    all.push_back(trunk);
    read(trunk, bytes);
    const auto leaves = number32(bytes.data() + 4);
    if (leaves > usable_ / 4 - 2) return std::nullopt;
    for (std::uint32_t i = 0; i < leaves; ++i) all.push_back(number32(bytes.data() + 8 + std::size_t{4} * i));
    trunk = number32(bytes.data());
  }
  const bool is_within = std::all_of(all.begin(), all.end(), [&](auto n) { return n > 1 && n <= count_; });
  return is_within && all.size() == expected ? std::optional{std::move(all)} : std::nullopt;
}

namespace {

byte_source source_of(sqlite_connection& connection, sqlite3_file* file) {
  sqlite3_int64 size = 0;
  if (file == nullptr || file->pMethods == nullptr) return {};
  if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK) connection.fail(code);
  return {static_cast<std::uint64_t>(size), [&connection, file](char* to, std::size_t bytes, std::uint64_t at) {
            if (const int code = file->pMethods->xRead(file, to, static_cast<int>(bytes), static_cast<sqlite3_int64>(at)); code != SQLITE_OK) connection.fail(code);
          }};
}

byte_source source_at(const std::string& path) {
  const auto file = std::make_shared<file_handle>(open_to_read(path));
  return {size_of(file->get(), path), [file, path](char* to, std::size_t bytes, std::uint64_t at) {
            if (!read_exactly(file->get(), path, to, bytes, at)) std::memset(to, 0, bytes);  // it was cut meanwhile
          }};
}

}  // namespace

sqlite_pages pages_of(sqlite_connection& connection) {
  const auto file_of = [&](int which) {
    sqlite3_file* file = nullptr;
    if (const int code = sqlite3_file_control(connection.get(), "main", which, &file); code != SQLITE_OK) connection.fail(code);
    return source_of(connection, file);
  };
  auto file = file_of(SQLITE_FCNTL_FILE_POINTER);
  return {std::move(file), file_of(SQLITE_FCNTL_JOURNAL_POINTER)};
}

sqlite_pages pages_at(const std::string& path) {
  auto file = source_at(path);
  return {std::move(file), std::filesystem::exists(path + "-wal") ? source_at(path + "-wal") : byte_source{}};
}

}  // namespace troupe::store
