// What an engine is made of: typed, checked by whoever reads the settings, constant from then on.
#pragma once

#include "actors/address_list.hpp"
#include "actors/application_adapter.hpp"
#include "actors/back_off.hpp"
#include "actors/events.hpp"
#include "actors/host_order.hpp"
#include "actors/link.hpp"
#include "actors/lobby.hpp"
#include "actors/proxy_dialogue.hpp"
#include "actors/restart_policy.hpp"
#include "actors/schedule.hpp"
#include "protocol/session_config.hpp"
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

// Where a session calls.
struct host_endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string source_host{};      // empty: any address of this machine
  std::uint16_t source_port = 0;  // 0: any
};

struct store_spec {
  std::string name;  // unique in the engine
  // Called at the start and after each failure of the store; throws store::store_error if it cannot be opened.
  std::function<std::shared_ptr<store::message_store>()> open;
  std::size_t reactor = 0;  // home of the store, of its sessions and of their applications
};

struct session_spec {
  protocol::session_config config;
  std::string store;            // by name
  std::vector<host_endpoint> hosts;  // initiator: tried as `host_order` says
  socket_options socket{};           // initiator: of its connection
  proxy_settings proxy{};            // initiator: by way of this one; no host: none
  address_list allowed{};            // acceptor: who may connect; empty: everybody
  application_source application;
  bool starts_enabled = true;   // false: begins Stopped, until the operator says logon

  std::shared_ptr<const schedule> open;        // when the session may be up, and when its numbers start at 1; empty: always, and never
  std::shared_ptr<const schedule> logon_time;  // when it may be logged on, within that; empty: as long as it is open

  host_order_settings host_order{};
  back_off_limits back_off{};
  protocol::steady_time connect_timeout = std::chrono::seconds{10};
  unsigned max_failed_logons = 0;  // initiator: so many links in a row that the peer took and did not log on, and it needs the operator; 0: goes on for ever
  std::size_t max_in_flight = 10'000;  // submits without outcome, from outside callbacks …
  std::size_t max_in_flight_bytes = 16 * 1024 * 1024;  // … and their bytes
};

struct engine_config {
  std::size_t reactors = 1;  // shards, beside the control reactor; fixed for the life of the files
  std::vector<store_spec> stores;
  std::vector<session_spec> sessions;
  std::vector<endpoint> listen;
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
