// A journal as somebody left it, perhaps in the middle of a word.
#include "store/journal_store.hpp"

#include "store/crc32c.hpp"
#include "store/journal_segments.hpp"
#include "store/journal_survey.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace troupe::store {

using namespace protocol;
using namespace journal;

namespace {

constexpr std::uint64_t smallest_segment = 4096, largest_segment = (std::uint64_t{1} << 32) - 8;

std::string text(std::uint64_t n) { return std::to_string(n); }

// What tells a folder that was just made from any other: the machine, since it was started, its file system, its number there, and when.
std::uint64_t name_for(const std::string& folder) {
  struct stat s {};
  if (::stat(folder.c_str(), &s) != 0) throw file_failure(folder, "be read", errno);
  const std::string all = text(boot_of_machine()) + "/" + text(s.st_dev) + "/" + text(s.st_ino) + "/" + std::to_string(s.st_ctim.tv_sec) + "." +
                          std::to_string(s.st_ctim.tv_nsec) + "/" + folder;
  return std::uint64_t{crc32c(all)} << 32 | crc32c(all, 1);
}

}  // namespace

journal_store::journal_store(std::string folder, journal_options options)
    : folder_(std::move(folder)), options_(options), files_(options.files ? *options.files : plain_files()), tidier_(options.has_thread), thread_(options.has_thread) {
  options_.segment_size = std::clamp(options_.segment_size, smallest_segment, largest_segment) / 8 * 8;
  try {
    prepare_folder();
    recover();
  } catch (const file_failure& e) {
    rooms_.reset();
    throw store_error(folder_ + ": cannot be opened: " + told(e));
  } catch (const std::filesystem::filesystem_error& e) {
    rooms_.reset();
    throw store_error(folder_ + ": cannot be opened: " + e.code().message() + ".");
  }
}

std::string journal_store::path_of(std::uint64_t segment, std::string_view ending) const { return folder_ + "/" + segment_name(segment, ending); }

void journal_store::prepare_folder() {
  while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
  const auto parent = std::filesystem::path{folder_}.parent_path();
  std::error_code ignored;
  if (!parent.empty() && !std::filesystem::is_directory(parent, ignored))
    throw store_error(folder_ + ": the folder " + parent.string() + " does not exist. Make it first: mkdir -p " + parent.string());
  if (std::filesystem::exists(folder_, ignored) && !std::filesystem::is_directory(folder_, ignored))
    throw store_error(folder_ + ": is a file, and a journal is a folder. Name another path for the store.");
  lock_ = std::make_unique<file_lock>(folder_);
  // It holds every order that was sent.
  if (::mkdir(folder_.c_str(), 0700) == 0) {
    if (options_.durability == durability::power) files_.sync_folder(parent.empty() ? "." : parent.string());
  } else if (errno != EEXIST) {
    throw file_failure(folder_, "be made", errno);
  }
  // What an opening before this one began and did not finish.
  for (const auto& entry : std::filesystem::directory_iterator{folder_})
    if (const auto name = entry.path().filename().string(); name.ends_with(".tmp") || name.ends_with(".idx.new")) files_.remove(entry.path().string());
}

void journal_store::recover() {
  auto numbers = segments_in(folder_);
  // Made, and not begun: the machine stopped in between. There is nothing in it.
  while (!numbers.empty()) {
    const auto path = path_of(numbers.back());
    if (!is_unbegun(path)) break;
    numbers.pop_back();
    const bool was_in_use = !numbers.empty() && open_segment(path_of(numbers.back()), numbers.back()).header.is_synced == 0;
    findings_.push_back(path + (was_in_use ? " is empty: the machine stopped before any of it was on the disk. At durability `process` the newest commits may be missing, and the next "
                                             "numbers be lower than what the counterparties have seen. Compare them before the sessions go on. It is removed."
                                           : " is empty: the machine stopped while it was made. It is removed."));
    files_.remove(path);
  }
  // An engine removes a segment in front of its index, and never the last one.
  for (const auto n : segments_in(folder_, ".idx"))
    if (!numbers.empty() && n > numbers.back())
      findings_.push_back(path_of(n) + " is missing: there is its index, and nothing else. The next numbers may be lower than what the counterparties have seen. Compare them before the sessions go on.");
  if (numbers.empty()) {
    store_ = name_for(folder_);
  } else {
    const auto [store, base] = find_base(folder_, numbers);
    store_ = store;
    end_.number = numbers.back();
    for (const auto n : numbers) {
      const auto segment = open_segment(path_of(n), n);
      if (n >= base) replay(segment, n == numbers.back());
      else sealed_.push_back({n, segment.size, segment.header.edition, false, nullptr, std::nullopt});
      if (n < base) settle_index(sealed_.back());
    }
    if (!findings_.empty()) note_sessions_behind(numbers, base);
  }
  seed_ = seed_of(store_);
  rooms_ = std::make_unique<rooms>(files_, thread_, folder_, options_.segment_size, options_.durability == durability::power);
  begin_segment(0);
}

void journal_store::replay(const segment_file& segment, bool is_last) {
  auto index = std::make_shared<segment_index>();
  std::uint64_t damaged_records = 0;
  const auto limit = is_last && segment.header.is_synced != 0 ? end_of_acknowledged(segment) : segment.size;
  auto found = scan(segment, [&](std::uint64_t offset, const entry_view& e) {
    if (offset >= limit) return false;
    take(e, offset);
    index->add(static_cast<std::uint32_t>(offset), e);
    if (e.head().slot >= slots_.size() || !slots_[e.head().slot]) return true;
    e.for_each_record([&](std::uint32_t row, const record_row&, std::size_t at) { damaged_records += e.stored(row, at, slots_[e.head().slot]->name_check).is_damaged; });
    return true;
  });
  std::erase_if(found.damaged, [&](const damage& d) { return d.begin >= limit || d.what == damage::kind::unfinished; });
  if (!found.damaged.empty())
    if (const auto before = index_file::open(path_of(segment.number, ".idx"), {store_, segment.number, segment.header.edition})) index->keep_damaged(*before, found.damaged);
  for (const auto& d : found.damaged) note_damage(segment, d);
  if (damaged_records > 0) findings_.push_back(segment.path + ": " + text(damaged_records) + " of its messages are damaged. They will not be resent.");
  sealed_.push_back({segment.number, segment.size, segment.header.edition, false, index, std::nullopt});
  note_places(sealed_.back());
  const auto boot = boot_of_machine();
  const bool was_in_use = segment.size == segment.header.capacity;  // a sealed one is cut to its length
  if (is_last && was_in_use && segment.header.is_synced == 0 && segment.header.boot != 0 && boot != 0 && segment.header.boot != boot)
    findings_.push_back(segment.path + ": the machine stopped while this journal was in use at durability `process`: its newest commits may be missing, and the next "
                                       "numbers be lower than what the counterparties have seen. Compare them before the sessions go on.");
  // With damage in it, it is kept as it is.
  if (!is_last || !found.damaged.empty()) {
    write_index(files_, path_of(segment.number, ".idx"), named(sealed_.back()), *index);
    return;
  }
  seal_last(segment, found.end, index);
}

void journal_store::seal_last(const segment_file& segment, std::uint64_t end, std::shared_ptr<const segment_index> index) {
  const file_handle file{::open(segment.path.c_str(), O_RDWR | O_CLOEXEC)};
  if (!file) throw file_failure(segment.path, "be opened", errno);
  files_.truncate(file.get(), segment.path, end);
  if (options_.durability == durability::power) files_.sync(file.get(), segment.path);  // a store of the other durability may have written it
  sealed_.back().size = end;
  write_index(files_, path_of(segment.number, ".idx"), named(sealed_.back()), *index);
}

void journal_store::note_damage(const segment_file& segment, const damage& d) {
  const auto where = segment.path + ": bytes " + text(d.begin) + " to " + text(d.end);
  if (d.what == damage::kind::tail)
    findings_.push_back(where + " are no whole entry: what the machine did not finish to write when it stopped. At durability `process` commits may be missing: "
                                "the next numbers may be lower than what the counterparties have seen.");
  else
    findings_.push_back(where + " are damaged; what stands behind them is whole. Messages that stood there are lost.");
}

// Numbers are known from what stands behind damage: not those of a session of which nothing does.
void journal_store::note_sessions_behind(const std::vector<std::uint64_t>& numbers, std::uint64_t base) {
  survey all{true, {}, true};
  for (const auto n : numbers) {
    if (n < base) continue;
    const auto segment = open_segment(path_of(n), n);
    const auto limit = n == numbers.back() && segment.header.is_synced != 0 ? end_of_acknowledged(segment) : segment.size;
    all.begin(segment);
    const auto found = scan(segment, [&](std::uint64_t offset, const entry_view& e) { return offset < limit && (static_cast<void>(all.take(offset, e)), true); });
    all.end(found, limit);
  }
  all.finish();
  for (const auto& [id, s] : all.sessions())
    if (all.is_behind(s))
      findings_.push_back(folder_ + ": the numbers of " + to_string(id) + " (next sender " + text(s.state.next_sender.value) + ", next target " + text(s.state.next_target.value) +
                          ") are those in front of what is damaged, and may be lower than what its counterparty has seen. Compare them before the session goes on; `troupe repair-store` raises them.");
}

void journal_store::take(const entry_view& e, std::uint64_t offset) {
  switch (journal::take(e, sessions_, slots_)) {
    case taken::yes: return;
    case taken::nameless:
      throw store_error(folder_ + ": an entry at " + text(offset) + " has no session's name, and a checksum that fits. Another program wrote it.");
    case taken::stranger: findings_.push_back(folder_ + ": an entry at " + text(offset) + " is of a session whose name is lost with the damage in front of it.");
  }
}

}  // namespace troupe::store
