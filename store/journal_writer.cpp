#include "store/journal_writer.hpp"

#include "store/crc32c.hpp"
#include "store/message_store.hpp"

#include <utility>

namespace troupe::store::journal {

using namespace protocol;

namespace {

constexpr std::uint64_t largest_segment = (std::uint64_t{1} << 32) - 8;
constexpr std::size_t most_waiting = std::size_t{1} << 20;  // bytes that are not in the file yet

}  // namespace

segment_header sealed(segment_header header) {
  header.crc = crc32c({reinterpret_cast<const char*>(&header), sizeof header - sizeof header.crc});
  return header;
}

segment_writer::segment_writer(file_layer& files, std::string path, indexed_segment what)
    : files_(files), path_(std::move(path)), what_(what), seed_(seed_of(what.store)), file_(files.make(path_, 4096)) {
  bytes_.assign(sizeof(segment_header), '\0');
}

void segment_writer::put(const entry_content& content) {
  const auto size = entry_size(content);
  const auto at = make_space(size);
  if (size == 0 || offset_ + at + size > largest_segment) throw store_error(path_ + ": what is to be written is too large for a segment, which holds 4 GiB.");
  write_entry(bytes_.data() + at, size, place_of(what_.number, offset_ + at), seed_, content);
  publish_entry(bytes_.data() + at, size);
  if (content.batch) add_to_index(content, static_cast<std::uint32_t>(offset_ + at));
}

std::uint64_t segment_writer::finish(segment_header header) {
  flush();
  header.number = what_.number;
  header.edition = what_.edition;
  header.capacity = 0;
  header = sealed(header);
  files_.write(file_.get(), path_, {reinterpret_cast<const char*>(&header), sizeof header}, 0);
  files_.truncate(file_.get(), path_, offset_);
  files_.sync(file_.get(), path_);
  return offset_;
}

std::size_t segment_writer::make_space(std::uint64_t size) {
  if (bytes_.size() > most_waiting) flush();
  const auto at = bytes_.size();
  bytes_.resize(at + static_cast<std::size_t>(size));
  return at;
}

void segment_writer::flush() {
  files_.write(file_.get(), path_, bytes_, offset_);
  offset_ += bytes_.size();
  bytes_.clear();
}

void segment_writer::add_to_index(const entry_content& c, std::uint32_t entry) {
  std::uint32_t row = 0;
  for (const auto& r : c.batch->records)
    index_->add({c.slot, c.numbers.generation}, entry, row++,
                {r.number.value, r.kind == record_kind::skipped ? r.last.value : r.token.value, 0, static_cast<std::uint32_t>(r.kind) << 30});
}

}  // namespace troupe::store::journal
