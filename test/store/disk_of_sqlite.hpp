// A disk below SQLite that a test can read like a book, break, and cut the power of.
//
// While one lives, every SQLite file that is opened in this process goes through it, to real files. It notes each write,
// truncation, sync and removal in order, and can make a chosen call fail. From the notes it builds what a disk may hold after the
// power went: what was synced is there, of all later writes any sectors, in any order. Shared memory (-shm) is passed through
// and not noted: it does not survive a machine.
//
// One at a time, of one thread. Stores must be closed before it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

class disk_of_sqlite {
 public:
  enum class kind : unsigned char { write, truncate, sync, remove };
  struct note {
    kind what;
    std::string file;  // without its folder
    std::int64_t at;   // offset, or size
    std::string bytes;
  };
  using content = std::map<std::string, std::string>;  // file name, bytes

  disk_of_sqlite();
  ~disk_of_sqlite();
  disk_of_sqlite(const disk_of_sqlite&) = delete;
  disk_of_sqlite& operator=(const disk_of_sqlite&) = delete;

  [[nodiscard]] const std::vector<note>& notes() const { return notes_; }

  // The next `times` calls, from the nth from now on (0: the next), fail with this SQLite code, without doing anything: writes, truncations and syncs count.
  void fail(std::size_t nth, int code, std::size_t times = 1);
  [[nodiscard]] std::size_t failed() const { return failed_; }

  // What may be there if the power went after the first `count` notes. `keep` is asked for each sector that was written after the last sync of
  // its file, and for each truncation and removal: is it on the disk?
  [[nodiscard]] static content after_power_loss(const std::vector<note>& notes, std::size_t count, const std::function<bool()>& keep);

  static constexpr std::size_t sector = 512;

  // -- what the files below it tell
  [[nodiscard]] int before(kind what);  // SQLITE_OK, or the code to fail with
  void put(note n) { notes_.push_back(std::move(n)); }
  static disk_of_sqlite* current;

 private:
  std::vector<note> notes_;
  std::size_t countdown_ = 0, times_ = 0, failed_ = 0;
  int code_ = 0;
};

}  // namespace troupe::test
