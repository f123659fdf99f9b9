// What an engine is made of: typed, checked by whoever reads the settings, constant from then on.
#pragma once

#include "actors/events.hpp"
#include "actors/link.hpp"
#include "actors/lobby.hpp"
#include "actors/restart_policy.hpp"
#include "actors/session_spec.hpp"
#include "actors/session_template.hpp"
#include "actors/socket_options.hpp"
#include "store/message_store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

// Where sessions are called.
struct endpoint {
  std::string host;  // empty: every address of this machine
  std::uint16_t port = 0;
  socket_options options{};
  bool has_proxy_header = false;  // a load balancer stands before it and says who calls, by the PROXY protocol
};

struct store_spec {
  std::string name;  // unique in the engine
  // Called at the start and after each failure of the store; throws store::store_error if it cannot be opened.
  std::function<std::shared_ptr<store::message_store>()> open;
  std::size_t reactor = 0;  // home of the store, of its sessions and of their applications
  bool may_wait = false;    // `open` may wait for a network: behind the start it is called on a thread of its own, and questions are answered meanwhile
};

struct engine_config {
  std::size_t reactors = 1;  // shards, beside the control reactor; fixed for the life of the files
  std::vector<store_spec> stores;
  std::vector<session_spec> sessions;
  std::vector<session_template> session_templates;  // for those who log on and have no session above; see session_template.hpp
  std::vector<std::string> left_out;  // what was to be here and is not, and why: a problem of every status
  std::vector<endpoint> listen;
  bool starts_without_ports = false;  // one that cannot be had is a problem of the status, and tried again until it can; false: no start
  lobby_limits lobby{};
  restart_limits restarts{};  // of each session, application and store by itself
  network_decorator decorate_network;  // may be empty
  bool is_busy_polling = false;        // shards never sleep: lowest latency for a core each
  // The supervisor itself has failed, and with it everything; called once, on the control thread. The process is to end.
  std::function<void(const std::string& reason)> failed;
  event_sink* events = nullptr;      // both live longer than the engine
  message_sink* messages = nullptr;
};

}  // namespace troupe::actors
