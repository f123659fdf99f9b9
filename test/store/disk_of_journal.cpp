#include "test/store/disk_of_journal.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace troupe::test {

namespace {

constexpr std::size_t sector = 512;

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

void disk_of_journal::fail(std::size_t nth, int error, std::size_t times) {
  countdown_ = nth;
  times_ = times;
  error_ = error;
  failed_ = 0;
}

void disk_of_journal::count(const std::string& path) {
  if (before_each) before_each();
  if (times_ == 0) return;
  if (countdown_ > 0) {
    --countdown_;
    return;
  }
  --times_;
  ++failed_;
  throw store::file_failure(path, "be used, by order of the test", error_);
}

std::string disk_of_journal::content(const inode& file) {
  if (file.path.empty()) return file.at_last;
  std::ifstream in{file.path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::shared_ptr<disk_of_journal::inode>& disk_of_journal::file_at(const std::string& path) {
  auto& file = now_[path];
  if (!file) {  // it was there before us
    file = std::make_shared<inode>();
    file->path = path;
    synced_[path] = file;
  }
  return file;
}

void disk_of_journal::change(const std::string& path, std::shared_ptr<inode> file) {
  if (file) now_[path] = file;
  else now_.erase(path);
  pending_.emplace_back(path, std::move(file));
}

store::file_handle disk_of_journal::make(const std::string& path, std::uint64_t size) {
  count(path);
  auto handle = file_layer::make(path, size);
  auto file = std::make_shared<inode>();
  file->path = path;
  change(path, file);
  return handle;
}

void disk_of_journal::write(int fd, const std::string& path, std::string_view bytes, std::uint64_t at) {
  count(path);
  file_layer::write(fd, path, bytes, at);
}

// No real disk is waited for.
void disk_of_journal::sync(int /*fd*/, const std::string& path) {
  count(path);
  auto& file = *file_at(path);
  file.synced = content(file);
}

void disk_of_journal::sync_folder(const std::string& folder) {
  count(folder);
  synced_ = now_;
  pending_.clear();
}

void disk_of_journal::truncate(int fd, const std::string& path, std::uint64_t size) {
  count(path);
  static_cast<void>(file_at(path));
  file_layer::truncate(fd, path, size);
}

void disk_of_journal::rename(const std::string& from, const std::string& to) {
  count(from);
  auto file = file_at(from);
  if (const auto replaced = now_.find(to); replaced != now_.end() && replaced->second) {
    replaced->second->at_last = content(*replaced->second);
    replaced->second->path.clear();
  }
  file_layer::rename(from, to);
  file->path = to;
  change(to, file);
  change(from, nullptr);
}

void disk_of_journal::remove(const std::string& path) {
  count(path);
  if (const auto at = now_.find(path); at != now_.end()) {
    at->second->at_last = content(*at->second);
    at->second->path.clear();
    change(path, nullptr);
  }
  file_layer::remove(path);
}

disk_of_journal::image disk_of_journal::after_power_loss(const std::function<std::size_t(std::size_t)>& choose) const {
  auto names_then = synced_;
  const auto through = choose(pending_.size() + 1);
  for (std::size_t i = 0; i < through; ++i) {
    if (pending_[i].second) names_then[pending_[i].first] = pending_[i].second;
    else names_then.erase(pending_[i].first);
  }
  image files;
  for (const auto& [path, file] : names_then) {
    const auto now = content(*file);
    const auto& old = file->synced;
    std::string bytes(choose(2) == 0 ? old.size() : now.size(), '\0');
    for (std::size_t at = 0; at < bytes.size(); at += sector) {
      const auto& from = choose(2) == 0 ? old : now;
      if (at < from.size()) bytes.replace(at, std::min(sector, bytes.size() - at), from, at, std::min(sector, bytes.size() - at));
    }
    files[name_of(path)] = bytes.substr(0, bytes.size());
  }
  return files;
}

}  // namespace troupe::test
