#include "apps/demo/demo.hpp"

#include "apps/demo/stage.hpp"
#include "apps/demo/terminal.hpp"
#include "apps/exit_codes.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>

namespace troupe::demo {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr auto tick = 20ms;
constexpr auto store_is_away = 1500ms;
constexpr std::chrono::seconds recovery_limit{20};
constexpr int messages_to_lose = 5;  // the legend says so

std::string what_happens(hurt h) {
  switch (h) {
    case hurt::drop: return "the connection is cut";
    case hurt::crash: return "the buyer's session actor is killed";
    case hurt::lose: return fmt::format("{} orders are lost on the wire", messages_to_lose);
    case hurt::store: return fmt::format("the buyer's store fails for {} ms", store_is_away.count());
    case hurt::kill: return "the venue's process is killed (kill -9) and started again";
  }
  return {};
}

std::optional<hurt> hurt_of_key(char key) {
  for (const hurt h : every_hurt)
    if (to_string(h).front() == key) return h;
  return std::nullopt;
}

// A hurt from its first moment until trade goes on; see `phase`.
struct open_hurt {
  hurt what{};
  clock::time_point began;
  std::uint64_t connects = 0;  // before it
  std::uint64_t restarts = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t first_order_after = 0;  // submitted when the damage was seen; 0: it was not yet
  bool is_store_back = false;
  bool is_planned = false;  // by --hurt
};

// Removed again, unless something in it is worth a look.
class folder {
 public:
  folder() {
    std::error_code why;
    const auto parent = std::filesystem::temp_directory_path(why);
    auto name = (parent / "troupe-demo-XXXXXX").string();
    if (!why && !::mkdtemp(name.data())) why = {errno, std::generic_category()};
    if (why)
      throw std::runtime_error{name + ": a folder for the demo's stores cannot be made: " + why.message() +
                               "; set TMPDIR to a folder that exists and can be written"};
    path = name;
  }
  ~folder() { remove_unless_kept(); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  void remove_unless_kept() const {
    std::error_code ignored;
    if (!is_kept) std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
  bool is_kept = false;
};

class show {
 public:
  show(const demo_options& o, stage& on, const folder& where, int signals)
      : options_(o), stage_(on), folder_(where), signals_(signals), began_(clock::now()) {
    if (!o.is_plain && terminal::is_one()) screen_.emplace();
  }

  int run() {
    say(fmt::format("buyer and venue are up, port {}, {:.0f} orders a second", stage_.venue.port(), options_.rate));
    while (!is_over_) {
      wait();
      if (is_trade_on()) submit_what_is_due();
      go_on();
      if (screen_) draw();
    }
    return verdict_at_the_end();
  }

 private:
  // ---- what is going on: trading -> hurt -> (recovered) -> settling -> compared -> trading
  // A hurt is over when an order behind it has its report: also while it all is to end.
  [[nodiscard]] bool is_trade_on() const { return !settling_since_ || hurt_; }
  void go_on() {
    if (hurt_) return watch_recovery();
    if (settling_since_) return watch_settling();
    const auto elapsed = clock::now() - began_;
    if (options_.seconds > 0 && elapsed >= seconds{options_.seconds} && next_hurt_ >= options_.hurts.size()) return end();
    if (next_hurt_ < options_.hurts.size() && elapsed >= when_due(next_hurt_)) begin_next(elapsed - when_due(next_hurt_));
  }
  // It waits until the session is up, but not for ever.
  void begin_next(seconds late) {
    const hurt next = options_.hurts[next_hurt_];
    if (stage_.is_trading()) {
      begin(next, true);
      ++next_hurt_;
    } else if (late >= recovery_limit) {
      next_hurt_ = options_.hurts.size();
      give_up(fmt::format("NOT DONE: {}: the session was not up for {} s", to_string(next), recovery_limit.count()));
    }
  }
  void give_up(const std::string& why) {
    is_broken_ = true;
    say(why);
    hurt_.reset();
    end();
  }
  // Spread over the time, with some trade before the first and behind the last.
  [[nodiscard]] seconds when_due(std::size_t index) const {
    const double parts = static_cast<double>(options_.hurts.size() + 1);
    return seconds{options_.seconds * static_cast<double>(index + 1) / parts * 0.9};
  }
  void end() {
    is_ending_ = true;
    settling_since_ = clock::now();
  }

  void begin(hurt h, bool is_planned) {
    const auto before = stage_.buyer();
    hurt_ = open_hurt{h, clock::now(), before.connects, before.restarts, stage_.store.failed, 0, false, is_planned};
    say("HURT: " + what_happens(h));
    switch (h) {
      case hurt::drop: (void)stage_.tell(actors::operator_command::disconnect); break;
      case hurt::crash: (void)stage_.tell(actors::operator_command::fail); break;
      case hurt::lose:
        stage_.wire.lost = 0;
        stage_.wire.to_lose = messages_to_lose;
        break;
      case hurt::store: stage_.store.is_failing = true; break;
      case hurt::kill: restart_venue(); break;
    }
  }
  void restart_venue() {
    stage_.venue.kill();
    try {
      stage_.venue.start();
    } catch (const std::exception& e) {
      give_up(std::string{"NOT RECOVERED: "} + e.what());
    }
  }

  [[nodiscard]] bool has_damage(const open_hurt& h) const {
    switch (h.what) {
      case hurt::drop:
      case hurt::kill: return stage_.buyer().connects > h.connects;
      case hurt::crash: return stage_.buyer().restarts > h.restarts;
      case hurt::lose: return stage_.wire.lost == messages_to_lose;
      case hurt::store: return stage_.store.failed > h.failed_commits && h.is_store_back;
    }
    return false;
  }
  void watch_recovery() {
    auto& h = *hurt_;
    const auto lasted = clock::now() - h.began;
    if (h.what == hurt::store && !h.is_store_back && lasted >= store_is_away) {
      stage_.store.is_failing = false;
      h.is_store_back = true;
    }
    if (h.first_order_after == 0 && has_damage(h)) h.first_order_after = stage_.counts.submitted + 1;
    if (h.first_order_after != 0 && stage_.is_trading() && stage_.counts.last_reported >= h.first_order_after) return recovered(lasted);
    if (lasted < recovery_limit) return;
    give_up(fmt::format("NOT RECOVERED within {} s: {}", recovery_limit.count(), stage_.buyer().reason));
  }
  void recovered(clock::duration lasted) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(lasted);
    if (hurt_->what == hurt::store)
      say(fmt::format("recovered: trade goes on {} ms after the store was back", std::max<long long>(0, (ms - store_is_away).count())));
    else say(fmt::format("recovered: an order sent after it has its report after {} ms", ms.count()));
    if (hurt_->is_planned) ++planned_done_;
    hurt_.reset();
    settling_since_ = clock::now();
  }

  // Every order has its report: then the files can be compared.
  void watch_settling() {
    const bool is_late = clock::now() - *settling_since_ >= (is_broken_ ? 2s : recovery_limit);
    if (!is_late && !(stage_.counts.is_settled() && stage_.is_trading())) return;
    if (is_late) {
      is_broken_ = true;
      say(fmt::format("NOT SETTLED: {} orders are without outcome or report", stage_.counts.submitted - stage_.counts.refused - stage_.counts.reported));
    }
    compare();
    settling_since_.reset();
    submitted_until_ = clock::now();
    if (is_ending_) is_over_ = true;
  }
  void compare() {
    try {
      const auto v = stage_.compare_all();
      if (!v.is_clean()) is_broken_ = true;
      verdict_ = to_string(v);
      say("compared: " + verdict_);
      for (const auto* list : {&v.lost, &v.duplicated, &v.out_of_order, &v.reused, &v.unknown})
        for (std::size_t i = 0; i < list->size() && i < 3; ++i) say("  " + (*list)[i]);
    } catch (const std::exception& e) {
      is_broken_ = true;
      say(std::string{"cannot compare: "} + e.what());
    }
  }

  int verdict_at_the_end() {
    if (!stop()) say("an engine did not stop in time");
    compare();
    if (planned_done_ < options_.hurts.size()) {
      is_broken_ = true;
      say(fmt::format("NOT DONE: {} of {} hurts were done and recovered from", planned_done_, options_.hurts.size()));
    }
    screen_.reset();
    if (!story_on_screen_.empty()) {
      for (const auto& line : story_on_screen_) std::cout << line << '\n';
    }
    std::cout << (is_broken_ ? "FAILED: " : "GOOD: ") << verdict_ << std::endl;
    return is_broken_ ? apps::exit_code::lost : apps::exit_code::done;
  }

  // Signals are heard meanwhile.
  bool stop() {
    auto is_orderly = std::async(std::launch::async, [this] { return stage_.stop(); });
    while (is_orderly.wait_for(0s) != std::future_status::ready) wait();
    return is_orderly.get();
  }

  // ---- input and time
  void wait() {
    const bool hears_keys = screen_ && has_keys_ && !is_over_;
    std::array<pollfd, 2> in{{{signals_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    if (::poll(in.data(), hears_keys ? 2 : 1, static_cast<int>(tick.count())) <= 0) return;
    if (in[0].revents != 0) on_signal();
    if (hears_keys && in[1].revents != 0) on_key();
  }
  void on_signal() {
    signalfd_siginfo which{};
    if (::read(signals_, &which, sizeof which) != sizeof which) return;
    if (first_signal_ && clock::now() - *first_signal_ >= 1s) leave_at_once();
    if (first_signal_) return;  // the first one, passed on by something in between (a shell, timeout(1))
    first_signal_ = clock::now();
    if (is_ending_) return;
    next_hurt_ = options_.hurts.size();
    say("ended by a signal");
    end();
  }
  // Nothing is waited for; the venue's process ends with this one.
  [[noreturn]] void leave_at_once() {
    screen_.reset();
    std::cout << "ended by a second signal: nothing was compared" << std::endl;
    folder_.remove_unless_kept();
    std::_Exit(apps::exit_code::interrupted);
  }
  void on_key() {
    char key = 0;
    const auto n = ::read(STDIN_FILENO, &key, 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n != 1) has_keys_ = false;  // the terminal has gone, or nobody will ever type
    if (n != 1) return;
    if (key == 'q') return end();
    const auto h = hurt_of_key(key);
    if (!h || hurt_ || settling_since_) return;
    if (stage_.is_trading()) begin(*h, false);
    else say("not now: the session is not up");
  }
  void submit_what_is_due() {
    const auto now = clock::now();
    const auto due = static_cast<std::uint64_t>(seconds{now - submitted_until_}.count() * options_.rate);
    if (due == 0) return;
    stage_.submit(std::min<std::uint64_t>(due, 1000));
    submitted_until_ = now;
  }

  // ---- what is seen
  void say(const std::string& text) {
    auto line = fmt::format("[{:6.1f} s] {}", seconds{clock::now() - began_}.count(), text);
    if (!screen_) std::cout << line << std::endl;
    else story_on_screen_.push_back(std::move(line));
    if (story_on_screen_.size() > 1000) story_on_screen_.erase(story_on_screen_.begin());
  }
  void draw() {
    const auto now = clock::now();
    if (now - drawn_ < 250ms) return;
    const auto reports = stage_.counts.reported.load();
    const double rate = static_cast<double>(reports - reports_drawn_) / seconds{now - drawn_}.count();
    drawn_ = now;
    reports_drawn_ = reports;
    screen_view v{fmt::format("{:.1f} s", seconds{now - began_}.count()), stage_.sides(), stage_.counts.submitted, reports, stage_.counts.refused, rate,
                  stage_.messages.list(), story_on_screen_, "  last comparison: " + (verdict_.empty() ? "none yet" : verdict_), std::string{legend}};
    screen_->show(render(v, screen_->columns(), screen_->rows()));
  }

  const demo_options& options_;
  stage& stage_;
  const folder& folder_;
  int signals_;
  clock::time_point began_;
  clock::time_point submitted_until_ = clock::now();
  std::optional<terminal> screen_;
  std::vector<std::string> story_on_screen_;
  clock::time_point drawn_{};
  std::uint64_t reports_drawn_ = 0;

  std::size_t next_hurt_ = 0;
  std::size_t planned_done_ = 0;
  std::optional<clock::time_point> first_signal_;
  bool has_keys_ = true;
  std::optional<open_hurt> hurt_;
  std::optional<clock::time_point> settling_since_;
  std::string verdict_;
  bool is_broken_ = false;
  bool is_ending_ = false;
  bool is_over_ = false;
};

// Before any thread starts.
int take_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, s);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &ends, SFD_CLOEXEC);
}

}  // namespace

std::string_view to_string(hurt h) {
  switch (h) {
    case hurt::drop: return "drop";
    case hurt::crash: return "crash";
    case hurt::lose: return "lose";
    case hurt::store: return "store";
    case hurt::kill: return "kill";
  }
  return "?";
}

std::optional<std::vector<hurt>> read_hurts(const std::string& text) {
  if (text.empty() || text == "none") return std::vector<hurt>{};
  if (text == "all") return std::vector<hurt>{std::begin(every_hurt), std::end(every_hurt)};
  std::vector<hurt> list;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(',', from), text.size());
    const auto one = text.substr(from, end - from);
    const auto* found = std::find_if(std::begin(every_hurt), std::end(every_hurt), [&](hurt h) { return to_string(h) == one; });
    if (found == std::end(every_hurt)) return std::nullopt;
    list.push_back(*found);
    from = end + 1;
  }
  return list;
}

int demo(const demo_options& options) {
  const int signals = take_signals();
  std::optional<folder> where;
  std::optional<stage> on;
  try {
    where.emplace();
    where->is_kept = options.keeps_folder;
    on.emplace(where->path, options.is_lying);
  } catch (const std::exception& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return apps::exit_code::not_started;
  }
  const int result = show{options, *on, *where, signals}.run();
  if (result != apps::exit_code::done) where->is_kept = true;
  if (where->is_kept) std::cout << "stores, ledgers and logs: " << where->path.string() << std::endl;
  return result;
}

}  // namespace troupe::demo
