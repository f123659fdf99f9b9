#include "actors/engine.hpp"

#include "actors/pinned.hpp"
#include "actors/reactor_asio.hpp"
#include "actors/supervisor.hpp"

#include <atomic>
#include <vector>

namespace troupe::actors {

namespace {

// CAF's own threads have nothing to do: every actor is pinned, or detached.
struct system_config : caf::actor_system_config {
  system_config() {
    add_message_types<caf::id_block::troupe>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
  }
};

}  // namespace

struct engine::impl {
  explicit impl(engine_config c) : anchors(make_anchors(c)), system(settings), control(system, {.is_busy_polling = false, .seed = {}, .decorate = c.decorate_network}) {
    for (std::size_t i = 0; i < std::max<std::size_t>(c.reactors, 1); ++i)
      shards.push_back(std::make_unique<asio_reactor>(system, asio_reactor_options{c.is_busy_polling, {}, c.decorate_network}));
    failed = c.failed;
    control.start();
    for (auto& s : shards) s->start();
    supervisor = spawn_supervisor(control, {std::move(c), pointers(), anchors});
    supervisor->attach_functor([this](const caf::error& why) {
      if (!is_ending && failed) failed(reason_text(why));
    });
  }

  ~impl() {
    is_ending = true;
    caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    supervisor = nullptr;
    for (auto& anchor : anchors.all()) anchor->close();
    system.await_all_actors_done();
    for (auto& s : shards) s->stop();
    control.stop();
    for (auto& s : shards) s->join();
    control.join();
  }

  [[nodiscard]] std::vector<reactor*> pointers() const {
    std::vector<reactor*> all;
    for (const auto& s : shards) all.push_back(s.get());
    return all;
  }

  template <class Answer, class Question>
  Answer ask(Question question, Answer otherwise) {
    caf::scoped_actor self{system};
    Answer answer{};
    self->request(supervisor, caf::infinite, std::move(question))
        .receive([&](Answer& a) { answer = std::move(a); }, [&](const caf::error&) { answer = std::move(otherwise); });
    return answer;
  }

  session_anchors anchors;
  system_config settings;
  caf::actor_system system;
  asio_reactor control;
  std::vector<std::unique_ptr<asio_reactor>> shards;
  supervisor_actor supervisor;
  std::function<void(const std::string&)> failed;
  std::atomic<bool> is_ending{false};
};

engine::engine(engine_config config) : impl_(std::make_unique<impl>(std::move(config))) {}

engine::~engine() = default;

started engine::start() { return impl_->ask(actors::start{}, started{{}, "the supervisor has failed"}); }

stopped engine::stop(std::chrono::nanoseconds within) { return impl_->ask(actors::stop{within}, stopped{}); }

engine_status engine::status() const { return impl_->ask(status_of_all{}, engine_status{{}, {}, {"the supervisor has failed"}}); }

command_result engine::tell(const session_id& id, operator_command what, std::string text) {
  return impl_->ask(command_to{id, {what, std::move(text)}}, command_result{false, "the supervisor has failed"});
}

session_reference engine::session(const session_id& id) const { return session_reference{impl_->anchors.at(id)}; }

const supervisor_actor& engine::supervisor() const { return impl_->supervisor; }

reactor& engine::control() const { return impl_->control; }

}  // namespace troupe::actors
