#include "actors/reactor_asio.hpp"

#include "actors/connection_tcp.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::actors {
namespace {

constexpr std::size_t turns_between_io = 256;
constexpr std::size_t messages_a_turn = 64;

// An actor to resume, or a function to call.
struct job {
  caf::resumable* actor = nullptr;
  std::function<void()> call{};
};

protocol::steady_time steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::uint64_t seed_or_entropy(const std::optional<std::uint64_t>& seed) {
  if (seed) return *seed;
  std::random_device entropy;
  return (std::uint64_t{entropy()} << 32) | entropy();
}

thread_local const asio_reactor* here = nullptr;

}  // namespace

struct asio_reactor::impl {
  impl(asio_reactor& r, asio_reactor_options o) : owner(r), options(std::move(o)) {
    if (options.decorate) decorated = options.decorate(tcp);
  }

  void add(job j) {
    if (here == &owner) {
      jobs.push_back(std::move(j));
      return;
    }
    const std::lock_guard lock{mutex};
    inbox.push_back(std::move(j));
    if (inbox.size() == 1) asio::post(io, [this] { take_inbox(); });
  }

  void take_inbox() {
    {
      const std::lock_guard lock{mutex};
      taken.swap(inbox);
    }
    for (auto& j : taken) jobs.push_back(std::move(j));
    taken.clear();
  }

  void do_jobs() {
    for (std::size_t n = 0; n < turns_between_io && !jobs.empty(); ++n) {
      auto j = std::move(jobs.front());
      jobs.pop_front();
      if (j.actor) {
        owner.run_job(j.actor, messages_a_turn);
      } else {
        const turn t{owner};
        j.call();
      }
    }
  }

  void do_io() {
    const turn t{owner};
    if (options.is_busy_polling || !jobs.empty()) {
      io.poll_one();
    } else {
      io.run_one();
    }
  }

  // The timer is set to the end of the deadline's tick, so that all of one tick cost one wake-up.
  void arm(protocol::steady_time deadline) {
    const auto at = (deadline + timer_wheel::tick - protocol::steady_time{1}) / timer_wheel::tick * timer_wheel::tick;
    if (armed && *armed <= at) return;
    armed = at;
    timer.expires_at(std::chrono::steady_clock::time_point{std::chrono::duration_cast<std::chrono::steady_clock::duration>(at)});
    timer.async_wait([this](const std::error_code& e) {
      if (!e) fire_timers();
    });
  }

  void fire_timers() {
    armed.reset();
    owner.wheel().fire(steady_now());
    if (const auto next = owner.wheel().next()) arm(*next);
  }

  asio_reactor& owner;
  asio_reactor_options options;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::steady_timer timer{io};
  std::optional<protocol::steady_time> armed;
  tcp_network tcp;
  std::unique_ptr<network> decorated;
  std::deque<job> jobs;
  std::mutex mutex;
  std::vector<job> inbox;
  std::vector<job> taken;
  std::atomic<bool> is_stopping{false};
  std::thread thread;
};

asio_reactor::asio_reactor(caf::actor_system& system, asio_reactor_options options)
    : reactor(system, seed_or_entropy(options.seed), steady_now()), impl_(std::make_unique<impl>(*this, std::move(options))) {}

asio_reactor::~asio_reactor() {
  stop();
  join();
  drop_timers();
  impl_->take_inbox();
  for (auto& j : impl_->jobs) {
    if (j.actor) caf::intrusive_ptr_release(j.actor);
  }
}

void asio_reactor::start() {
  impl_->thread = std::thread{[this] { run(); }};
}

void asio_reactor::run() {
  here = this;
  while (!impl_->is_stopping.load(std::memory_order_acquire)) {
    impl_->do_io();
    impl_->do_jobs();
  }
  here = nullptr;
}

void asio_reactor::stop() {
  impl_->is_stopping.store(true, std::memory_order_release);
  asio::post(impl_->io, [] {});
}

void asio_reactor::join() {
  if (impl_->thread.joinable()) impl_->thread.join();
}

protocol::instant asio_reactor::now() const {
  return {steady_now(), std::chrono::system_clock::now()};
}

network& asio_reactor::net() {
  return impl_->decorated ? *impl_->decorated : impl_->tcp;
}

void asio_reactor::post(std::function<void()> call) {
  impl_->add({nullptr, std::move(call)});
}

void asio_reactor::push(caf::resumable* actor) {
  impl_->add({actor, {}});
}

void asio_reactor::timer_added(protocol::steady_time deadline) {
  impl_->arm(deadline);
}

asio::io_context& io_context_of(reactor& r) {
  auto* real = dynamic_cast<asio_reactor*>(&r);
  if (!real) throw std::logic_error{"a TCP stream needs a real reactor"};
  return real->context().io;
}

}  // namespace troupe::actors
