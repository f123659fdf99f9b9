#include "test/store/disk_of_sqlite.hpp"

#include <algorithm>
#include <new>
#include <sqlite3.h>
#include <stdexcept>

namespace troupe::test {

disk_of_sqlite* disk_of_sqlite::current = nullptr;

namespace {

using kind = disk_of_sqlite::kind;

sqlite3_vfs* below = nullptr;

std::string name_of(const char* path) {
  const std::string text = path ? path : "";
  return text.substr(text.rfind('/') + 1);
}

// SQLite's own file lies behind it in memory.
struct watched_file {
  sqlite3_file base;
  std::string* name;
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
watched_file* ours(sqlite3_file* f) { return reinterpret_cast<watched_file*>(f); }
sqlite3_file* real(sqlite3_file* f) { return ours(f)->real(); }
disk_of_sqlite& disk() { return *disk_of_sqlite::current; }

int close(sqlite3_file* f) {
  delete ours(f)->name;
  return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) { return real(f)->pMethods->xRead(real(f), to, size, at); }
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (const int code = disk().before(kind::write); code != SQLITE_OK) return code;
  const int code = real(f)->pMethods->xWrite(real(f), from, size, at);
  if (code == SQLITE_OK) disk().put({kind::write, *ours(f)->name, at, std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
  return code;
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (const int code = disk().before(kind::truncate); code != SQLITE_OK) return code;
  const int code = real(f)->pMethods->xTruncate(real(f), size);
  if (code == SQLITE_OK) disk().put({kind::truncate, *ours(f)->name, size, {}});
  return code;
}
// The disk of this test needs no real one to be waited for.
int sync(sqlite3_file* f, int /*flags*/) {
  if (const int code = disk().before(kind::sync); code != SQLITE_OK) return code;
  disk().put({kind::sync, *ours(f)->name, 0, {}});
  return SQLITE_OK;
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* is_held) { return real(f)->pMethods->xCheckReservedLock(real(f), is_held); }
int control(sqlite3_file* f, int op, void* argument) { return real(f)->pMethods->xFileControl(real(f), op, argument); }
int sector_size(sqlite3_file*) { return static_cast<int>(disk_of_sqlite::sector); }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) { return real(f)->pMethods->xShmMap(real(f), page, size, extend, to); }
int shm_lock(sqlite3_file* f, int at, int n, int flags) { return real(f)->pMethods->xShmLock(real(f), at, n, flags); }
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

constexpr sqlite3_io_methods methods{2,           close,        read,  write,  truncate, sync,        file_size,       lock,     unlock,
                                     check_lock, control, sector_size, characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* out_flags) {
  f->pMethods = nullptr;
  auto* file = new (f) watched_file{{nullptr}, nullptr};
  file->real()->pMethods = nullptr;
  const int code = below->xOpen(below, path, file->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  file->name = new std::string{name_of(path)};
  file->base.pMethods = &methods;
  return SQLITE_OK;
}
int remove(sqlite3_vfs*, const char* path, int sync_folder) {
  const int code = below->xDelete(below, path, sync_folder);
  if (code != SQLITE_OK) return code;
  disk().put({kind::remove, name_of(path), 0, {}});
  if (sync_folder != 0) disk().put({kind::sync, name_of(path), 0, {}});
  return SQLITE_OK;
}

sqlite3_vfs vfs;

void apply_write(std::string& file, std::size_t at, std::string_view bytes) {
  if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
  file.replace(at, bytes.size(), bytes);
}

// Sector by sector, as a disk writes.
void apply_some(std::string& file, const disk_of_sqlite::note& n, const std::function<bool()>& keep) {
  const auto begin = static_cast<std::size_t>(n.at);
  const auto end = begin + n.bytes.size();
  for (auto at = begin; at < end;) {
    const auto next = std::min(end, (at / disk_of_sqlite::sector + 1) * disk_of_sqlite::sector);
    if (keep()) apply_write(file, at, std::string_view{n.bytes}.substr(at - begin, next - at));
    at = next;
  }
}

}  // namespace

disk_of_sqlite::disk_of_sqlite() {
  if (current) throw std::logic_error{"there is one such disk already"};
  current = this;
  below = sqlite3_vfs_find(nullptr);
  vfs = *below;
  vfs.zName = "disk-of-a-test";
  vfs.szOsFile = below->szOsFile + static_cast<int>(sizeof(watched_file));
  vfs.xOpen = open;
  vfs.xDelete = remove;
  sqlite3_vfs_register(&vfs, 1);
}

disk_of_sqlite::~disk_of_sqlite() {
  sqlite3_vfs_unregister(&vfs);
  sqlite3_vfs_register(below, 1);
  current = nullptr;
}

void disk_of_sqlite::fail(std::size_t nth, int code, std::size_t times) {
  countdown_ = nth;
  times_ = times;
  code_ = code;
  failed_ = 0;
}

int disk_of_sqlite::before(kind /*what*/) {
  if (times_ == 0) return SQLITE_OK;
  if (countdown_ > 0) return --countdown_, SQLITE_OK;
  --times_;
  ++failed_;
  return code_;
}

disk_of_sqlite::content disk_of_sqlite::after_power_loss(const std::vector<note>& notes, std::size_t count, const std::function<bool()>& keep) {
  std::map<std::string, std::size_t> synced;  // behind the last sync of each file
  for (std::size_t i = 0; i < count; ++i)
    if (notes[i].what == kind::sync) synced[notes[i].file] = i;
  content files;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& n = notes[i];
    const auto at = synced.find(n.file);
    const bool is_safe = at != synced.end() && i <= at->second;
    switch (n.what) {
      case kind::write:
        if (is_safe)
          apply_write(files[n.file], static_cast<std::size_t>(n.at), n.bytes);
        else
          apply_some(files[n.file], n, keep);
        break;
      case kind::truncate:
        if (is_safe || keep()) files[n.file].resize(static_cast<std::size_t>(n.at));
        break;
      case kind::remove:
        if (is_safe || keep()) files.erase(n.file);
        break;
      case kind::sync: break;
    }
  }
  return files;
}

}  // namespace troupe::test
