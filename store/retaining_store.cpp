#include "store/retaining_store.hpp"

#include "protocol/utc.hpp"
#include "store/crc32c.hpp"
#include "store/file_layer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr std::size_t slice_records = 64, slice_bytes = 64 * 1024;
constexpr unsigned most_waiting = 16;  // slices
constexpr unsigned most_compared = 16;  // sessions, with a commit

// What may stand in a file's name stands for itself, all else as %XX, so that no two sessions share a file.
std::string file_name(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string name;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_';
    if (is_plain) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += '%';
      name += digits[byte >> 4];
      name += digits[byte & 15];
    }
  }
  return name;
}

std::string_view sending_time(std::string_view frame) {
  constexpr std::string_view tag = "\x01" "52=";
  const auto at = frame.find(tag);
  if (at == frame.npos) return {};
  const auto value = frame.substr(at + tag.size());
  return value.substr(0, value.find('\x01'));
}

std::string line_of(const stored_record& r) {
  if (r.is_damaged) return "# " + std::to_string(r.number.value) + " is damaged\n";
  if (r.kind == record_kind::skipped) return "# " + std::to_string(r.number.value) + " to " + std::to_string(r.last.value) + " were never used\n";
  return r.frame + '\n';
}

void append_to(const std::string& path, std::string_view text, bool is_first) {
  file_handle file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (is_first ? O_TRUNC : O_APPEND), 0600)};
  if (!file) throw file_failure(path, "be opened", errno);
  while (!text.empty()) {
    const auto n = ::write(file.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw file_failure(path, "be written", errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void sync_file(const std::string& path) {
  const file_handle file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!file || ::fsync(file.get()) != 0) throw file_failure(path, "be synced", errno);
}

void require_archive(const std::string& folder) {
  std::error_code why;
  const auto parent = std::filesystem::path{folder}.parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, why);
  // Names of counterparties, and what was traded with them.
  if (!why && ::mkdir(folder.c_str(), 0700) != 0 && !std::filesystem::is_directory(folder)) why = std::error_code{errno, std::generic_category()};
  if (why) throw store_error(folder + ": the archive's folder cannot be made: " + why.message() + ". Make it, or name another.");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw store_error(folder + ": the archive's folder cannot be written: " + std::strerror(errno) + ". Give the user of the engine the right to, or name another.");
}

}  // namespace

retaining_store::retaining_store(std::unique_ptr<message_store> inner, retention keep) : inner_(std::move(inner)), keep_(std::move(keep)) {
  if (keep_.archive.empty()) return;
  require_archive(keep_.archive);
  writer_ = std::make_unique<background>(true);
}

retaining_store::~retaining_store() = default;

session_snapshot retaining_store::load(const session_id& id, utc_time now) {
  auto snapshot = inner_->load(id, now);
  now_ = std::max(now_, now);
  to_look_at_.push_back(id);
  has_to_look_at_size_ = true;
  return snapshot;
}

void retaining_store::report_to(std::function<void(const std::string&)> whom) {
  report_ = whom;
  inner_->report_to(std::move(whom));
}

void retaining_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  inner_->commit(batches, results);
  bool is_any_done = false;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (results[i].status != commit_status::done) continue;
    is_any_done = true;
    if (!batches[i].batch->reset) continue;
    now_ = std::max(now_, batches[i].batch->reset->creation_time);
    to_look_at_.push_back(*batches[i].session);
    has_to_look_at_size_ = true;
  }
  if (!is_any_done) return;
  // What was committed is, whatever becomes of this: the next commit tells what is wrong with the store.
  try {
    step();
  } catch (const std::exception& e) {
    give_up(e.what());
  }
}

// So much with each commit that nobody notices.
void retaining_store::step() {
  if (present_) return slice();
  if (!due_.empty()) {
    const auto next = std::move(due_.front());
    due_.pop_front();
    return begin(next);
  }
  if (!to_look_at_.empty()) {
    const auto id = std::move(to_look_at_.back());
    to_look_at_.pop_back();
    return look_at(id);
  }
  if (has_to_look_at_size_) look_at_size();
}

// Oldest first; one that stays keeps those behind it.
void retaining_store::look_at(const session_id& id) {
  if (oldest_) oldest_->left.insert(id);
  const auto all = inner_->finished(id);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_one_too_many = all.size() - i > keep_.numberings;
    const bool is_last = i + 1 == all.size();
    const bool is_too_old = !is_last && keep_.time.count() > 0 && end_of(id, all[i]).time.value_or(now_) + keep_.time <= now_;
    if (!is_one_too_many && !is_too_old) return;
    go(id, all[i]);
  }
}

// One at a time: what it frees is known when it is gone.
void retaining_store::look_at_size() {
  if (keep_.bytes == 0) has_to_look_at_size_ = false;
  const auto size = has_to_look_at_size_ ? inner_->size() : 0;
  if (!size) return;  // known later
  if (*size <= keep_.bytes) {
    has_to_look_at_size_ = false;
    return;
  }
  if (!oldest_) {
    oldest_.emplace();
    for (const auto& s : inner_->sessions()) oldest_->left.insert(s.id);
  }
  for (unsigned n = 0; n < most_compared && !oldest_->left.empty(); ++n) compare(*oldest_->left.begin());
  if (oldest_->left.empty()) let_the_oldest_go();
}

// A question or two, of which a database has the answers far away.
void retaining_store::compare(session_id id) {
  const auto all = inner_->finished(id);
  if (all.size() > 1) oldest_->found[id] = {all.front(), end_of(id, all.front()).time.value_or(now_)};
  else oldest_->found.erase(id);
  oldest_->left.erase(id);
}

void retaining_store::let_the_oldest_go() {
  auto& found = oldest_->found;
  const auto oldest = std::min_element(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.second.ended < b.second.ended; });
  has_to_look_at_size_ = oldest != found.end();
  if (!has_to_look_at_size_) return;
  const auto all = inner_->finished(oldest->first);
  if (all.size() > 1 && all.front().generation == oldest->second.what.generation) go(oldest->first, all.front());
  oldest_->left.insert(oldest->first);  // when that has gone, or has gone meanwhile by its age
}

void retaining_store::go(const session_id& id, const finished_numbering& n) {
  if (keep_.archive.empty()) return inner_->retire(id, n.generation);
  const auto is_it = [&](const session_id& of, const finished_numbering& what) { return of == id && what.generation == n.generation; };
  if (present_ && is_it(present_->id, present_->what)) return;
  if (std::any_of(due_.begin(), due_.end(), [&](const due& d) { return is_it(d.id, d.what); })) return;
  due_.push_back({id, n});
}

// By how it ends: that stands there until the last of it is gone. Two lives of a store do not end a numbering alike.
std::string retaining_store::path_for(const due& d) {
  auto name = file_name(d.id.begin_string) + "-" + file_name(d.id.sender_comp_id) + "-" + file_name(d.id.target_comp_id);
  if (!d.id.qualifier.empty()) name += "-" + file_name(d.id.qualifier);
  constexpr std::size_t longest_name = 180;
  if (name.size() > longest_name) name = name.substr(0, longest_name) + "~" + std::to_string(crc32c(name));
  const auto end = end_of(d.id, d.what);
  std::string time;
  if (end.time) append_utc(time, *end.time, utc_precision::milliseconds);
  else time = "x" + std::to_string(end.check);
  std::replace(time.begin(), time.end(), '.', '-');
  std::erase(time, ':');
  return keep_.archive + "/" + name + "." + time + "." + std::to_string(d.what.generation.value) + "." + std::to_string(d.what.last.value) + ".fix";
}

void retaining_store::begin(const due& next) {
  archiving a;
  a.id = next.id;
  a.what = next.what;
  a.path = path_for(next);
  // Written in an earlier life, which ended before the store could let go of it: perhaps before the disk knew its name.
  std::error_code ignored;
  if (std::filesystem::exists(a.path, ignored)) {
    a.is_handed_over = true;
    hand_over(a, {}, false, true, true);
  }
  present_ = std::move(a);
}

void retaining_store::slice() {
  auto& a = *present_;
  if (a.is_handed_over) {
    const int state = a.outcome->state.load(std::memory_order_acquire);
    if (state == 0) return;
    const auto done = std::move(*present_);
    present_.reset();
    if (state > 0) inner_->retire(done.id, done.what.generation);
    else give_up(done.outcome->why);
    return;
  }
  if (a.outcome->waiting.load(std::memory_order_relaxed) >= most_waiting) return;
  const bool is_first = a.next == seq_num{1};
  auto page = inner_->fetch_of(a.id, a.what.generation, a.next, a.what.last, slice_records, slice_bytes);
  std::string text;
  for (const auto& r : page.records) text += line_of(r);
  a.next = page.end.next();
  a.is_handed_over = page.is_last;
  hand_over(a, std::move(text), is_first, page.is_last, false);
}

// A slice, and with the last one: all of it, on the disk, under its name, if it does not stand there already.
void retaining_store::hand_over(const archiving& a, std::string text, bool is_first, bool is_last, bool is_there) {
  a.outcome->waiting.fetch_add(1, std::memory_order_relaxed);
  writer_->post([path = a.path, folder = keep_.archive, text = std::move(text), outcome = a.outcome, is_first, is_last, is_there] {
    outcome->waiting.fetch_sub(1, std::memory_order_relaxed);
    if (outcome->state.load(std::memory_order_relaxed) < 0) return;
    try {
      const auto part = path + ".part";
      if (!is_there) append_to(part, text, is_first);
      if (!is_last) return;
      sync_file(is_there ? path : part);
      if (!is_there) plain_files().rename(part, path);
      plain_files().sync_folder(folder);
      outcome->state.store(1, std::memory_order_release);
    } catch (const file_failure& e) {
      outcome->why = told(e);
      outcome->state.store(-1, std::memory_order_release);
    }
  });
}

// Nothing goes. It is tried again when a session is loaded, or begins another numbering.
void retaining_store::give_up(const std::string& why) {
  present_.reset();
  due_.clear();
  has_to_look_at_size_ = false;
  oldest_.reset();
  report_("messages of numberings that are over stay in the store: " + why);
}

retaining_store::ending retaining_store::end_of(const session_id& id, const finished_numbering& n) {
  constexpr std::uint64_t far_enough = 64;
  const seq_num from{n.last.value > far_enough ? n.last.value - far_enough : 1};
  const auto page = inner_->fetch_of(id, n.generation, from, n.last, far_enough + 1, slice_bytes * 16);
  ending end;
  if (!page.records.empty()) end.check = crc32c(line_of(page.records.back()));
  for (auto r = page.records.rbegin(); r != page.records.rend() && !end.time; ++r) end.time = parse_utc(sending_time(r->frame));
  return end;
}

}  // namespace troupe::store
