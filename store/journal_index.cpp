#include "store/journal_index.hpp"

#include "store/crc32c.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace troupe::store::journal {

namespace {

template <class T>
std::string_view bytes_of(const std::vector<T>& rows) {
  return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T)};
}
template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

bool is_before(const index_row& row, const numbering& whose) { return numbering{row.slot, row.generation} < whose; }

std::uint32_t header_crc(const index_header& header, const std::vector<index_row>& rows) {
  return crc32c(bytes_of(rows), crc32c(bytes_of(header).substr(0, sizeof header - sizeof header.crc)));
}

file_handle open_if_there(const std::string& path) {
  try {
    return open_to_read(path);
  } catch (const file_failure& e) {
    if (e.error() == ENOENT) return {};
    throw;
  }
}

}  // namespace

void segment_index::add(const numbering& whose, std::uint32_t entry, std::uint32_t row, const record_row& record) {
  if (latest_ == numberings_.end() || latest_->first != whose) latest_ = numberings_.try_emplace(whose).first;
  auto& index = latest_->second;
  index.references.push_back({record.number, entry, row});
  index.last = std::max(index.last, last_of(record));
  if (const auto token = token_of(record); token != 0) index.tokens.push_back({token, record.number});
}

void segment_index::add(std::uint32_t entry, const entry_view& e) {
  const numbering whose{e.head().slot, e.numbers().generation};
  e.for_each_record([&](std::uint32_t row, const record_row& record, std::size_t) { add(whose, entry, row, record); });
}

void segment_index::keep_damaged(const index_file& before, std::span<const damage> damaged) {
  const auto is_damaged = [&](const reference& r) { return std::any_of(damaged.begin(), damaged.end(), [&](const damage& d) { return d.begin <= r.entry && r.entry < d.end; }); };
  const auto is_before = [](const auto& a, const auto& b) { return a.number < b.number; };
  for (const auto& row : before.rows()) {
    const auto known = before.load(row);
    if (!known || std::none_of(known->references.begin(), known->references.end(), is_damaged)) continue;
    auto& index = numberings_[{row.slot, row.generation}];
    std::set<std::uint64_t> told, kept;
    for (const auto& r : index.references) told.insert(r.number);
    for (const auto& r : known->references)
      if (is_damaged(r) && told.insert(r.number).second) {
        index.references.push_back(r);
        kept.insert(r.number);
      }
    for (const auto& t : known->tokens)
      if (kept.contains(t.number)) index.tokens.push_back(t);
    std::sort(index.references.begin(), index.references.end(), is_before);
    std::stable_sort(index.tokens.begin(), index.tokens.end(), is_before);
    if (!kept.empty()) index.last = std::max(index.last, kept.contains(known->references.back().number) ? row.last : *kept.rbegin());
  }
  std::erase_if(numberings_, [](const auto& n) { return n.second.references.empty(); });
  latest_ = numberings_.end();
}

void segment_index::drop_from(std::uint32_t entry) {
  for (auto& [whose, index] : numberings_) {
    while (!index.references.empty() && index.references.back().entry >= entry) {
      const auto number = index.references.back().number;
      while (!index.tokens.empty() && index.tokens.back().number >= number) index.tokens.pop_back();
      index.last = number - 1;
      index.references.pop_back();
    }
  }
  std::erase_if(numberings_, [](const auto& n) { return n.second.references.empty(); });
  latest_ = numberings_.end();
}

const numbering_index* segment_index::find(const numbering& whose) const {
  const auto at = numberings_.find(whose);
  return at == numberings_.end() ? nullptr : &at->second;
}

void write_index(file_layer& files, const std::string& path, const indexed_segment& of, const segment_index& index) {
  std::vector<index_row> rows;
  std::string tables;
  const auto tables_at = sizeof(index_header) + index.all().size() * sizeof(index_row);
  for (const auto& [whose, part] : index.all()) {
    auto tokens = part.tokens;
    if (!std::is_sorted(tokens.begin(), tokens.end())) std::sort(tokens.begin(), tokens.end());  // most applications count
    const auto at = tables.size();
    tables.append(bytes_of(part.references)).append(bytes_of(tokens));
    rows.push_back({whose.slot, static_cast<std::uint32_t>(part.references.size()), static_cast<std::uint32_t>(tokens.size()),
                    crc32c(std::string_view{tables}.substr(at)), whose.generation, part.references.front().number, part.last,
                    tokens.empty() ? 0 : tokens.front().token, tokens.empty() ? 0 : tokens.back().token, tables_at + at});
  }
  index_header header;
  header.rows = static_cast<std::uint32_t>(rows.size());
  header.store = of.store;
  header.number = of.number;
  header.edition = static_cast<std::uint32_t>(of.edition);
  header.crc = header_crc(header, rows);
  std::string all{bytes_of(header)};
  all.append(bytes_of(rows)).append(tables);
  const auto beside = path + ".new";
  {
    const auto file = files.make(beside, all.size());
    files.write(file.get(), beside, all, 0);
  }
  files.rename(beside, path);
}

namespace {

struct directory {
  index_header header;
  std::vector<index_row> rows;
};

// nullopt: there is none, or it is damaged.
std::optional<directory> read_directory(const std::string& path) {
  const auto file = open_if_there(path);
  if (!file) return std::nullopt;
  directory d;
  auto& header = d.header;
  const auto size = size_of(file.get(), path);
  if (size < sizeof header || !read_exactly(file.get(), path, reinterpret_cast<char*>(&header), sizeof header, 0)) return std::nullopt;
  if (header.magic_bytes != index_magic || header.format_version != format) return std::nullopt;
  if (header.rows > (size - sizeof header) / sizeof(index_row)) return std::nullopt;
  d.rows.resize(header.rows);
  if (!read_exactly(file.get(), path, reinterpret_cast<char*>(d.rows.data()), d.rows.size() * sizeof(index_row), sizeof header)) return std::nullopt;
  return header_crc(header, d.rows) == header.crc ? std::optional{std::move(d)} : std::nullopt;
}

}  // namespace

std::optional<index_file> index_file::open(const std::string& path, const indexed_segment& of) {
  auto d = read_directory(path);
  if (!d || d->header.store != of.store || d->header.number != of.number || d->header.edition != static_cast<std::uint32_t>(of.edition)) return std::nullopt;
  index_file f;
  f.path_ = path;
  f.rows_ = std::move(d->rows);
  return f;
}

std::optional<indexed_segment> index_owner(const std::string& path) {
  const auto d = read_directory(path);
  return d ? std::optional{indexed_segment{d->header.store, d->header.number, d->header.edition}} : std::nullopt;
}

const index_row* row_of(std::span<const index_row> rows, const numbering& whose) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), whose, is_before);
  return at == rows.end() || numbering{at->slot, at->generation} != whose ? nullptr : &*at;
}

std::optional<numbering_index> index_file::load(const index_row& row) const {
  const auto file = open_if_there(path_);
  if (!file) return std::nullopt;
  numbering_index index;
  index.references.resize(row.references);
  index.tokens.resize(row.tokens);
  const auto read = [&](auto& table, std::uint64_t at) { return read_exactly(file.get(), path_, reinterpret_cast<char*>(table.data()), bytes_of(table).size(), at); };
  if (!read(index.references, row.at) || !read(index.tokens, row.at + bytes_of(index.references).size())) return std::nullopt;
  if (crc32c(bytes_of(index.tokens), crc32c(bytes_of(index.references))) != row.crc) return std::nullopt;
  index.last = row.last;
  return index;
}

}  // namespace troupe::store::journal
