// Numberings that are over: how many stay, how long, how much of them, and what the archive has of the rest.
#include "protocol/utc.hpp"
#include "store/memory_store.hpp"
#include "store/open_store.hpp"
#include "store/store_unavailable.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

using std::chrono::hours;

template <store_kind Kind>
struct kept_in {
  temp_folder folder;
  store_settings settings(const retention& keep) const { return {Kind, folder.file("store"), durability::process, keep}; }
};
using both = boost::mpl::list<kept_in<store_kind::sqlite>, kept_in<store_kind::journal>>;

std::string frame_at(std::uint64_t number, utc_time when) {
  std::string time;
  append_utc(time, when, utc_precision::milliseconds);
  return "8=FIX.4.2\x01" "9=100\x01" "35=8\x01" "34=" + std::to_string(number) + "\x01" "52=" + time + "\x01" "58=" + std::string(120, 'x') + "\x01" "10=000\x01";
}

// A day of a session: so many messages, and then the next numbering.
struct desk {
  hand h;
  desk(message_store& store, const session_id& id = alpha) : h(store, id) {}

  void send(std::uint64_t count, utc_time when) {
    for (std::uint64_t i = 0; i < count; ++i)
      BOOST_TEST_REQUIRE((h.commit(h.next(record_kind::application, frame_at(h.state().next_sender.value, when))).status == commit_status::done));
  }
  void reset_at(utc_time when) {
    BOOST_TEST_REQUIRE((h.commit(h.new_numbering(when)).status == commit_status::done));
  }
  void days(int count, std::uint64_t messages, utc_time from = day_one) {
    for (int day = 0; day < count; ++day) {
      send(messages, from + hours{24 * day});
      reset_at(from + hours{24 * (day + 1)});
    }
  }
};

std::vector<std::uint64_t> finished(message_store& store, const session_id& id = alpha) {
  std::vector<std::uint64_t> all;
  for (const auto& n : store.finished(id)) all.push_back(n.generation.value);
  return all;
}

std::set<std::string> files_in(const std::string& folder) {
  std::set<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) all.insert(entry.path().filename().string());
  return all;
}

// Commits on until it is so; the archive is written by a thread, which may have to wait for a busy disk.
template <class Condition>
void send_until(desk& d, Condition is_so) {
  for (int i = 0; i < 20'000; ++i) {
    if (is_so()) return;
    d.send(1, day_one);
    ::poll(nullptr, 0, i < 500 ? 0 : 2);
  }
  BOOST_FAIL("it does not come to pass");
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

// Commits, and cannot be asked for what is over.
class away final : public message_store {
 public:
  session_snapshot load(const session_id& id, utc_time now) override { return inner_.load(id, now); }
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override { inner_.commit(batches, results); }
  replay_page fetch(const session_id& id, seq_num begin, seq_num end, std::size_t records, std::size_t bytes) override { return inner_.fetch(id, begin, end, records, bytes); }
  std::optional<seq_num> find_token(const session_id& id, submit_token token) override { return inner_.find_token(id, token); }
  bool is_parked(const session_id& id, submit_token token) override { return inner_.is_parked(id, token); }
  std::vector<stored_session> sessions() override { return inner_.sessions(); }
  std::vector<finished_numbering> finished(const session_id&) override { throw store_unavailable{"the database is away"}; }
  [[nodiscard]] bool is_blocking() const override { return false; }
  [[nodiscard]] std::string describe() const override { return "away"; }

 private:
  memory_store inner_;
};

struct counted {
  unsigned asked = 0;   // beside commits
  unsigned slices = 0;  // that were read for the archive: by 64 messages
};

// Counts what it is asked.
class counting final : public message_store {
 public:
  counting(std::unique_ptr<message_store> inner, counted& count) : inner_(std::move(inner)), count_(count) {}

  session_snapshot load(const session_id& id, utc_time now) override { return inner_->load(id, now); }
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override { inner_->commit(batches, results); }
  replay_page fetch(const session_id& id, seq_num begin, seq_num end, std::size_t records, std::size_t bytes) override { return inner_->fetch(id, begin, end, records, bytes); }
  std::optional<seq_num> find_token(const session_id& id, submit_token token) override { return inner_->find_token(id, token); }
  bool is_parked(const session_id& id, submit_token token) override { return inner_->is_parked(id, token); }
  std::vector<stored_session> sessions() override { return inner_->sessions(); }
  std::vector<finished_numbering> finished(const session_id& id) override {
    ++count_.asked;
    return inner_->finished(id);
  }
  replay_page fetch_of(const session_id& id, numbering_generation generation, seq_num begin, seq_num end, std::size_t records, std::size_t bytes) override {
    ++count_.asked;
    count_.slices += records == 64;
    return inner_->fetch_of(id, generation, begin, end, records, bytes);
  }
  void retire(const session_id& id, numbering_generation through) override { inner_->retire(id, through); }
  std::optional<std::uint64_t> size() override { return inner_->size(); }
  [[nodiscard]] bool is_blocking() const override { return inner_->is_blocking(); }
  [[nodiscard]] std::string describe() const override { return "counting"; }

 private:
  std::unique_ptr<message_store> inner_;
  counted& count_;
};

using numbers = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(retention)

BOOST_AUTO_TEST_CASE_TEMPLATE(so_many_numberings_stay, Store, both) {
  Store s;
  const auto store = open_store(s.settings({.numberings = 3}));
  desk d{*store};
  d.days(6, 10);
  d.send(10, day_one);
  BOOST_TEST(finished(*store) == (numbers{4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(store->fetch_of(alpha, numbering_generation{4}, seq_num{1}, seq_num{100}, 100, 1 << 20).records.size() == 10u);
  BOOST_TEST(d.h.fetch(1, 100).records.size() == 10u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_too_old_goes, Store, both) {
  Store s;
  const auto store = open_store(s.settings({.numberings = 100, .time = hours{72}}));
  desk d{*store};
  d.days(6, 10);
  send_until(d, [&] { return finished(*store).size() <= 2u; });
  BOOST_TEST(finished(*store) == (numbers{5, 6}), boost::test_tools::per_element());  // sent on days 5 and 6; it is day 7
  d.h.load();  // a time that is earlier than what it has seen makes nothing younger
  for (int i = 0; i < 10; ++i) d.send(1, day_one);
  BOOST_TEST(finished(*store).size() == 2u);
  BOOST_TEST(d.h.fetch(1, 5).records.size() == 5u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_oldest_go_when_it_is_too_large, Store, both) {
  Store s;
  const auto store = open_store(s.settings({.numberings = 100, .bytes = 200'000}));
  desk a{*store}, b{*store, beta};
  for (int day = 0; day < 6; ++day) {
    a.send(100, day_one + hours{24 * day});
    b.send(100, day_one + hours{24 * day + 12});
    a.reset_at(day_one + hours{24 * (day + 1)});
    b.reset_at(day_one + hours{24 * (day + 1)});
  }
  for (int i = 0; i < 200; ++i) a.send(1, day_one);
  const auto of_a = finished(*store), of_b = finished(*store, beta);
  BOOST_TEST(of_a.size() + of_b.size() < 8u);
  BOOST_TEST(of_a.size() + of_b.size() > 0u);
  BOOST_TEST(of_b.size() >= of_a.size());  // younger by half a day
  BOOST_TEST(of_b.back() == 6u);
  BOOST_TEST(a.h.fetch(1, 1000).records.size() == 200u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_goes_is_in_the_archive_first, Store, both) {
  Store s;
  const auto archive = s.folder.file("archive");
  const auto store = open_store(s.settings({.numberings = 1, .archive = archive}));
  desk d{*store};
  d.days(3, 150);
  send_until(d, [&] { return finished(*store).size() == 1u; });
  const std::set<std::string> expected{"FIX.4.2-ALPHA-OMEGA.20231114-221320-000.1.150.fix", "FIX.4.2-ALPHA-OMEGA.20231115-221320-000.2.150.fix"};
  BOOST_TEST(files_in(archive) == expected, boost::test_tools::per_element());
  for (const auto& name : expected) {
    const auto text = read_file(archive + "/" + name);
    BOOST_TEST(lines_of(text) == 150u);
    BOOST_TEST(says(text, "34=150\x01"));
  }
  BOOST_TEST(says(read_file(archive + "/" + *expected.begin()), frame_at(77, day_one) + "\n"));
}

// A name may hold what a file's name must not.
BOOST_AUTO_TEST_CASE(no_two_sessions_share_a_file) {
  temp_folder folder;
  const auto archive = folder.file("archive");
  const auto store = open_store({store_kind::sqlite, folder.file("store"), durability::process, {.numberings = 0, .archive = archive}});
  desk one{*store, {"FIX.4.2", "A-B", "C/../D", ""}}, other{*store, {"FIX.4.2", "A", "B-C/../D", ""}};
  one.days(1, 2);
  other.days(1, 3);
  send_until(one, [&] { return finished(*store, one.h.id()).empty() && finished(*store, other.h.id()).empty(); });
  const std::set<std::string> expected{"FIX.4.2-A%2DB-C%2F..%2FD.20231114-221320-000.1.2.fix", "FIX.4.2-A-B%2DC%2F..%2FD.20231114-221320-000.1.3.fix"};
  BOOST_TEST(files_in(archive) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_the_archive_has_goes_after_a_restart_without_being_written_again, Store, both) {
  Store s;
  const auto archive = s.folder.file("archive");
  {
    const auto store = open_store(s.settings({.numberings = 100, .time = hours{1'000'000}}));
    desk d{*store};
    d.days(2, 5);
  }
  std::filesystem::create_directory(archive);
  const auto path = archive + "/FIX.4.2-ALPHA-OMEGA.20231114-221320-000.1.5.fix";
  write_file(path, "of an earlier life");
  const auto store = open_store(s.settings({.numberings = 1, .archive = archive}));
  desk d{*store};
  send_until(d, [&] { return finished(*store).size() == 1u; });
  BOOST_TEST(read_file(path) == "of an earlier life");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_an_archive_nothing_goes, Store, both) {
  Store s;
  const auto archive = s.folder.file("archive");
  const auto store = open_store(s.settings({.numberings = 0, .archive = archive}));
  std::filesystem::remove(archive);
  std::vector<std::string> told;
  store->report_to([&](const std::string& what) { told.push_back(what); });
  desk d{*store};
  d.days(1, 100);
  send_until(d, [&] { return !told.empty(); });
  BOOST_TEST(says(told[0], "No such file or directory"), told[0]);
  for (int i = 0; i < 100; ++i) d.send(1, day_one);
  BOOST_TEST(finished(*store).size() == 1u);
  BOOST_TEST(told.size() == 1u);
  std::filesystem::create_directory(archive);
  d.h.load();
  send_until(d, [&] { return finished(*store).empty(); });
  BOOST_TEST(lines_of(read_file(archive + "/FIX.4.2-ALPHA-OMEGA.20231114-221320-000.1.100.fix")) == 100u);
}

// Of many sessions the oldest is looked for over many commits, and found all the same.
BOOST_AUTO_TEST_CASE_TEMPLATE(no_commit_asks_about_all_sessions, Store, both) {
  Store s;
  constexpr int sessions = 200;
  std::vector<desk> desks;
  desks.reserve(sessions);
  {
    const auto store = open_store(s.settings({.numberings = 100, .time = hours{1'000'000}}));
    for (int i = 0; i < sessions; ++i) {
      desks.emplace_back(*store, session_id{"FIX.4.2", "S" + std::to_string(i), "OMEGA", ""});
      desks.back().days(3, 3, day_one + hours{i == 77 ? 0 : 24});
    }
    desks.clear();
  }
  counted count;
  const auto size = open_store(s.settings(keeps_all))->size();
  BOOST_TEST_REQUIRE(size.has_value());
  retaining_store store{std::make_unique<counting>(open_store(s.settings(keeps_all)), count), {.numberings = 100, .bytes = *size - 1}};
  desk d{store, {"FIX.4.2", "S5", "OMEGA", ""}};
  const session_id oldest{"FIX.4.2", "S77", "OMEGA", ""};
  unsigned most = 0;
  for (int i = 0; i < 200 && finished(store, oldest).size() == 3u; ++i) {
    count.asked = 0;
    d.send(1, day_one);
    most = std::max(most, count.asked);
  }
  BOOST_TEST(finished(store, oldest) == (numbers{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(most <= 40u);
  for (int i = 0; i < sessions; ++i)
    if (i != 77) BOOST_TEST(finished(store, {"FIX.4.2", "S" + std::to_string(i), "OMEGA", ""}).size() == 3u, i);
}

// Whoever asks behind a reset learns that his message was sent.
BOOST_AUTO_TEST_CASE_TEMPLATE(the_last_one_that_is_over_stays_whatever_its_age_and_size, Store, both) {
  Store s;
  const auto store = open_store(s.settings({.numberings = 5, .time = hours{1}, .bytes = 10'000}));
  desk d{*store};
  for (int i = 1; i <= 100; ++i)
    BOOST_TEST_REQUIRE((d.h.commit(d.h.next(record_kind::application, frame_at(1, day_one), submit_token{static_cast<std::uint64_t>(i)})).status == commit_status::done));
  d.reset_at(day_one + hours{48});
  for (int i = 0; i < 100; ++i) d.send(1, day_one + hours{48});
  BOOST_TEST((store->find_token(alpha, submit_token{77}) == seq_num{77}));
}

// In the middle of letting go of it.
BOOST_AUTO_TEST_CASE(what_went_in_part_is_not_written_again_after_a_restart) {
  temp_folder folder;
  const store_settings settings{store_kind::sqlite, folder.file("store"), durability::process, {.numberings = 1, .archive = folder.file("archive")}};
  std::set<std::string> before;
  {
    const auto store = open_store(settings);
    desk d{*store};
    d.days(2, 500);
    send_until(d, [&] { return finished(*store).size() == 1u; });
    for (int i = 0; i < 3; ++i) d.send(1, day_one);  // a few slices of it go
    before = files_in(folder.file("archive"));
  }
  const auto store = open_store(settings);
  desk d{*store};
  BOOST_TEST(finished(*store).size() == 2u);
  send_until(d, [&] { return finished(*store).size() == 1u; });
  BOOST_TEST(files_in(folder.file("archive")) == before, boost::test_tools::per_element());
  BOOST_TEST(before.size() == 1u);
}

// A database that went away: what was committed is told, and so is what was not.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_holds_up_no_commit) {
  retaining_store store{std::make_unique<away>(), {.numberings = 1, .time = hours{1}}};
  std::vector<std::string> told;
  store.report_to([&](const std::string& what) { told.push_back(what); });
  desk d{store};
  d.send(10, day_one);
  BOOST_TEST(!told.empty());
  BOOST_TEST(says(told.at(0), "the database is away"), told.at(0));
}

BOOST_AUTO_TEST_CASE(an_archive_that_cannot_be_written_is_refused_at_once) {
  temp_folder folder;
  write_file(folder.file("archive"), "a file");
  try {
    const auto store = open_store({store_kind::sqlite, folder.file("store"), durability::process, {.archive = folder.file("archive")}});
    BOOST_FAIL("it was opened");
  } catch (const store_error& e) {
    BOOST_TEST(says(e.what(), folder.file("archive")), e.what());
  }
}

// Nothing reads what its writer wants to write: it waits in the opening of the file, as on a disk that does not answer.
BOOST_AUTO_TEST_CASE(an_archive_that_cannot_follow_does_not_fill_the_memory) {
  constexpr unsigned most = 16;
  temp_folder folder;
  const auto archive = folder.file("archive");
  const auto part = archive + "/FIX.4.2-ALPHA-OMEGA.20231114-221320-000.1.5000.fix.part";
  std::filesystem::create_directory(archive);
  BOOST_TEST_REQUIRE(::mkfifo(part.c_str(), 0600) == 0);
  counted count;
  retaining_store store{std::make_unique<counting>(open_store({store_kind::journal, folder.file("store"), durability::process, {.numberings = 1'000'000}}), count), {.numberings = 0, .archive = archive}};
  desk d{store};
  d.days(1, 5000);  // 79 slices
  send_until(d, [&] { return count.slices >= most; });
  d.send(1000, day_one);
  BOOST_TEST(count.slices <= most + 1);  // and the one that waits in the file
  BOOST_TEST(finished(store).size() == 1u);
  // It goes on when the disk does.
  const int reader = ::open(part.c_str(), O_RDWR | O_CLOEXEC);
  BOOST_TEST_REQUIRE(reader >= 0);
  BOOST_TEST_REQUIRE(::fcntl(reader, F_SETPIPE_SZ, 1 << 20) > 0);
  std::filesystem::remove(part);
  send_until(d, [&] { return finished(store).empty(); });
  BOOST_TEST(count.slices == 79);
  ::close(reader);
}

BOOST_AUTO_TEST_SUITE_END()
