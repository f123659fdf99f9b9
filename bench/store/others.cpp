// What our stores are held against: the least that an append can be, and what else one could have built on.
#include "bench/store/case.hpp"

#include "store/crc32c.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

#ifdef TROUPE_HAS_LMDB
#include <lmdb.h>
#endif

namespace troupe::bench {
namespace {

void must(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error{std::string{what} + ": " + std::strerror(errno)};
}

// A message in a file: its numbers, then its bytes.
struct head {
  std::uint32_t size = 0, check = 0;
  std::uint64_t session = 0, number = 0, next_target = 0;
};
constexpr std::size_t padded(std::size_t size) { return (size + 7) / 8 * 8; }

// Ahead of the messages: whole segments, 64 MiB each, in one file.
class mapped final : public keeper {
 public:
  // `is_ready`: the pages are there before they are written; otherwise each comes when it is touched.
  mapped(const workload& w, bool is_ready) : work_(w), is_ready_(is_ready), file_(::open((w.folder + "/mapped").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)) {
    must(file_ >= 0, "open");
    const auto needed = w.messages * w.sessions * padded(sizeof(head) + w.frame.size()) + step;
    size_ = needed / step * step + step;
    must(::posix_fallocate(file_, 0, static_cast<off_t>(size_)) == 0, "posix_fallocate");
    void* const at = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    must(at != MAP_FAILED, "mmap");
    bytes_ = static_cast<char*>(at);
    if (is_ready_) must(::madvise(at, size_, 23) == 0, "madvise");
  }
  ~mapped() override {
    ::munmap(bytes_, size_);
    ::close(file_);
  }
  mapped(const mapped&) = delete;
  mapped& operator=(const mapped&) = delete;

  void append(std::uint64_t number) override {
    for (std::uint64_t s = 0; s < work_.sessions; ++s)
      for (std::uint64_t i = 0; i < work_.batch; ++i) put(s, number + i);
  }
  std::uint64_t read(std::uint64_t begin, std::uint64_t end) override {
    std::uint64_t sum = 0;
    std::string copy;
    for (std::size_t at = 0; at < tail_;) {
      head h;
      std::memcpy(&h, bytes_ + at, sizeof h);
      if (h.session == 0 && h.number >= begin && h.number <= end) {
        copy.assign(bytes_ + at + sizeof h, h.size);
        sum += copy.size();
      }
      at += padded(sizeof h + h.size);
    }
    return sum;
  }
  void reopen() override {}

 private:
  static constexpr std::size_t step = std::size_t{64} << 20;
  void put(std::uint64_t session, std::uint64_t number) {
    head h{0, 0, session, number, number};
    char* const to = bytes_ + tail_;
    std::memcpy(to + sizeof h, work_.frame.data(), work_.frame.size());
    std::memcpy(to, &h, sizeof h);
    const auto size = static_cast<std::uint32_t>(work_.frame.size());
    std::atomic_ref{*reinterpret_cast<std::uint32_t*>(to)}.store(size, std::memory_order_release);
    tail_ += padded(sizeof h + size);
  }

  workload work_;
  bool is_ready_;
  int file_;
  char* bytes_ = nullptr;
  std::size_t size_ = 0, tail_ = 0;
};

// One write(2) with a commit; `syncs`: and one fdatasync, over blocks that the file has already.
class written final : public keeper {
 public:
  written(const workload& w, bool syncs) : work_(w), syncs_(syncs), file_(::open((w.folder + "/written").c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)) {
    must(file_ >= 0, "open");
    if (!syncs_) return;
    const std::string zeros(1 << 20, '\0');
    for (std::size_t at = 0; at < ring; at += zeros.size()) must(::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(at)) > 0, "pwrite");
    must(::fsync(file_) == 0, "fsync");
  }
  ~written() override { ::close(file_); }
  written(const written&) = delete;
  written& operator=(const written&) = delete;

  void append(std::uint64_t number) override {
    pieces_.clear();
    heads_.clear();
    heads_.reserve(work_.sessions * work_.batch);
    for (std::uint64_t s = 0; s < work_.sessions; ++s)
      for (std::uint64_t i = 0; i < work_.batch; ++i) {
        heads_.push_back({static_cast<std::uint32_t>(work_.frame.size()), 0, s, number + i, number + i});
        pieces_.append(reinterpret_cast<const char*>(&heads_.back()), sizeof(head));
        pieces_.append(work_.frame);
      }
    if (syncs_ && tail_ + pieces_.size() > ring) tail_ = 0;
    must(::pwrite(file_, pieces_.data(), pieces_.size(), static_cast<off_t>(tail_)) == static_cast<ssize_t>(pieces_.size()), "pwrite");
    tail_ += pieces_.size();
    if (syncs_) must(::fdatasync(file_) == 0, "fdatasync");
  }
  std::uint64_t read(std::uint64_t begin, std::uint64_t end) override {
    std::vector<char> bytes(1 << 20);
    std::string copy;
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < tail_;) {
      const auto n = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      must(n > 0, "pread");
      std::size_t in = 0;
      while (in + sizeof(head) <= static_cast<std::size_t>(n)) {
        head h;
        std::memcpy(&h, bytes.data() + in, sizeof h);
        if (in + sizeof h + h.size > static_cast<std::size_t>(n)) break;
        if (h.session == 0 && h.number >= begin && h.number <= end) {
          copy.assign(bytes.data() + in + sizeof h, h.size);
          sum += copy.size();
        }
        in += sizeof h + h.size;
      }
      at += in;
    }
    return sum;
  }
  void reopen() override {}

 private:
  static constexpr std::size_t ring = std::size_t{64} << 20;
  workload work_;
  bool syncs_;
  int file_;
  std::string pieces_;
  std::vector<head> heads_;
  std::size_t tail_ = 0;
};

// SQLite as one would use it for this and nothing else: no checks, no generations, no tokens.
class raw_sqlite final : public keeper {
 public:
  raw_sqlite(const workload& w, const char* synchronous) : work_(w), synchronous_(synchronous) { open(true); }
  ~raw_sqlite() override { close(); }
  raw_sqlite(const raw_sqlite&) = delete;
  raw_sqlite& operator=(const raw_sqlite&) = delete;

  void append(std::uint64_t number) override {
    step(statements_[begin]);
    for (std::uint64_t s = 0; s < work_.sessions; ++s) {
      for (std::uint64_t i = 0; i < work_.batch; ++i) {
        auto* const insert = statements_[put];
        sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(s));
        sqlite3_bind_int64(insert, 2, static_cast<sqlite3_int64>(number + i));
        sqlite3_bind_blob(insert, 3, work_.frame.data(), static_cast<int>(work_.frame.size()), SQLITE_STATIC);
        step(insert);
      }
      auto* const update = statements_[numbers];
      sqlite3_bind_int64(update, 1, static_cast<sqlite3_int64>(s));
      sqlite3_bind_int64(update, 2, static_cast<sqlite3_int64>(number + work_.batch));
      step(update);
    }
    step(statements_[commit]);
  }
  std::uint64_t read(std::uint64_t begin_number, std::uint64_t end_number) override {
    auto* const select = statements_[get];
    sqlite3_bind_int64(select, 1, static_cast<sqlite3_int64>(begin_number));
    sqlite3_bind_int64(select, 2, static_cast<sqlite3_int64>(end_number));
    std::uint64_t sum = 0;
    std::string copy;
    while (sqlite3_step(select) == SQLITE_ROW) {
      copy.assign(static_cast<const char*>(sqlite3_column_blob(select, 1)), static_cast<std::size_t>(sqlite3_column_bytes(select, 1)));
      sum += copy.size();
    }
    sqlite3_reset(select);
    return sum;
  }
  void reopen() override {
    close();
    open(false);
  }

 private:
  enum which { begin, commit, put, numbers, get, count };
  void open(bool is_new) {
    check(sqlite3_open((work_.folder + "/raw.db").c_str(), &db_));
    run("PRAGMA journal_mode = WAL");
    run(("PRAGMA synchronous = " + synchronous_).c_str());
    if (is_new) {
      run("CREATE TABLE message (session INTEGER, number INTEGER, frame BLOB, PRIMARY KEY (session, number)) WITHOUT ROWID");
      run("CREATE TABLE session (id INTEGER PRIMARY KEY, next_sender INTEGER, next_target INTEGER)");
      for (std::uint64_t s = 0; s < work_.sessions; ++s) run(("INSERT INTO session VALUES (" + std::to_string(s) + ", 1, 1)").c_str());
    }
    const char* const texts[count] = {"BEGIN", "COMMIT", "INSERT INTO message VALUES (?, ?, ?)", "UPDATE session SET next_sender = ?2, next_target = ?2 WHERE id = ?1",
                                      "SELECT number, frame FROM message WHERE session = 0 AND number BETWEEN ? AND ? ORDER BY number"};
    for (int i = 0; i < count; ++i) check(sqlite3_prepare_v2(db_, texts[i], -1, &statements_[static_cast<std::size_t>(i)], nullptr));
  }
  void close() {
    for (auto* s : statements_) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error{sqlite3_errmsg(db_)};
  }
  void run(const char* text) { check(sqlite3_exec(db_, text, nullptr, nullptr, nullptr)); }
  void step(sqlite3_stmt* s) const {
    if (sqlite3_step(s) != SQLITE_DONE) throw std::runtime_error{sqlite3_errmsg(db_)};
    sqlite3_reset(s);
  }

  workload work_;
  std::string synchronous_;
  sqlite3* db_ = nullptr;
  std::array<sqlite3_stmt*, count> statements_{};
};

#ifdef TROUPE_HAS_LMDB
class lmdb final : public keeper {
 public:
  lmdb(const workload& w, unsigned flags) : work_(w), flags_(flags) { open(); }
  ~lmdb() override { mdb_env_close(env_); }
  lmdb(const lmdb&) = delete;
  lmdb& operator=(const lmdb&) = delete;

  void append(std::uint64_t number) override {
    MDB_txn* t = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &t));
    for (std::uint64_t s = 0; s < work_.sessions; ++s) {
      for (std::uint64_t i = 0; i < work_.batch; ++i) put(t, messages_, s << 40 | (number + i), work_.frame.data(), work_.frame.size());
      const std::array<std::uint64_t, 2> next{number + work_.batch, number + work_.batch};
      put(t, numbers_, s, next.data(), sizeof next);
    }
    check(mdb_txn_commit(t));
  }
  std::uint64_t read(std::uint64_t begin, std::uint64_t end) override {
    MDB_txn* t = nullptr;
    MDB_cursor* cursor = nullptr;
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &t));
    check(mdb_cursor_open(t, messages_, &cursor));
    std::size_t key = begin;
    MDB_val k{sizeof key, &key}, v{};
    std::uint64_t sum = 0;
    std::string copy;
    for (int code = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE); code == 0; code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
      std::memcpy(&key, k.mv_data, sizeof key);
      if (key > end) break;
      copy.assign(static_cast<const char*>(v.mv_data), v.mv_size);
      sum += copy.size();
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(t);
    return sum;
  }
  void reopen() override {
    mdb_env_close(env_);
    open();
  }

 private:
  void open() {
    check(mdb_env_create(&env_));
    check(mdb_env_set_mapsize(env_, std::size_t{64} << 30));
    check(mdb_env_set_maxdbs(env_, 2));
    check(mdb_env_open(env_, work_.folder.c_str(), flags_, 0600));
    MDB_txn* t = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &t));
    check(mdb_dbi_open(t, "messages", MDB_CREATE | MDB_INTEGERKEY, &messages_));
    check(mdb_dbi_open(t, "numbers", MDB_CREATE | MDB_INTEGERKEY, &numbers_));
    check(mdb_txn_commit(t));
  }
  static void put(MDB_txn* t, MDB_dbi into, std::size_t key, const void* bytes, std::size_t size) {
    MDB_val k{sizeof key, &key}, v{size, const_cast<void*>(bytes)};
    check(mdb_put(t, into, &k, &v, 0));
  }
  static void check(int code) {
    if (code != 0) throw std::runtime_error{mdb_strerror(code)};
  }

  workload work_;
  unsigned flags_;
  MDB_env* env_ = nullptr;
  MDB_dbi messages_ = 0, numbers_ = 0;
};
#endif

template <class Keeper, class Option>
make_keeper of(Option option) {
  return [=](const workload& w) { return std::make_unique<Keeper>(w, option); };
}

}  // namespace

std::map<std::string, make_keeper> other_ways() {
  std::map<std::string, make_keeper> all{{"mapped", of<mapped>(false)},          {"mapped.ready", of<mapped>(true)},
                                         {"write", of<written>(false)},          {"write.sync", of<written>(true)},
                                         {"raw.sqlite", of<raw_sqlite>("OFF")}, {"raw.sqlite.power", of<raw_sqlite>("FULL")}};
#ifdef TROUPE_HAS_LMDB
  all.emplace("lmdb", of<lmdb>(MDB_NOSYNC | MDB_WRITEMAP));
  all.emplace("lmdb.power", of<lmdb>(0U));
#endif
  return all;
}

}  // namespace troupe::bench
