#include "store/journal_store.hpp"

#include "store/crc32c.hpp"
#include "store/store_unavailable.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

namespace troupe::store {

using namespace protocol;
using namespace journal;

namespace {

void put(const commit_batch& batch, entry_content& into) {
  into.batch = &batch;
  into.parked = batch.park;
  into.unparked = batch.unpark;
  into.numbers.parked_through = batch.parked_through;
}

std::uint64_t size_of(const commit_batch& batch) {
  entry_content c;
  put(batch, c);
  return entry_size(c);
}

bool changes_parked(const commit_batch& batch) { return !batch.park.empty() || batch.parked_through != 0 || !batch.unpark.empty(); }

// At most.
std::uint64_t snapshot_size(const session_id& id, const std::deque<parked_submit>& parked) {
  std::uint64_t size = padded(meta_size(0, parked.size()) + packed(id).size());
  for (const auto& p : parked) size += padded(p.message.msg_type.size() + p.message.header.size() + p.message.body.size());
  return size;
}

std::uint16_t flags_of(const session_snapshot& s) {
  return static_cast<std::uint16_t>((s.is_reset_pending ? reset_pending : 0) | (s.is_cancel_owed ? cancel_owed : 0));
}

}  // namespace

journal_store::~journal_store() {
  is_over_->store(true);
  if (compaction_.valid()) compaction_.wait();
  end_compaction();
  rooms_.reset();  // needs the thread
}

// ---------------------------------------------------------------- sessions

session_snapshot journal_store::load(const session_id& id, utc_time now) try {
  auto& s = session_of(id, now);
  const auto before = s.state.incarnation;
  const auto last_before = s.last_commit;
  ++s.state.incarnation;
  s.last_commit = {};
  try {
    append(content_of(s, entry_kind::loaded));
    sync();
  } catch (const file_failure&) {
    s.state.incarnation = before;
    s.last_commit = last_before;
    throw;
  }
  auto snapshot = s.state;
  snapshot.parked.assign(s.parked.begin(), s.parked.end());
  return snapshot;
} catch (const file_failure& e) {
  throw store_unavailable("session " + to_string(id) + " cannot be loaded: " + told(e));
}

journal_store::session& journal_store::session_of(const session_id& id, utc_time now) {
  if (const auto at = sessions_.find(id); at != sessions_.end()) return at->second;
  session s;
  s.id = id;
  s.slot = static_cast<std::uint32_t>(slots_.size());
  s.name_check = crc32c(to_string(id));
  s.state.creation_time = now;
  auto content = content_of(s, entry_kind::session);
  const auto name = packed(id);
  content.name = name;
  append(content);
  auto& kept = sessions_.emplace(id, std::move(s)).first->second;
  slots_.push_back(&kept);
  return kept;
}

std::vector<stored_session> journal_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, s] : sessions_) all.push_back({id, s.state});
  return all;
}

bool journal_store::forget_unused(const session_id& id, session_incarnation of) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !at->second.parked.empty() || !is_unused(at->second.state, of)) return false;
  if (!parts_of(at->second, at->second.state.generation.value).empty()) return false;
  try {
    append(content_of(at->second, entry_kind::forgotten));
    sync();
  } catch (const file_failure&) {
    return false;  // one session more than need be
  }
  slots_[at->second.slot] = nullptr;
  sessions_.erase(at);
  return true;
}

// ---------------------------------------------------------------- entries

entry_content journal_store::content_of(const session& s, entry_kind kind) const {
  entry_content c;
  c.kind = kind;
  c.flags = flags_of(s.state);
  c.slot = s.slot;
  c.name_check = s.name_check;
  c.numbers = {s.state.incarnation.value, s.last_commit.value,         s.state.generation.value, s.state.next_sender.value,
               s.state.next_target.value, s.state.creation_time.time_since_epoch().count(), 0};
  return c;
}

void journal_store::append(const entry_content& content) { append(content, entry_size(content)); }

void journal_store::append(const entry_content& content, std::uint64_t size) {
  if (!has_room(size)) begin_segment(size);
  char* const to = end_.room.bytes + end_.tail;
  write_entry(to, size, place_of(end_.number, end_.tail), seed_, content);
  publish_entry(to, size);
  if (content.batch) {
    std::uint32_t row = 0;
    for (const auto& r : content.batch->records) {
      const bool is_range = r.kind == record_kind::skipped;
      end_.index->add({content.slot, content.numbers.generation}, static_cast<std::uint32_t>(end_.tail), row++,
                      {r.number.value, is_range ? r.last.value : r.token.value, 0, static_cast<std::uint32_t>(r.kind) << 30});
    }
  }
  end_.tail += size;
}

void journal_store::sync() {
  if (options_.durability != durability::power || end_.tail == end_.synced) return;
  try {
    files_.sync(end_.room.file.get(), end_.room.path);
  } catch (const file_failure&) {
    // What the kernel could not write it may have forgotten: only what was synced before counts, and the rest is written again elsewhere.
    std::memset(end_.room.bytes + end_.synced, 0, sizeof(std::uint32_t));
    end_.index->drop_from(static_cast<std::uint32_t>(end_.synced));
    end_.tail = end_.synced;
    end_.is_condemned = true;
    throw;
  }
  mark_synced();
}

void journal_store::mark_synced() {
  entry_content mark;
  mark.kind = entry_kind::synced;
  if (has_room(entry_size(mark))) append(mark);
  end_.synced = end_.tail;
}

// ---------------------------------------------------------------- segments

void journal_store::begin_segment(std::uint64_t room_for) {
  std::uint64_t size = sizeof(segment_header) + 2 * meta_size(0, 0) + room_for + 8;
  for (const auto& [id, s] : sessions_) size += snapshot_size(id, s.parked);
  open_end next;
  next.room = rooms_->take(size > options_.segment_size ? padded(size * 2) : options_.segment_size);
  next.number = end_.number + 1;
  try {
    make_segment(next);
  } catch (const file_failure&) {
    try {
      files_.remove(next.room.path);
    } catch (const file_failure&) {  // it is removed when the journal is opened, or takes the place of this one
    }
    throw;
  }
  std::swap(end_, next);
  seal(std::move(next));
  rooms_->prepare();
  tidy();
}

// From the moment on that it has its name, nothing may be written into the one before: its snapshot would contradict it.
void journal_store::make_segment(open_end& next) {
  const bool waits = options_.durability == durability::power;
  if (end_.is_condemned) files_.truncate(end_.room.file.get(), end_.room.path, end_.tail);
  write_snapshot(next);
  if (waits) files_.sync(next.room.file.get(), next.room.path);
  const auto path = path_of(next.number);
  files_.rename(next.room.path, path);
  next.room.path = path;
  end_.is_condemned = true;
  if (waits) files_.sync_folder(folder_);
  next.synced = next.tail;
}

// Of all sessions, as they are now.
void journal_store::write_snapshot(open_end& to) const {
  segment_header header;
  header.store = store_;
  header.number = to.number;
  header.capacity = to.room.capacity;
  header.boot = boot_of_machine();
  header.is_synced = options_.durability == durability::power;
  header.crc = crc32c({reinterpret_cast<const char*>(&header), sizeof header - sizeof header.crc});
  std::memcpy(to.room.bytes, &header, sizeof header);
  to.tail = sizeof header;
  const auto put = [&](const entry_content& c) {
    const auto bytes = entry_size(c);
    write_entry(to.room.bytes + to.tail, bytes, place_of(to.number, to.tail), seed_, c);
    publish_entry(to.room.bytes + to.tail, bytes);
    to.tail += bytes;
  };
  for (const auto& [id, s] : sessions_) {
    auto c = content_of(s, entry_kind::session);
    const auto name = packed(id);
    const std::vector<parked_submit> parked(s.parked.begin(), s.parked.end());
    c.name = name;
    c.parked = parked;
    put(c);
  }
  entry_content done;
  done.kind = entry_kind::snapshot_end;
  done.slot = static_cast<std::uint32_t>(slots_.size());  // slots are not given twice
  put(done);
}

// Full, or given up: cut to its length, and indexed in a file. Nobody waits for that.
void journal_store::seal(open_end full) {
  if (!full.room.bytes) return;
  sealed_.push_back({full.number, full.tail, 0, false, full.index, std::nullopt});
  note_places(sealed_.back());
  auto kept = std::make_shared<room>(std::move(full.room));
  thread_.post([kept, &files = files_, index = full.index, length = full.tail, path = path_of(full.number, ".idx"), of = named(sealed_.back())] {
    try {
      files.truncate(kept->file.get(), kept->path, length);
      write_index(files, path, of, *index);
    } catch (const file_failure&) {  // its end is found by reading, and the index is made again, when the journal is opened
    }
  });
}

bool journal_store::is_dead(const numbering& n) const {
  const session* s = n.slot < slots_.size() ? slots_[n.slot] : nullptr;
  return !s || n.generation <= s->retired || n.generation + std::max<std::uint64_t>(1u, options_.kept_generations) <= s->state.generation.value;
}

// ---------------------------------------------------------------- commits

void journal_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  sizes_.clear();
  for (const auto& item : batches) sizes_.push_back(size_of(*item.batch));
  const auto all = std::accumulate(sizes_.begin(), sizes_.end(), std::uint64_t{0});
  // What shares a sync shares a segment, so that going back is going back in one.
  const bool is_one = batches.size() == 1 || has_room(all) || all < options_.segment_size / 2;
  const auto step = is_one ? batches.size() : 1;
  for (std::size_t at = 0; at < batches.size(); at += step) {
    const std::span sizes{sizes_};
    commit_some(batches.subspan(at, step), sizes.subspan(at, step), results.subspan(at, step));
  }
}

void journal_store::commit_some(std::span<const session_batch> batches, std::span<const std::uint64_t> sizes, std::span<commit_result> results) {
  before_.clear();
  try {
    const auto all = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
    if (!has_room(all)) begin_segment(all);
    for (std::size_t i = 0; i < batches.size(); ++i) results[i] = stage(batches[i], sizes[i]);
    sync();
  } catch (const file_failure& e) {
    roll_back(results, told(e));
  }
}

commit_result journal_store::stage(const session_batch& item, std::uint64_t size) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) return {commit_status::wrong_incarnation, "this session was never loaded"};
  auto& s = at->second;
  const commit_position position{s.state.incarnation, s.last_commit};
  const auto turn = turn_of(position, *item.batch);
  if (turn != commit_turn::take) return answer_to(turn, position, *item.batch);
  if (size == 0) return {commit_status::failed, "a commit of this size is too large for a journal; it holds 2 GiB at most"};
  if (options_.durability == durability::power)
    before_.push_back({&s, s.state, s.last_commit, changes_parked(*item.batch) ? std::optional{s.parked} : std::nullopt});
  apply(s, *item.batch);
  auto c = content_of(s, entry_kind::commit);
  put(*item.batch, c);
  append(c, size);
  return {};
}

void journal_store::apply(session& s, const commit_batch& batch) {
  auto& n = s.state;
  if (batch.reset) n.creation_time = batch.reset->creation_time;
  n.generation = batch.generation;
  n.next_sender = batch.next_sender;
  n.next_target = batch.next_target;
  n.is_reset_pending = batch.is_reset_pending;
  n.is_cancel_owed = batch.is_cancel_owed;
  s.last_commit = batch.id;
  s.parked.insert(s.parked.end(), batch.park.begin(), batch.park.end());
  unpark(s.parked, batch.parked_through, batch.unpark);
}

void journal_store::roll_back(std::span<commit_result> results, const std::string& reason) {
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
    at->of->state = at->state;
    at->of->last_commit = at->last_commit;
    if (at->parked) at->of->parked = std::move(*at->parked);
  }
  for (auto& result : results)
    if (result.status == commit_status::done) result = {commit_status::failed, reason};
}

}  // namespace troupe::store
