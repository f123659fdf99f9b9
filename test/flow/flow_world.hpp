// Acceptor sessions with all their actors on one virtual reactor, and peers that are nothing but bytes.
#pragma once

#include "actors/connection.hpp"
#include "actors/fake_network.hpp"
#include "actors/fake_peer.hpp"
#include "actors/lobby.hpp"
#include "actors/session_group.hpp"
#include "actors/store_keeper.hpp"
#include "store/memory_store.hpp"
#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/actors/probes.hpp"
#include "test/flow/counted_memory.hpp"
#include "test/support/quiet_application.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

using namespace actors;

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

// The defaults, which all sessions here have.
inline const protocol::session_config limits;
inline const connection_settings link_limits;

// What a peer of session `name` says: `35=…|` and further fields.
inline std::string said(const std::string& name, std::uint64_t number, const std::string& type, const std::string& fields = {}) {
  return actors::test::frame("35=" + type + "|34=" + std::to_string(number) + "|49=" + name + "|52=20260105-12:00:00|56=US|" + fields);
}
inline std::string logon(const std::string& name, std::uint64_t number = 1) { return said(name, number, "A", "98=0|108=30|"); }
inline std::string order(const std::string& name, std::uint64_t number) {
  return said(name, number, "D", "11=O" + std::to_string(number) + "|21=1|38=100|40=2|44=100.25|54=1|55=MSFT|59=0|60=20260105-12:00:00|");
}

// Handles at once; answers orders if it is told to, with a report of so many bytes.
class plain_application final : public application {
 public:
  explicit plain_application(std::size_t answer) : answer_(answer) {}
  handling on_message(session_reference& session, const protocol::message_view&, const message_info&) override {
    if (answer_ > 0) (void)session.submit({"8", {}, "58=" + std::string(answer_, 'r') + "\x01"}, submit_token{++last_});
    return handling::handled;
  }

 private:
  std::size_t answer_;
  std::uint64_t last_ = 0;
};
inline application_source answering(std::size_t bytes) {
  return hosted([bytes](const session_id&) { return std::make_unique<plain_application>(bytes); });
}

// Keeps what it is given, never says handled, never answers.
class stuck_application {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;
  stuck_application(pointer self, std::vector<delivery>* kept) : self_(self), kept_(kept) {}
  handle_type::behavior_type make_behavior() {
    return actors::test::quiet_application({.on_delivery = [this](const delivery& d) { kept_->push_back(d); },
                              .on_authenticate = [this](const authenticate&) -> caf::result<authentication> {
                                return open_.emplace_back(self_->make_response_promise<caf::typed_response_promise<authentication>>());
                              }});
  }

 private:
  pointer self_;
  std::vector<delivery>* kept_;
  std::vector<caf::typed_response_promise<authentication>> open_;
};
inline application_source stuck(std::vector<delivery>& kept) {
  return [&kept](actors::reactor& home, const session_reference&) { return home.spawn<stuck_application>(&kept); };
}

class flow_world : public actors::test::actor_world {
 public:
  explicit flow_world(std::shared_ptr<store::message_store> kept = std::make_shared<store::memory_store>()) {
    set_store(spawn_store(reactor, std::move(kept), false));
  }
  // Instead of a store actor of ours, before the first session.
  void set_store(store_actor s) { store_ = std::move(s); }

  // An acceptor session US <- name.
  void add(const std::string& name, application_source source, const std::function<void(session_spec&)>& change = [](session_spec&) {}) {
    session_spec spec;
    spec.config.id = {"FIX.4.2", "US", name, ""};
    spec.config.role = protocol::role::acceptor;
    change(spec);
    auto anchor = std::make_shared<session_anchor>();
    anchor->id = spec.config.id;
    anchor->max_in_flight = spec.max_in_flight;
    anchor->max_in_flight_bytes = spec.max_in_flight_bytes;
    anchors_[name] = anchor;
    const auto application = source(reactor, session_reference{anchor});
    groups_[name] = spawn_group(reactor, {spec, {}, anchor, store_, application, {}, &events, nullptr});
    anchor->open(groups_[name]);
    caf::anon_send(lobby_, publish{spec.config.id, groups_[name]});
    reactor.run();
  }
  [[nodiscard]] session_reference reference(const std::string& name) { return session_reference{anchors_.at(name)}; }

  // A peer that has logged on.
  fake_peer log_on(const std::string& name) {
    fake_peer peer{reactor, "here", 9000};
    peer.send(logon(name));
    reactor.run();
    (void)peer.take();
    return peer;
  }
  // So much as the wire takes, piece after piece. False: it takes no more.
  bool feed(fake_peer& peer, const std::string& bytes) {
    if (peer.unsent() > 0) return false;
    peer.send(bytes);
    reactor.run();
    return true;
  }
  // An order of this session is answered.
  bool trades(fake_peer& peer, const std::string& name, std::uint64_t number) {
    (void)peer.take();
    peer.send(order(name, number));
    reactor.run();
    return peer.take().find("\x01" "35=8\x01") != std::string::npos;
  }
  [[nodiscard]] std::size_t count_events(const std::string& code) const {
    return static_cast<std::size_t>(std::count_if(events.list.begin(), events.list.end(), [&](const auto& e) { return e.starts_with(code); }));
  }

  struct few_events final : event_sink {  // the first thousand
    void record(severity, std::string_view code, std::string_view session, std::string_view text) noexcept override {
      if (list.size() < 1000) list.push_back(std::string{code} + ' ' + std::string{session} + ' ' + std::string{text});
    }
    std::vector<std::string> list;
  };
  few_events events;

  ~flow_world() { reactor.end_all(); }

 private:
  struct door {
    explicit door(flow_world& w) {
      on = w.reactor.net().listen(
          w.reactor, {.host = "", .port = 9000},
          [&w](const accepted& a) { caf::anon_send(w.lobby_, accepted_link{a.socket, a.peer, w.reactor.now().steady}); },
          [](const std::string&) {});
    }
    listen_result on;
  };

  store_actor store_;
  lobby_actor lobby_ = spawn_lobby(reactor, events);
  std::map<std::string, std::shared_ptr<session_anchor>> anchors_;
  std::map<std::string, session_group_actor> groups_;
  door door_{*this};
};

}  // namespace troupe::test
