#include "actors/lobby.hpp"

#include "actors/deliver.hpp"
#include "actors/link.hpp"
#include "actors/lobby_shares.hpp"
#include "actors/logon_peek.hpp"
#include "actors/pinned.hpp"
#include "actors/proxy_header.hpp"

#include <algorithm>
#include <map>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace troupe::actors {
namespace {

using guest_id = std::uint64_t;

struct guest {
  std::unique_ptr<stream> socket;
  std::string unread;
  protocol::framer framer;
  std::string peer;
  ip_address origin;
  place_number place;
  steady_time accepted_at{};
  timer_id limit;
  bool awaits_header = false;  // of the PROXY protocol
  bool is_balancer = false;    // its header says that it speaks for itself, or does not know for whom
  logon_identity who;          // once its Logon is there: from then on nothing is read
  bool has_asked_maker = false;

  [[nodiscard]] bool has_logon() const { return !who.id.sender_comp_id.empty(); }
};

class lobby {
 public:
  using handle_type = lobby_actor;
  using pointer = pinned<lobby_actor::base>*;
  static constexpr const char* name = "lobby";

  lobby(pointer self, event_sink* events, lobby_limits limits, session_maker maker, std::vector<who_may_come> places)
      : self_(self), events_(*events), limits_(limits), maker_(std::move(maker)), places_(std::move(places)) {}
  ~lobby() {
    for (auto& [id, g] : guests_) home().cancel_timer(g.limit);
  }
  lobby(const lobby&) = delete;
  lobby& operator=(const lobby&) = delete;

  lobby_actor::behavior_type make_behavior() {
    self_->set_down_handler([this](const caf::down_msg& m) { forget_group(m.source); });
    return {[this](const accepted_link& m) { welcome(m); }, [this](const publish& m) { add(m); },
            [this](const withdraw& m) { groups_.erase(key_of(m.id)); }};
  }

 private:
  struct published {
    session_id id;
    session_group_actor group;
    std::optional<place_number> place;
  };

  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }

  // ---------------------------------------------------------------- who accepts here

  // A Logon does not carry our qualifier.
  static session_id key_of(session_id id) {
    id.qualifier.clear();
    return id;
  }

  void add(const publish& m) {
    self_->monitor(m.group);
    groups_[key_of(m.id)] = {m.id, m.group, m.place};
  }

  void forget_group(const caf::actor_addr& gone) {
    std::erase_if(groups_, [&](const auto& g) { return g.second.group.address() == gone; });
  }

  // ---------------------------------------------------------------- guests

  void welcome(const accepted_link& m) {
    if (!m.has_proxy_header && !may_come(m.place, m.peer)) return note_refusal(m.peer, {}, not_allowed);
    const auto origin = origin_of(m.peer);
    if (guests_.size() >= limits_.links && !make_room_for(origin)) return note_refusal(m.peer, {}, too_many());
    const auto id = ++last_guest_;
    auto& g = guests_[id];
    shares_.came(origin);
    g.origin = origin;
    g.place = m.place;
    g.framer = protocol::framer{limits_.bytes, limits_.check};
    g.peer = m.peer;
    g.accepted_at = m.accepted_at;
    g.awaits_header = m.has_proxy_header;
    g.limit = home().start_timer(m.accepted_at + limits_.time, entering([this, id] { refuse(id, "no Logon in time"); }));
    try {
      g.socket = m.socket->attach(home());
    } catch (const std::system_error& e) {
      return refuse(id, e.what());
    }
    g.socket->on_readable(entering([this, id] { read(id); }));
    g.socket->await_readable();
  }

  [[nodiscard]] bool may_come(place_number place, std::string_view peer) const {
    if (place.value >= places_.size()) return true;
    const auto& lists = places_[place.value];
    return lists.empty() || std::any_of(lists.begin(), lists.end(), [&](const address_list& l) { return l.lets_in(peer); });
  }

  // Of those who have most, the one that has said nothing yet for longest.
  bool make_room_for(const ip_address& comer) {
    const auto from = shares_.gives_way_to(comer);
    if (!from) return false;
    guest_id oldest = 0;
    for (const auto& [id, g] : guests_)
      if (g.origin == *from && !g.has_logon() && (oldest == 0 || id < oldest)) oldest = id;
    if (oldest == 0) return false;
    refuse(oldest, too_many() + ", most of them from its address");
    return true;
  }

  [[nodiscard]] std::string too_many() const { return "too many connections before Logon: " + std::to_string(limits_.links); }

  template <class F>
  std::function<void()> entering(F f) {
    return [keep = self_->keep_alive(), self = self_, f] { self->enter(f); };
  }

  void read(guest_id id) {
    auto* g = find(id);
    if (!g) return;
    const auto before = g->unread.size();
    g->unread.resize(limits_.bytes);
    const auto r = g->socket->read({g->unread.data() + before, limits_.bytes - before});
    g->unread.resize(before + (r.status == io_status::done ? r.bytes : 0));
    switch (r.status) {
      case io_status::done: return look(id, *g);
      case io_status::would_block: return g->socket->await_readable();
      case io_status::end: return leave(id, *g, "closed by the peer before its Logon");
      case io_status::failed: return leave(id, *g, r.error);
    }
  }

  // A balancer that only looks whether we are there does so every second or two.
  void leave(guest_id id, const guest& g, const std::string& why) { g.is_balancer && g.unread.empty() ? forget(id) : refuse(id, why); }

  void look(guest_id id, guest& g) { g.awaits_header ? look_for_header(id, g) : look_for_frame(id, g); }

  // From here on the peer is who the header says; if it says nobody, who it was.
  void look_for_header(guest_id id, guest& g) {
    const auto h = read_proxy_header(g.unread);
    switch (h.what) {
      case proxy_header::kind::wrong: return refuse(id, h.error);
      case proxy_header::kind::need_more: return await_more(id, g, "no whole PROXY header");
      case proxy_header::kind::whole:
        g.awaits_header = false;
        g.unread.erase(0, h.size);
        g.is_balancer = h.peer.empty();
        return g.is_balancer ? look_for_frame(id, g) : know_peer(id, g, h.peer);
    }
  }

  // Only now can it be looked at as one that comes without a header is at once.
  void know_peer(guest_id id, guest& g, const std::string& peer) {
    g.peer = peer;
    shares_.left(g.origin);
    g.origin = origin_of(peer);
    shares_.came(g.origin);
    may_come(g.place, peer) ? look_for_frame(id, g) : refuse(id, not_allowed);
  }

  void look_for_frame(guest_id id, guest& g) {
    const auto r = g.framer.next(g.unread);
    switch (r.what) {
      case protocol::frame_result::kind::frame: return ask(id, g, r.frame);
      case protocol::frame_result::kind::garbled:
        return refuse(id, "expected a Logon, received bytes that are no FIX message (" + std::string{protocol::to_string(r.error)} + ")");
      case protocol::frame_result::kind::need_more:
        return await_more(id, g, "no whole message");
    }
  }

  void await_more(guest_id id, guest& g, const std::string& missing) {
    if (g.unread.size() >= limits_.bytes) return refuse(id, missing + " in " + std::to_string(limits_.bytes) + " bytes");
    g.socket->await_readable();
  }

  // ---------------------------------------------------------------- asking the group

  void ask(guest_id id, guest& g, std::string_view frame) {
    auto logon = peek_logon(frame);
    if (!logon.refusal.empty()) return refuse(id, logon.refusal);
    g.who = std::move(logon.who);
    const auto found = groups_.find(g.who.id);
    if (found == groups_.end()) return ask_maker(id, "no such session here");
    const auto& p = found->second;
    if (p.place && *p.place != g.place) return refuse(id, "this session is at another port (SocketAcceptPort)", to_string(p.id));
    ask_group(id, p);
  }

  void ask_group(guest_id id, const published& p) {
    self_->request(p.group, caf::infinite, bind{p.id, guests_[id].peer, guests_[id].who})
        .then([this, id, p](const bound& answer) { on_bound(id, p, answer); },
              [this, id](const caf::error& e) { ask_maker(id, "its session cannot answer: " + reason_text(e)); });
  }

  void on_bound(guest_id id, const published& p, const bound& answer) {
    auto* g = find(id);
    if (!g) {
      if (answer.is_accepted) deliver(self_, p.group, unbind{answer.ticket});
      return;
    }
    if (answer.is_retired) return ask_maker(id, answer.reason);
    if (!answer.is_accepted) return refuse(id, answer.reason, to_string(p.id));
    adopt a{answer.ticket, g->socket->detach(), std::move(g->unread), std::move(g->peer), g->accepted_at};
    forget(id);
    deliver(self_, p.group, std::move(a));
  }

  // ---------------------------------------------------------------- asking for a session

  void ask_maker(guest_id id, const std::string& otherwise) {
    auto* g = find(id);
    if (!g) return;
    if (!maker_ || std::exchange(g->has_asked_maker, true)) return refuse(id, otherwise, to_string(g->who.id));
    self_->request(maker_, caf::infinite, make_session{g->who, g->peer, g->place})
        .then([this, id](const session_made& m) { on_made(id, m); },
              [this, id, otherwise](const caf::error&) { refuse(id, otherwise); });
  }

  void on_made(guest_id id, const session_made& m) {
    const auto* g = find(id);
    if (!g) return;  // the session ends by itself if nobody else comes
    if (!m.refusal.empty()) return refuse(id, m.refusal, to_string(g->who.id));
    ask_group(id, {m.id, m.group, {}});
  }

  // ---------------------------------------------------------------- saying no

  guest* find(guest_id id) {
    const auto found = guests_.find(id);
    return found == guests_.end() ? nullptr : &found->second;
  }

  void refuse(guest_id id, const std::string& why, const std::string& session = {}) {
    auto* g = find(id);
    if (!g) return;
    note_refusal(g->peer, session, why);
    forget(id);
  }

  void note_refusal(const std::string& peer, const std::string& session, const std::string& why) {
    events_.record(severity::warning, "lobby-refused", session, peer + ": " + why);
  }

  void forget(guest_id id) {
    const auto found = guests_.find(id);
    home().cancel_timer(found->second.limit);
    shares_.left(found->second.origin);
    guests_.erase(found);
  }

  static constexpr const char* not_allowed = "its address is not one of AllowedRemoteAddresses of any session or template of this port";

  pointer self_;
  event_sink& events_;
  lobby_limits limits_;
  session_maker maker_;
  std::vector<who_may_come> places_;
  lobby_shares shares_;
  std::map<session_id, published> groups_;
  std::unordered_map<guest_id, guest> guests_;
  guest_id last_guest_ = 0;
};

}  // namespace

lobby_actor spawn_lobby(reactor& home, event_sink& events, lobby_limits limits, session_maker maker, std::vector<who_may_come> places) {
  return home.spawn<lobby>(&events, limits, std::move(maker), std::move(places));
}

}  // namespace troupe::actors
