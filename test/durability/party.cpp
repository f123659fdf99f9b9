#include "test/durability/party.hpp"

#include "actors/engine.hpp"
#include "actors/event_log.hpp"
#include "apps/demo/parties.hpp"
#include "apps/demo/switched_store.hpp"
#include "store/journal_store.hpp"
#include "store/sqlite_store.hpp"
#include "test/durability/watched.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace troupe::durability {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t orders_of_a_life = 1'000'000;
constexpr std::int64_t under_way = 100;           // orders without report, so many at most
constexpr unsigned settled_every = 300;            // and SQLite's places and numbers are written
constexpr std::uint64_t segment_size = 1 << 18;   // so that a journal changes its segment now and then
constexpr std::uint64_t honest_commits = 50;

handling_fault fault_of(const std::string& sabotage) {
  return sabotage == "early-handled" ? handling_fault::early : sabotage == "unmarked" ? handling_fault::unmarked : handling_fault::none;
}

void say(const std::string& line) { std::cout << line << std::endl; }

class party {
 public:
  explicit party(const party_options& o)
      : options_(o),
        watch_{faults_, demo::ledger{file(".outcomes")}, fault_of(o.sabotage)},
        events_(writer_, file(".log"), false),
        messages_(file(".wire"), faults_),
        store_(std::make_shared<watched_store>(open(), faults_)),
        first_order_((o.life + 1) * orders_of_a_life) {
    store_->write_stored_to(file(".stored"));
  }
  ~party() {
    engine_.reset();
    writer_.flush(1s);
  }
  party(const party&) = delete;
  party& operator=(const party&) = delete;

  // Until it is told to stop, or nobody is there any more who could.
  void obey() {
    say("opened");
    while (!is_over_) {
      read_lines();
      if (is_flowing_) submit_what_fits();
      answer_what_came_true();
    }
  }

 private:
  [[nodiscard]] bool is_buyer() const { return options_.name == "buyer"; }
  [[nodiscard]] bool has(std::string_view sabotage) const { return options_.sabotage == sabotage; }
  [[nodiscard]] std::filesystem::path file(const char* ending) const { return options_.folder / (options_.name + ending); }

  // ---- what it is made of
  std::unique_ptr<store::message_store> open() {
    const auto how = options_.durability == "power" ? store::durability::power : store::durability::process;
    const auto path = file(".store").string();
    std::unique_ptr<store::message_store> made;
    if (options_.store == "journal") made = std::make_unique<store::journal_store>(path, store::journal_options{.durability = how, .segment_size = segment_size});
    else made = std::make_unique<store::sqlite_store>(path, store::sqlite_options{.durability = how, .settled_every = settled_every, .settled_rows_a_session = 0});
    for (const auto& f : made->findings()) events_.record(actors::severity::warning, "store-damaged", {}, f);
    if (has("skip-commit")) {
      switches_.honest = honest_commits;
      return demo::switched(std::move(made), switches_);
    }
    return has("repeat-number") ? repeating(std::move(made)) : std::move(made);
  }

  std::unique_ptr<actors::application> make_application() {
    if (is_buyer()) return std::make_unique<demo::order_flow>(counts_, file(".ledger"), file(".accepted"));
    return std::make_unique<demo::venue>(file(".ledger"));
  }

  actors::engine_config config() {
    actors::engine_config c;
    c.stores.push_back({"store", [this, is_open = false]() mutable -> std::shared_ptr<store::message_store> {
                          if (std::exchange(is_open, true)) throw store::store_error{"the store of a party has failed"};
                          return store_;
                        }, 0});
    actors::session_spec s;
    s.config.id = is_buyer() ? demo::buyer_id : demo::venue_id;
    s.config.role = is_buyer() ? protocol::role::initiator : protocol::role::acceptor;
    s.store = "store";
    if (is_buyer()) s.hosts = {{"127.0.0.1", options_.port}};
    else c.listen.push_back({"127.0.0.1", options_.port});
    s.back_off = {.base = 10ms, .cap = 50ms, .growth = 1.5, .jitter = 0.5, .stable_after = 100ms};
    s.application = watch_application([this](const auto&) { return make_application(); }, watch_);
    c.sessions.push_back(std::move(s));
    c.decorate_network = watch_streams(faults_);
    c.events = &events_;
    c.messages = &messages_;
    return c;
  }

  // ---- what it is told
  void read_lines() {
    pollfd in{STDIN_FILENO, POLLIN, 0};
    if (::poll(&in, 1, is_flowing_ || awaited_ ? 1 : -1) <= 0) return;
    std::array<char, 256> piece{};
    const auto n = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) return;
    if (n <= 0) is_over_ = true;  // whoever started it has gone
    else unread_.append(piece.data(), static_cast<std::size_t>(n));
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
      const auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      do_what_is_said(line);
    }
  }

  void do_what_is_said(const std::string& line) {
    std::istringstream words{line};
    std::string word;
    words >> word;
    if (word == "start") start();
    else if (word == "arm") arm(words);
    else if (word == "flow") flow();
    else if (word == "progress" || word == "settle") await(word);
    else if (word == "dump") dump();
    else if (word == "stop") stop();
    else throw std::runtime_error{"no such word: '" + line + "'"};
  }

  void start() {
    engine_.emplace(config());
    const auto up = engine_->start();
    if (!up.error.empty()) throw std::runtime_error{up.error};
    say("up");
  }

  void arm(std::istringstream& words) {
    std::string point;
    std::uint64_t n = 0;
    words >> point >> n;
    const auto p = fault_point_of(point);
    if (!p || n == 0) throw std::runtime_error{"no such fault point, or no count: '" + words.str() + "'"};
    say("armed");  // it may be the last that it says
    if (!has("deaf")) faults_.arm(*p, n);
  }

  void flow() {
    is_flowing_ = true;
    say("flowing");
  }

  void await(const std::string& what) {
    if (what == "settle") is_flowing_ = false;
    behind_ = first_order_ + counts_.submitted;
    awaited_ = what;
  }

  void dump() {
    store_->write_stored_to(file(".stored"));
    say("dumped");
  }

  void stop() {
    is_over_ = true;
    if (engine_ && engine_->stop(5s).cut > 0) throw std::runtime_error{"it had to cut its session"};
    say("stopped");
  }

  // ---- orders
  void submit_what_fits() {
    auto session = engine_->session(demo::buyer_id);
    while (watch_.is_on && orders_under_way() < under_way) {
      const auto n = first_order_ + counts_.submitted + 1;
      ++counts_.submitted;  // before its outcome is counted
      if (session.submit(demo::make_order(n), protocol::submit_token{n}) == actors::submit_result::taken) continue;
      ++counts_.refused;
      return;
    }
  }

  // Reports on orders of an earlier life are counted as well: then there are more for a moment.
  [[nodiscard]] std::int64_t orders_under_way() const {
    return static_cast<std::int64_t>(counts_.submitted) - static_cast<std::int64_t>(counts_.refused) - static_cast<std::int64_t>(counts_.reported);
  }

  void answer_what_came_true() {
    if (!awaited_) return;
    const bool is_true = *awaited_ == "progress" ? counts_.last_reported > behind_ : counts_.is_settled();
    if (!is_true) return;
    say(*awaited_ == "progress" ? "progress" : "settled");
    awaited_.reset();
  }

  party_options options_;
  fault_plan faults_;
  demo::flow_counts counts_;
  demo::store_switches switches_;
  application_watch watch_;
  actors::log_writer writer_{{}, [] { return std::chrono::system_clock::now(); }};
  actors::event_log events_;
  watched_messages messages_;
  std::shared_ptr<watched_store> store_;
  std::uint64_t first_order_;
  std::optional<actors::engine> engine_;

  std::string unread_;
  bool is_flowing_ = false;
  bool is_over_ = false;
  std::optional<std::string> awaited_;
  std::uint64_t behind_ = 0;  // progress: an order behind this one has its report
};

}  // namespace

int run_party(const party_options& options) try {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  party{options}.obey();
  return 0;
} catch (const std::exception& e) {
  say(std::string{"failed: "} + e.what());
  return 1;
}

}  // namespace troupe::durability
