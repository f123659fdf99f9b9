// A replay of many messages, streamed from a store through the session machine: how many a second, and how much memory it takes
// beside what the store has. usage: bench_replay memory|sqlite MESSAGES
#include "protocol/framer.hpp"
#include "protocol/session.hpp"
#include "protocol/stamp.hpp"
#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"
#include "test/support/temp_folder.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace troupe::protocol;
using namespace troupe::store;

const session_id id{"FIX.4.4", "VENUE01", "BUYSIDE1", {}};
constexpr utc_time morning = utc_time{std::chrono::sys_days{std::chrono::year{2024} / 5 / 6}} + std::chrono::hours{9};
constexpr std::string_view report = "37=VEN-00000000009182\x01" "11=ORD-20240506-000042\x01" "17=EXE-20240506-0000917\x01" "150=F\x01" "39=1\x01" "55=MSFT\x01" "54=1\x01" "38=1500\x01" "32=400\x01" "31=413.725\x01" "151=1100\x01" "14=400\x01" "6=413.725\x01";

void commit(message_store& store, const commit_batch& batch) {
  const session_batch item{&id, &batch};
  commit_result result;
  store.commit({&item, 1}, {&result, 1});
  if (result.status != commit_status::done) throw std::runtime_error{"the store does not commit: " + result.reason};
}

// As an earlier life of the session left it.
void fill(message_store& store, std::uint64_t messages) {
  const auto from = store.load(id, morning);
  utc_text clock;
  std::uint64_t number = 1;
  for (std::uint64_t batch_id = 1; number <= messages; ++batch_id) {
    commit_batch b;
    b.id = commit_id{batch_id};
    b.incarnation = from.incarnation;
    b.generation = from.generation;
    for (int i = 0; i < 1000 && number <= messages; ++i, ++number) {
      const auto at = append_frame(b.bytes, {"FIX.4.4", "8", "VENUE01", "BUYSIDE1", seq_num{number}, morning}, {}, report, clock);
      b.records.push_back({record_kind::application, seq_num{number}, seq_num{number}, {}, at.offset, at.length});
    }
    b.next_sender = seq_num{number};
    b.next_target = seq_num{1};
    commit(store, b);
  }
}

// VmRSS or VmHWM of this process, in KiB.
std::size_t memory(const std::string& what) {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.compare(0, what.size(), what) == 0) return std::strtoul(line.c_str() + what.size() + 1, nullptr, 10);
  throw std::runtime_error{"/proc/self/status does not tell " + what};
}

// The peer asks for everything; what would go to the wire is counted and dropped.
class replay {
 public:
  explicit replay(message_store& store) : store_(store), machine_(config(), store.load(id, morning), now_) {}

  std::uint64_t run(std::uint64_t messages) {
    machine_.on(event::link_up{connection_epoch{1}}, now_);
    peer("A", "98=0\x01" "108=30\x01");
    peer("2", "7=1\x01" "16=0\x01");
    while (!questions_.empty()) {
      const auto q = questions_.front();
      questions_.pop_front();
      machine_.on(event::replay_page{store_.fetch(id, q.begin, q.end, q.max_records, q.max_bytes), q.question}, now_);
      carry_out();
      machine_.on(event::wrote{connection_epoch{1}, 0}, now_);
      carry_out();
    }
    if (sent_ < messages) throw std::runtime_error{"only " + std::to_string(sent_) + " messages were sent again"};
    return bytes_;
  }

 private:
  static session_config config() {
    session_config c;
    c.id = id;
    c.role = role::acceptor;
    return c;
  }
  void peer(std::string_view type, std::string_view body) {
    std::string frame;
    append_frame(frame, {"FIX.4.4", type, "BUYSIDE1", "VENUE01", seq_num{++number_}, morning}, {}, body);
    message_view view;
    if (view.assign(frame) != parse_error::none) throw std::logic_error{"no message"};
    machine_.on(event::frame{view, nullptr}, now_);
    carry_out();
  }
  void carry_out() {
    std::vector<any_action> actions;
    machine_.take(actions);
    for (const auto& a : actions) {
      if (const auto* f = std::get_if<action::fetch_replay>(&a)) questions_.push_back(*f);
      if (const auto* c = std::get_if<action::commit>(&a)) transmit(*c->batch);
    }
  }
  void transmit(const commit_batch& batch) {
    if (batch.id != commit_id{}) commit(store_, batch);
    for (const auto& run : batch.transmit) {
      bytes_ += run.length;
      const auto frames = std::string_view{batch.bytes}.substr(run.offset, run.length);
      for (auto at = frames.find("\x01" "43=Y\x01"); at != frames.npos; at = frames.find("\x01" "43=Y\x01", at + 1)) ++sent_;
    }
    if (batch.id != commit_id{}) machine_.on(event::committed{batch.id}, now_);
  }

  message_store& store_;
  instant now_{std::chrono::seconds{1000}, morning};
  session machine_;
  std::deque<action::fetch_replay> questions_;
  std::uint64_t number_ = 0, sent_ = 0, bytes_ = 0;
};

void measure(message_store& store, const std::string& name, std::uint64_t messages) {
  fill(store, messages);
  replay all{store};
  ::malloc_trim(0);  // what filling has let go would hide what the replay takes
  const std::size_t before = memory("VmRSS");
  std::ofstream{"/proc/self/clear_refs"} << 5;  // VmHWM begins anew
  const auto begin = std::chrono::steady_clock::now();
  const auto bytes = all.run(messages);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  const std::size_t peak = memory("VmHWM");
  std::printf("%s\t%llu messages\t%llu bytes\t%.0f messages/s\t%.1f MiB more\n", name.c_str(), static_cast<unsigned long long>(messages), static_cast<unsigned long long>(bytes),
              static_cast<double>(messages) / taken.count(), static_cast<double>(peak - std::min(peak, before)) / 1024);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::fprintf(stderr, "usage: %s memory|sqlite MESSAGES\n", argv[0]), 2;
  const std::string name = argv[1];
  const auto messages = std::strtoull(argv[2], nullptr, 10);
  if (name == "memory") {
    memory_store store{std::size_t{4} << 30U};
    measure(store, name, messages);
  } else if (name == "sqlite") {
    const troupe::test::temp_folder folder;
    sqlite_store store{folder.file("replay.db")};
    measure(store, name, messages);
  } else {
    throw std::invalid_argument{"what is " + name + "? memory or sqlite"};
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
  return 1;
}
