#include "actors/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace troupe::actors {
namespace {

constexpr std::chrono::minutes kept_after_asking{10};

std::string text_of(int error) { return error == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(error); }

}  // namespace

looked_up addresses_of(const std::string& name) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  if (const int error = ::getaddrinfo(name.c_str(), nullptr, &wanted, &first); error != 0) return {{}, text_of(error)};
  looked_up found;
  std::array<char, NI_MAXHOST> number;
  for (const addrinfo* a = first; a; a = a->ai_next)
    if (::getnameinfo(a->ai_addr, a->ai_addrlen, number.data(), number.size(), nullptr, 0, NI_NUMERICHOST) == 0) found.addresses.emplace_back(number.data());
  ::freeaddrinfo(first);
  if (found.addresses.empty()) found.error = "it has no address";
  return found;
}

struct name_lookup::state : std::enable_shared_from_this<state> {
  enum class phase : std::uint8_t { idle, queued, under_way };
  struct waiter {
    const question* who;
    answer then;
  };
  struct progress {
    phase now = phase::idle;
    bool is_slow = false;             // nobody had the patience for it the last time
    protocol::steady_time asked{};    // the last time
    std::vector<waiter> waiting;
    std::optional<looked_up> late;    // came when nobody waited any more
  };
  using named = std::pair<const std::string, progress>;

  state(resolver r, name_lookup_limits l) : resolve(std::move(r)), limits(l) {}

  void add(const std::string& name, protocol::steady_time now, const question* who, answer then) {
    const std::lock_guard lock{mutex};
    auto& n = *names.try_emplace(name).first;
    auto& p = n.second;
    const auto late = std::exchange(p.late, std::nullopt);
    const bool is_fresh = now - std::exchange(p.asked, now) <= kept_after_asking;
    if (late && is_fresh) return then(*late);
    p.waiting.push_back({who, std::move(then)});
    if (p.now != phase::idle) return;
    p.now = phase::queued;
    queue.push_back(&n);
    start_thread();
  }
  void take_back(const std::string& name, const question* who) {
    const std::lock_guard lock{mutex};
    std::erase_if(names.at(name).waiting, [&](const waiter& w) { return w.who == who; });
  }

  [[nodiscard]] std::deque<named*>::iterator next() {
    return std::find_if(queue.begin(), queue.end(), [&](const named* n) { return !n->second.is_slow || slow_under_way < limits.for_slow; });
  }
  void start_thread() {
    if (threads >= limits.threads || next() == queue.end()) return;
    try {
      std::thread{[self = shared_from_this()] { self->work(); }}.detach();
      ++threads;
    } catch (const std::system_error& e) {
      if (threads == 0)
        for (auto* n : std::exchange(queue, {})) finish(n->second, {{}, std::string{"no thread for it: "} + e.what()});
    }
  }

  void work() {
    std::unique_lock lock{mutex};
    for (auto it = next(); it != queue.end(); it = next()) {
      auto& [name, p] = **it;
      queue.erase(it);
      p.now = phase::under_way;
      const bool was_slow = p.is_slow, was_awaited = !p.waiting.empty();
      if (was_slow) ++slow_under_way;
      lock.unlock();
      auto found = resolve(name);
      lock.lock();
      if (was_slow) --slow_under_way;
      p.is_slow = p.waiting.empty() && (was_slow || was_awaited);
      finish(p, std::move(found));
    }
    --threads;
  }
  static void finish(progress& p, looked_up found) {
    p.now = phase::idle;
    const auto waiting = std::exchange(p.waiting, {});
    for (const waiter& w : waiting) w.then(found);
    if (waiting.empty()) p.late = std::move(found);
  }

  const resolver resolve;
  const name_lookup_limits limits;
  std::mutex mutex;  // of all that follows
  std::map<std::string, progress> names;
  std::deque<named*> queue;
  unsigned threads = 0;
  unsigned slow_under_way = 0;
};

name_lookup::name_lookup(resolver resolve, name_lookup_limits limits) : state_(std::make_shared<state>(std::move(resolve), limits)) {}

std::unique_ptr<name_lookup::question> name_lookup::ask(const std::string& name, protocol::steady_time now, answer then) {
  class pending final : public question {
   public:
    pending(std::shared_ptr<state> s, std::string name) : state_(std::move(s)), name_(std::move(name)) {}
    ~pending() override { state_->take_back(name_, this); }
    pending(const pending&) = delete;
    pending& operator=(const pending&) = delete;

   private:
    std::shared_ptr<state> state_;
    std::string name_;
  };
  auto q = std::make_unique<pending>(state_, name);
  state_->add(name, now, q.get(), std::move(then));
  return q;
}

name_lookup& names_of_process() {
  static name_lookup all;
  return all;
}

}  // namespace troupe::actors
