// Disks that are really full, or really cannot be written: what the limit of the process and a small file system of our own make of them.
#include "store/journal_store.hpp"
#include "store/open_store.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sys/mount.h>
#include <sys/resource.h>

using namespace troupe::test;

namespace {

template <store_kind Kind, durability Durability>
struct store_at {
  static std::unique_ptr<message_store> open(const std::string& path) {
    // A segment of the usual size has no room on the smallest disks.
    if constexpr (Kind == store_kind::journal)
      return std::make_unique<journal_store>(path, journal_options{.durability = Durability, .segment_size = 64 * 1024});
    else
      return open_store({Kind, path, Durability, {}});
  }
};
using all_stores = boost::mpl::list<store_at<store_kind::sqlite, durability::process>, store_at<store_kind::sqlite, durability::power>,
                                    store_at<store_kind::journal, durability::process>, store_at<store_kind::journal, durability::power>>;

// As `ulimit -f` does it, for as long as this lives.
class file_limit {
 public:
  explicit file_limit(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit now{bytes, old_.rlim_max};
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~file_limit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, before_);
  }
  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;

 private:
  rlimit old_{};
  void (*before_)(int) = nullptr;
};

// A file system in memory of so many bytes, where mounting is allowed.
class small_disk {
 public:
  explicit small_disk(const std::string& size) {
    is_mounted_ = ::mount("troupe-test", folder_.path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    if (!is_mounted_) std::cout << "left out: no file system can be mounted here: " << std::strerror(errno) << '\n';
  }
  ~small_disk() {
    if (is_mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  [[nodiscard]] explicit operator bool() const { return is_mounted_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  void forbid_writing() { BOOST_TEST_REQUIRE(::mount("troupe-test", folder_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "") == 0); }

 private:
  temp_folder folder_;
  bool is_mounted_ = false;
};

// Commits until one is refused, and gives that one back with the reason.
std::pair<commit_batch, std::string> fill(hand& h) {
  for (int i = 0; i < 100'000; ++i) {
    const auto b = h.next(record_kind::application, message(h.state().next_sender.value));
    const auto result = h.commit(b);
    if (result.status == commit_status::done) continue;
    BOOST_TEST_REQUIRE((result.status == commit_status::failed));
    return {b, result.reason};
  }
  BOOST_FAIL("it never was full");
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(real_disk)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_file_that_may_not_grow_stalls_and_goes_on, Store, all_stores) {
  temp_folder folder;
  const auto path = folder.file("store");
  std::uint64_t count = 0;
  {
    const auto store = Store::open(path);
    hand h{*store, alpha};
    BOOST_TEST_REQUIRE((h.commit(h.next(record_kind::application, message(1))).status == commit_status::done));
    commit_batch refused;
    {
      const file_limit limit{40 * 1024};
      auto [batch, why] = fill(h);
      refused = std::move(batch);
      BOOST_TEST(!why.empty());
      BOOST_TEST((h.commit(refused).status == commit_status::failed));
      count = h.state().next_sender.value - 1;
      BOOST_TEST(count_whole(*store, count) == count);
    }
    BOOST_TEST((h.commit(refused).status == commit_status::done));
    BOOST_TEST((h.commit(h.next(record_kind::application, message(count + 2))).status == commit_status::done));
    BOOST_TEST(count_whole(*store, count + 2) == count + 2);
  }
  const auto store = Store::open(path);
  BOOST_TEST(store->findings().empty());
  BOOST_TEST(store->sessions().at(0).snapshot.next_sender.value == count + 3);
  BOOST_TEST(count_whole(*store, count + 2) == count + 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_full_disk_stalls_and_goes_on, Store, all_stores) {
  const small_disk disk{"2m"};
  if (!disk) return;
  const auto path = disk.file("store");
  std::uint64_t count = 0;
  {
    const auto store = Store::open(path);
    hand h{*store, alpha};
    write_file(disk.file("ballast"), std::string(1 << 20, 'x'));
    const auto [refused, why] = fill(h);
    BOOST_TEST((says(why, "No space left on device") || says(why, "disk is full") || says(why, "disk I/O error")), why);
    BOOST_TEST((h.commit(refused).status == commit_status::failed));
    std::filesystem::remove(disk.file("ballast"));
    BOOST_TEST((h.commit(refused).status == commit_status::done));
    count = h.state().next_sender.value - 1;
    BOOST_TEST(count_whole(*store, count) == count);
  }
  const auto store = Store::open(path);
  BOOST_TEST(store->findings().empty());
  BOOST_TEST(store->sessions().at(0).snapshot.next_sender.value == count + 1);
  BOOST_TEST(count_whole(*store, count) == count);
}

// Full from the beginning: it is said when the store is opened, with the path.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_disk_without_any_room_is_refused_on_opening, Store, all_stores) {
  const small_disk disk{"256k"};
  if (!disk) return;
  write_file(disk.file("ballast"), std::string(1 << 20, 'x'));
  try {
    const auto store = Store::open(disk.file("store"));
    hand h{*store, alpha};
    BOOST_FAIL("it was opened");
  } catch (const store_error& e) {
    BOOST_TEST(says(e.what(), disk.file("store")), e.what());
  }
  std::filesystem::remove(disk.file("ballast"));
  const auto store = Store::open(disk.file("store"));
  hand h{*store, alpha};
  BOOST_TEST((h.commit(h.next()).status == commit_status::done));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_disk_that_cannot_be_written_is_refused_and_says_so, Store, all_stores) {
  small_disk disk{"2m"};
  if (!disk) return;
  const auto path = disk.file("store");
  {
    const auto store = Store::open(path);
    hand h{*store, alpha};
    BOOST_TEST_REQUIRE((h.commit(h.next(record_kind::application, message(1))).status == commit_status::done));
  }
  disk.forbid_writing();
  try {
    const auto store = Store::open(path);
    BOOST_FAIL("it was opened");
  } catch (const store_error& e) {
    BOOST_TEST(says(e.what(), path), e.what());
    BOOST_TEST(says(e.what(), "Read-only file system"), e.what());
  }
}

BOOST_AUTO_TEST_SUITE_END()
