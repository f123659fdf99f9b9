// A disk below a journal that a test can break, and cut the power of.
//
// Files are real, and mapped ones are written without a call: what is there now is read from them, what was synced is remembered. From both it
// makes what a disk may hold after the power went: of all that was written since, any sectors; of renamings and removals, the first few.
#pragma once

#include "store/file_layer.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

class disk_of_journal final : public store::file_layer {
 public:
  using image = std::map<std::string, std::string>;  // file name, bytes

  // Called in front of every call, as long as it is set.
  std::function<void()> before_each;
  // The next `times` calls, from the nth from now on (0: the next), fail with this errno, without doing anything.
  void fail(std::size_t nth, int error, std::size_t times = 1);
  [[nodiscard]] std::size_t failed() const { return failed_; }

  // `choose` is asked for a number below its argument; 0 is always what is oldest.
  [[nodiscard]] image after_power_loss(const std::function<std::size_t(std::size_t)>& choose) const;

  store::file_handle make(const std::string& path, std::uint64_t size) override;
  void write(int fd, const std::string& path, std::string_view bytes, std::uint64_t at) override;
  void sync(int fd, const std::string& path) override;
  void sync_folder(const std::string& folder) override;
  void truncate(int fd, const std::string& path, std::uint64_t size) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;

 private:
  struct inode {
    std::string path;     // where it is now; empty: removed
    std::string synced;   // what the disk has for certain
    std::string at_last;  // what it held when it was removed
  };
  using names = std::map<std::string, std::shared_ptr<inode>>;

  void count(const std::string& path);
  [[nodiscard]] static std::string content(const inode& file);
  [[nodiscard]] std::shared_ptr<inode>& file_at(const std::string& path);
  void change(const std::string& path, std::shared_ptr<inode> file);

  names now_, synced_;
  std::vector<std::pair<std::string, std::shared_ptr<inode>>> pending_;  // names set, or without a file taken away, since the folder was synced
  std::size_t countdown_ = 0, times_ = 0, failed_ = 0;
  int error_ = 0;
};

}  // namespace troupe::test
