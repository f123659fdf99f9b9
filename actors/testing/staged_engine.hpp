// One whole engine on virtual reactors, as a test sees it: start it, trade, hurt it, look.
//
// Made by a stage (stage.hpp), which joins two of them. Everything is called between steps of the virtual time, on the test's thread.
// What survives a kill -9 (the disk, the application's own log) belongs to this object; the actors come and go.
#pragma once

#include "actors/fake_network.hpp"
#include "actors/supervisor.hpp"
#include "actors/testing/faulty_store.hpp"
#include "actors/testing/noted_events.hpp"
#include "actors/testing/recording_application.hpp"
#include "actors/virtual_reactor.hpp"
#include "store/memory_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors::testing {

// Which actor; all but the last four belong to one session.
enum class part : std::uint8_t { session, timer, connection, application, group, store, lobby, acceptor, supervisor };
[[nodiscard]] std::string_view to_string(part p);

struct engine_plan {
  std::string name;   // "BUY": SenderCompID(49) of its sessions; with several sessions "BUY1", "BUY2" …
  std::string peer;   // "SELL"
  protocol::role role = protocol::role::initiator;
  std::size_t sessions = 1;
  std::size_t shards = 1;
  bool has_store_per_session = false;  // else one for each shard
  std::uint16_t port = 9876;
  std::function<void(session_spec&)> change_session;  // the last word on each session
  std::function<void(engine_config&)> change_engine;
  message_sink* messages = nullptr;
};

class staged_engine {
 public:
  // `reactors`: the control reactor, then the shards.
  staged_engine(caf::actor_system& system, std::vector<virtual_reactor*> reactors, engine_plan plan);
  ~staged_engine();
  staged_engine(const staged_engine&) = delete;
  staged_engine& operator=(const staged_engine&) = delete;

  // ---- life
  started start();
  stopped stop(protocol::steady_time within = std::chrono::seconds{10});
  // kill -9: no actor handles another message, the wires break, what is not committed is gone. Then `start` again.
  void kill();
  [[nodiscard]] bool is_running() const { return static_cast<bool>(supervisor_); }
  [[nodiscard]] bool was_started() const { return !anchors_.empty(); }

  // ---- trade. Sessions are named by their place: 0, 1, 2 …
  [[nodiscard]] session_id id(std::size_t n = 0) const;
  // A NewOrderSingle(D) with this ClOrdID(11), unique for ever; its token is made from it.
  submit_result order(const std::string& cl_ord_id, std::size_t n = 0);
  [[nodiscard]] session_reference session(std::size_t n = 0) const { return session_reference{anchors_.at(id(n))}; }
  command_result tell(operator_command what, std::size_t n = 0) { return tell(what, id(n)); }
  // The same by name, for sessions that are made from a template.
  [[nodiscard]] session_reference session(const session_id& of) const { return session_reference{anchors_.at(of)}; }
  command_result tell(operator_command what, const session_id& of);
  // What waits for a logon, and dropping it; no token: all.
  [[nodiscard]] parked_list parked(std::size_t n = 0) const;
  command_result drop_parked(std::optional<submit_token> token, std::size_t n = 0);
  // For what is to be said without waiting for the answer; empty while it is not there.
  [[nodiscard]] session_group_actor session_group(std::size_t n = 0) const { return anchors_.at(id(n))->group(); }

  // ---- hurt
  // The newest of these actors dies as if it had thrown. False if there is none now that has had its first turn.
  bool crash(part p, std::size_t n = 0, const std::string& reason = "a crash that was asked for") { return crash_newest(find(p, n), reason); }
  bool crash(part p, const session_id& of) { return crash_newest(find(p, to_string(of)), "a crash that was asked for"); }
  // It gets no message until `release`: a slow store, a stuck application.
  bool hold(part p, std::size_t n = 0) { return hold_newest(find(p, n)); }
  bool hold(part p, const session_id& of) { return hold_newest(find(p, to_string(of))); }
  void release(part p, std::size_t n = 0) { release_newest(find(p, n)); }
  void release(part p, const session_id& of) { release_newest(find(p, to_string(of))); }
  [[nodiscard]] store_faults& store(std::size_t n = 0) { return *disk_of(n).faults; }
  [[nodiscard]] application_plan& application() { return *plan_of_applications_; }

  // ---- look
  [[nodiscard]] engine_status status() const;  // lets the question and its answers pass
  [[nodiscard]] group_status status(std::size_t n) const { return status().sessions.at(n); }
  [[nodiscard]] protocol::session_state state(std::size_t n = 0) const { return status(n).session.state; }
  [[nodiscard]] bool are_all_active() const;
  [[nodiscard]] std::string seen(std::size_t n = 0) const { return log_->messages(id(n)); }
  [[nodiscard]] const application_log& log() const { return *log_; }
  [[nodiscard]] const store_history& history(std::size_t n = 0) const { return *disk_of(n).history; }
  // What the disk says of a session. Do not call it `load`: that opens an incarnation.
  [[nodiscard]] protocol::session_snapshot durable(std::size_t n = 0) const;
  [[nodiscard]] std::vector<store::stored_session> stored_sessions() const;  // of all disks
  [[nodiscard]] noted_events& events() { return events_; }
  [[nodiscard]] const engine_plan& plan() const { return plan_; }
  [[nodiscard]] std::size_t in_flight() const;  // submits without an outcome

 private:
  struct disk {
    explicit disk(const std::string& name) : faults(std::make_shared<store_faults>(name)) {}
    std::shared_ptr<store::memory_store> file = std::make_shared<store::memory_store>();
    std::shared_ptr<store_faults> faults;
    std::shared_ptr<store_history> history = std::make_shared<store_history>();
  };
  [[nodiscard]] engine_config config();
  [[nodiscard]] session_spec spec(std::size_t n) const;
  [[nodiscard]] std::size_t place_of_disk(std::size_t n) const { return n % disks_.size(); }
  [[nodiscard]] disk& disk_of(std::size_t n) { return disks_[place_of_disk(n)]; }
  [[nodiscard]] const disk& disk_of(std::size_t n) const { return disks_[place_of_disk(n)]; }
  [[nodiscard]] caf::strong_actor_ptr find(part p, std::size_t n) const;
  [[nodiscard]] caf::strong_actor_ptr find(part p, const std::string& about) const;
  static bool crash_newest(const caf::strong_actor_ptr& actor, const std::string& reason);
  static bool hold_newest(const caf::strong_actor_ptr& actor);
  static void release_newest(const caf::strong_actor_ptr& actor);
  [[nodiscard]] static virtual_reactor& home_of(const caf::strong_actor_ptr& actor);
  template <class Answer, class Question>
  Answer ask(Question q) const;

  caf::actor_system& system_;
  std::vector<virtual_reactor*> reactors_;
  engine_plan plan_;
  std::vector<disk> disks_;
  std::shared_ptr<application_log> log_ = std::make_shared<application_log>();
  std::shared_ptr<application_plan> plan_of_applications_ = std::make_shared<application_plan>();
  noted_events events_;
  session_anchors anchors_;
  supervisor_actor supervisor_;
};

}  // namespace troupe::actors::testing
