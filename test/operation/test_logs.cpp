#include "actors/event_log.hpp"
#include "actors/message_log.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

// A directory that goes with its test.
struct directory {
  std::filesystem::path path;
  directory() {
    std::string name = std::filesystem::temp_directory_path() / "troupe-logs-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~directory() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in{path / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

protocol::utc_time noon() { return std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h + 345'678us; }
const std::string at_noon = "20261123-12:00:00.345678";

std::string wire(std::string text) {
  std::replace(text.begin(), text.end(), '|', '\x01');
  return text;
}

// With a true BodyLength and CheckSum.
std::string frame(const std::string& body) {
  std::string f = wire("8=FIX.4.4|9=" + std::to_string(body.size()) + "|" + body);
  unsigned sum = 0;
  for (const char c : f) sum += static_cast<unsigned char>(c);
  std::string digits = std::to_string(sum % 256);
  return f + "10=" + std::string(3 - digits.size(), '0') + digits + "\x01";
}
std::string readable(std::string text) {
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}

const protocol::session_id us{"FIX.4.4", "US", "THEM", ""};

struct told final : event_sink {
  std::vector<std::string> codes;
  void record(severity, std::string_view code, std::string_view, std::string_view) noexcept override { codes.emplace_back(code); }
};

// A channel that stands still until it is let go, as a disk may.
struct stuck final : log_channel {
  std::promise<void> entered;
  std::promise<void> go;
  bool is_first = true;
  std::vector<std::string> lines;
  std::uint64_t lost = 0;
  void write(const log_line& line) override {
    if (std::exchange(is_first, false)) {
      entered.set_value();
      go.get_future().wait();
    }
    lines.push_back(line.text);
  }
  void dropped(std::uint64_t n) override { lost += n; }
  void flush() override {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(logs)

BOOST_AUTO_TEST_CASE(an_event_is_one_line_whatever_it_holds) {
  directory d;
  {
    log_writer writer{{}, noon};
    event_log log{writer, d.path, false};
    log.record(severity::warning, "gap-open", "FIX.4.4:US->THEM", "expected 5, received 8");
    log.record(severity::error, "x", "", "two\nlines, 554=secret");
    BOOST_TEST(writer.flush(5s));
  }
  BOOST_TEST(d.read("troupe.events.log") ==
             at_noon + " warning gap-open FIX.4.4:US->THEM expected 5, received 8\n" + at_noon + " error x - two\\x0alines, 554=***\n");
}

BOOST_AUTO_TEST_CASE(messages_are_cut_masked_and_marked) {
  directory d;
  told events;
  {
    log_writer writer{{}, noon};
    message_log log{writer, events, {{us, d.path, '|'}}};
    log.in(us, frame("35=A|554=secret|"));
    log.out(us, frame("35=0|") + frame("35=1|112=x\ny|"));
    log.in(us, wire("8=FIX.4.4|9=zz|554=sec"));
    log.in(us, wire("ret|10=000|"));
    log.in(protocol::session_id{"FIX.4.4", "NO", "ONE", ""}, frame("35=0|"));
    writer.flush(5s);
  }
  const std::string text = d.read("FIX.4.4-US-THEM.messages.log");
  BOOST_TEST(text == at_noon + " in  8=FIX.4.4|9=***|35=A|554=***|10=***|\n" + at_noon + " out " + readable(frame("35=0|")) + "\n" + at_noon +
                         " out 8=FIX.4.4|9=13|35=1|112=x\\x0ay|10=160|\n" + at_noon + " bad 8=FIX.4.4|9=zz|554=***\n" + at_noon + " bad |10=000|\n");
}

BOOST_AUTO_TEST_CASE(names_of_files_stay_in_their_directory) {
  BOOST_TEST(message_log_name({"FIX.4.4", "../A", "B C", "Q"}) == "FIX.4.4-..%2FA-B%20C-Q.messages.log");
  BOOST_TEST(message_log_name({"FIX.4.4", std::string(300, 'A'), "B", ""}).size() <= 230U);
}

BOOST_AUTO_TEST_CASE(no_two_sessions_share_a_file) {
  BOOST_TEST(message_log_name({"FIX.4.4", "A-B", "C", ""}) == "FIX.4.4-A%2DB-C.messages.log");
  BOOST_TEST(message_log_name({"FIX.4.4", "A", "B-C", ""}) == "FIX.4.4-A-B%2DC.messages.log");
  BOOST_TEST(message_log_name({"FIX.4.4", "A", "B", "C"}) == "FIX.4.4-A-B-C.messages.log");
  BOOST_TEST(message_log_name({"FIX.4.4", "A", "B%2DC", ""}) != message_log_name({"FIX.4.4", "A", "B-C", ""}));
  const std::string longest(256, 'A');
  BOOST_TEST(message_log_name({"FIX.4.4", longest, "B", ""}) != message_log_name({"FIX.4.4", longest, "C", ""}));
  BOOST_TEST(message_log_name({"FIX.4.4", longest, "B", ""}) == message_log_name({"FIX.4.4", longest, "B", ""}));
}

BOOST_AUTO_TEST_CASE(who_logs_never_waits_and_what_is_dropped_is_counted) {
  stuck channel;
  {
    log_writer writer{{4, 1000}, noon};
    BOOST_TEST(writer.post(channel, 0, "first"));
    channel.entered.get_future().wait();
    for (int i = 0; i < 4; ++i) BOOST_TEST(writer.post(channel, 0, "queued"));
    for (int i = 0; i < 3; ++i) BOOST_TEST(!writer.post(channel, 0, "dropped"));
    BOOST_TEST(!writer.flush(1ms));
    BOOST_TEST(writer.dropped() == 3U);
    channel.go.set_value();
    BOOST_TEST(writer.flush(5s));
    BOOST_TEST(writer.post(channel, 0, "later"));
  }
  BOOST_TEST(channel.lines.size() == 6U);
  BOOST_TEST(channel.lines.back() == "later");
  BOOST_TEST(channel.lost == 3U);
}

BOOST_AUTO_TEST_CASE(long_lines_count_by_their_bytes) {
  stuck channel;
  log_writer writer{{100, 10}, noon};
  BOOST_TEST(writer.post(channel, 0, "0123456789"));
  channel.entered.get_future().wait();
  BOOST_TEST(!writer.post(channel, 0, "0123456789a"));
  channel.go.set_value();
}

// RLIMIT_FSIZE stands for a disk that is full: writes fail, and work again once there is room.
BOOST_AUTO_TEST_CASE(a_full_disk_costs_lines_and_nothing_else) {
  directory d;
  told events;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  {
    log_writer writer{{}, noon};
    message_log log{writer, events, {{us, d.path, '|'}}};
    log.out(us, frame("35=0|"));
    writer.flush(5s);
    const rlimit full{std::filesystem::file_size(d.path / message_log_name(us)) + 10, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &full);
    log.out(us, frame("35=1|112=lost|"));
    writer.flush(5s);
    ::setrlimit(RLIMIT_FSIZE, &before);
    log.out(us, frame("35=2|"));
    writer.flush(5s);
  }
  BOOST_TEST(events.codes == (std::vector<std::string>{"message-log-failed", "message-log-back"}), boost::test_tools::per_element());
  const std::string text = d.read(message_log_name(us));
  BOOST_TEST(text.find("\n# 1 messages lost: File too large\n") != std::string::npos, text);
  BOOST_TEST(text.find(readable(frame("35=2|"))) != std::string::npos);
}

// Who is refused leaves no file; who is answered has his Logon in it, and goes on in it.
BOOST_AUTO_TEST_CASE(the_file_of_a_session_made_by_its_logon_begins_with_our_answer) {
  directory d;
  told events;
  const protocol::session_id stranger{"FIX.4.4", "US", "../X", ""};
  {
    log_writer writer{{}, noon};
    message_log log{writer, events, {{us, d.path, '|'}}};
    log.begin({stranger, d.path, '|'});
    log.in(stranger, frame("35=A|"));
    log.end(stranger);
    log.in(stranger, frame("35=0|"));
    BOOST_TEST(writer.flush(5s));
    BOOST_TEST(std::distance(std::filesystem::directory_iterator{d.path}, {}) == 1);
    log.begin({stranger, d.path, '|'});
    log.in(stranger, frame("35=A|"));
    for (int n = 0; n < 2; ++n) {
      log.out(stranger, frame("35=0|"));
      log.end(stranger);
      log.begin({stranger, d.path, '|'});
    }
    BOOST_TEST(writer.flush(5s));
  }
  const auto text = d.read("FIX.4.4-US-..%2FX.messages.log");
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 3);
  BOOST_TEST(text.starts_with(at_noon + " in  8=FIX.4.4|9=5|35=A|"), text);
  BOOST_TEST(std::distance(std::filesystem::directory_iterator{d.path}, {}) == 2);
  BOOST_TEST(events.codes.empty());
}

BOOST_AUTO_TEST_CASE(a_made_session_whose_file_cannot_be_opened_is_an_event_once) {
  directory d;
  told events;
  const protocol::session_id made{"FIX.4.4", "US", "X", ""};
  std::ofstream{d.path / "file"} << "in the way";
  log_writer writer{{}, noon};
  message_log log{writer, events, {}};
  log.begin({made, d.path / "file", '|'});
  for (int n = 0; n < 3; ++n) log.out(made, frame("35=0|"));
  BOOST_TEST(writer.flush(5s));
  BOOST_TEST(events.codes == std::vector<std::string>{"message-log-failed"});
}

BOOST_AUTO_TEST_CASE(a_file_that_was_moved_away_is_made_anew) {
  directory d;
  log_file file{d.path / "x.log"};
  BOOST_TEST(file.append("one\n"));
  std::filesystem::rename(d.path / "x.log", d.path / "x.log.1");
  BOOST_TEST(file.append("two\n"));
  BOOST_TEST(d.read("x.log.1") == "one\n");
  BOOST_TEST(d.read("x.log") == "two\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_says_why) {
  directory d;
  std::ofstream{d.path / "file"} << "x";
  BOOST_CHECK_EXCEPTION(log_file{d.path / "file" / "x.log"}, std::runtime_error, [](const std::exception& e) {
    return std::string_view{e.what()}.find("x.log: Not a directory; expected a file that can be written") != std::string_view::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
