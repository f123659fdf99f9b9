// What one session is made of, beside the rules of its protocol: its store, its hosts, its application, its time.
#pragma once

#include "actors/address_list.hpp"
#include "actors/application_adapter.hpp"
#include "actors/back_off.hpp"
#include "actors/host_order.hpp"
#include "actors/logon_names.hpp"
#include "actors/place_number.hpp"
#include "actors/proxy_dialogue.hpp"
#include "actors/schedule.hpp"
#include "actors/socket_options.hpp"
#include "protocol/session_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

// Where a session calls.
struct host_endpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string source_host{};      // empty: any address of this machine
  std::uint16_t source_port = 0;  // 0: any
};

struct session_spec {
  protocol::session_config config;
  std::string store;                 // by name
  std::vector<host_endpoint> hosts;  // initiator: tried as `host_order` says
  socket_options socket{};           // initiator: of its connection
  proxy_settings proxy{};            // initiator: by way of this one; no host: none
  std::optional<place_number> place{};  // acceptor: the only one of engine_config::listen where one may log on to it; empty: all of them
  address_list allowed{};            // acceptor: who may connect; empty: everybody
  logon_names names{};               // of one that was made from a template: whose Logon it is for, beside its identity
  application_source application;
  bool starts_enabled = true;        // false: begins Stopped, until the operator says logon

  std::shared_ptr<const schedule> open;        // when the session may be up, and when its numbers start at 1; empty: always, and never
  std::shared_ptr<const schedule> logon_time;  // when it may be logged on, within that; empty: as long as it is open
  std::shared_ptr<const schedule> reset_time;  // where one of its periods ends, a session that is logged on resets its numbers; empty: never

  host_order_settings host_order{};
  back_off_limits back_off{};
  protocol::steady_time connect_timeout = std::chrono::seconds{10};
  unsigned max_failed_logons = 0;  // initiator: so many links in a row that the peer took and did not log on, and it needs the operator; 0: goes on for ever
  std::size_t max_in_flight = 10'000;  // submits without outcome, from outside callbacks …
  std::size_t max_in_flight_bytes = 16 * 1024 * 1024;  // … and their bytes
};

[[nodiscard]] inline bool accepts_at(const session_spec& s, place_number where) { return !s.place || *s.place == where; }

}  // namespace troupe::actors
