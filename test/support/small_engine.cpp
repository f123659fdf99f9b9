#include "test/support/small_engine.hpp"

#include "actors/link.hpp"
#include "actors/pinned.hpp"
#include "actors/reactor_asio.hpp"
#include "actors/store_keeper.hpp"
#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"

#include <array>
#include <future>
#include <map>
#include <stdexcept>

namespace troupe::testing {
namespace {

using namespace actors;

std::string text_of(std::optional<std::string_view> value) { return std::string{value.value_or("")}; }

// Reads a new connection up to its first message, which must be the Logon of a session that is free.
class door {
 public:
  using handle_type = lobby_actor;
  using pointer = pinned<handle_type::base>*;

  explicit door(pointer self) : self_(self) {}

  handle_type::behavior_type make_behavior() {
    return {[this](const accepted_link& a) { let_in(a); }, [this](const publish& p) { groups_[p.id] = p.group; },
            [this](const withdraw& w) { groups_.erase(w.id); }};
  }

 private:
  struct guest {
    std::unique_ptr<stream> bytes;
    std::string unread;
    std::string peer;
    steady_time accepted_at{};
  };

  void let_in(const accepted_link& a) {
    auto g = std::make_shared<guest>();
    g->bytes = a.socket->attach(*self_->home_reactor());
    g->peer = a.peer;
    g->accepted_at = a.accepted_at;
    guests_[g.get()] = g;
    g->bytes->on_readable([this, keep = self_->keep_alive(), who = g.get()] {
      self_->enter([&] {
        if (const auto found = guests_.find(who); found != guests_.end()) listen_to(found->second);
      });
    });
    g->bytes->await_readable();
  }

  void listen_to(const std::shared_ptr<guest>& g) {
    std::array<char, 4096> some{};
    const io_result read = g->bytes->read(some);
    if (read.status == io_status::would_block) return g->bytes->await_readable();
    if (read.status != io_status::done) return show_out(g);
    g->unread.append(some.data(), read.bytes);
    const protocol::frame_result first = protocol::framer{}.next(g->unread);
    if (first.what == protocol::frame_result::kind::need_more) return g->bytes->await_readable();
    protocol::message_view logon;
    if (first.what != protocol::frame_result::kind::frame || logon.assign(first.frame) != protocol::parse_error::none) return show_out(g);
    introduce(g, logon);
  }

  void introduce(const std::shared_ptr<guest>& g, const protocol::message_view& logon) {
    const session_id id{std::string{logon.begin_string()}, text_of(logon.find(protocol::tag::TargetCompID)),
                        text_of(logon.find(protocol::tag::SenderCompID)), ""};
    const auto found = groups_.find(id);
    if (found == groups_.end() || logon.msg_type() != protocol::msg_type::Logon) return show_out(g);
    self_->request(found->second, caf::infinite, bind{id, g->peer})
        .then(
            [this, g, group = found->second](const bound& b) {
              if (!b.is_accepted) return show_out(g);
              guests_.erase(g.get());
              self_->send(group, adopt{b.ticket, g->bytes->detach(), std::move(g->unread), g->peer, g->accepted_at});
            },
            [this, g](const caf::error&) { show_out(g); });
  }

  void show_out(const std::shared_ptr<guest>& g) {
    g->bytes->close_gently();
    guests_.erase(g.get());
  }

  pointer self_;
  std::map<session_id, session_group_actor> groups_;
  std::map<guest*, std::shared_ptr<guest>> guests_;
};

// Groups report to somebody.
class nobody {
 public:
  using handle_type = supervisor_actor;
  using pointer = pinned<handle_type::base>*;

  explicit nobody(pointer) {}

  handle_type::behavior_type make_behavior() {
    return {[](const actors::start&) { return started{}; }, [](const actors::stop&) { return stopped{}; },
            [](const command_to&) { return command_result{}; }, [](const status_of_all&) { return engine_status{}; },
            [](const group_changed&) {}};
  }
};

struct system_config : caf::actor_system_config {
  system_config() {
    add_message_types<caf::id_block::troupe>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{1});
  }
};

}  // namespace

struct small_engine::impl {
  explicit impl(engine_config c) : config(std::move(c)), system(settings), home(system) {}

  engine_config config;
  system_config settings;
  caf::actor_system system;
  asio_reactor home;
  std::unique_ptr<listener> listening;
  store_actor store;
  lobby_actor lobby;
  supervisor_actor above;
  std::map<session_id, std::shared_ptr<session_anchor>> anchors;
  std::map<session_id, session_group_actor> groups;
  std::map<session_id, application_actor> applications;

  // Runs it on the reactor's thread and waits.
  void there(const std::function<void()>& job) {
    std::promise<void> done;
    home.post([&] {
      job();
      done.set_value();
    });
    done.get_future().wait();
  }

  void add(const session_spec& spec) {
    const session_id& id = spec.config.id;
    auto anchor = std::make_shared<session_anchor>();
    anchor->id = id;
    anchor->max_in_flight = spec.max_in_flight;
    applications[id] = spec.application(home, session_reference{anchor});
    groups[id] = spawn_group(home, {spec, config.restarts, anchor, store, applications[id], above, config.events, config.messages});
    anchor->set_group(groups[id]);
    anchors[id] = std::move(anchor);
    if (spec.config.role == protocol::role::acceptor) caf::anon_send(lobby, publish{id, groups[id]});
  }

  void listen_at(const endpoint& where) {
    listen_result result;
    there([&] {
      result = home.net().listen(
          home, where.host, where.port, [this](accepted a) { caf::anon_send(lobby, accepted_link{a.socket, a.peer, home.now().steady}); },
          [](const std::string&) {});
    });
    if (!result.on) throw std::runtime_error(result.error);
    listening = std::move(result.on);
  }

  template <class Answer, class Handle, class Question>
  Answer ask(const Handle& whom, Question question) {
    caf::scoped_actor self{system};
    Answer answer{};
    self->request(whom, std::chrono::seconds{10}, std::move(question))
        .receive([&](Answer& a) { answer = std::move(a); }, [](const caf::error&) {});
    return answer;
  }
};

small_engine::small_engine(engine_config config) {
  impl_ = std::make_unique<impl>(std::move(config));
}

void small_engine::start() {
  impl& i = *impl_;
  i.home.start();
  i.store = spawn_store(i.home, i.config.stores.front().open(), false);
  i.lobby = i.home.spawn<door>();
  i.above = i.home.spawn<nobody>();
  for (const session_spec& spec : i.config.sessions) i.add(spec);
  for (const endpoint& where : i.config.listen) i.listen_at(where);
}

command_result small_engine::tell(const session_id& id, command what) { return impl_->ask<command_result>(impl_->groups.at(id), std::move(what)); }

group_status small_engine::status(const session_id& id) { return impl_->ask<group_status>(impl_->groups.at(id), status_of{}); }

session_reference small_engine::reference(const session_id& id) { return session_reference{impl_->anchors.at(id)}; }

small_engine::~small_engine() {
  impl& i = *impl_;
  if (i.listening) i.there([&] { i.listening.reset(); });
  const auto end = [](auto& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = std::decay_t<decltype(actor)>{};
  };
  for (auto& [id, anchor] : i.anchors) anchor->set_group(session_group_actor{});
  for (auto& [id, group] : i.groups) end(group);
  for (auto& [id, application] : i.applications) end(application);
  end(i.lobby);
  end(i.above);
  end(i.store);
  i.system.await_all_actors_done();
  i.home.stop();
  i.home.join();
}

}  // namespace troupe::testing
