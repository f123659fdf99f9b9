#include "apps/engine_of_settings.hpp"

#include "apps/applications.hpp"
#include "store/open_store.hpp"

#include <algorithm>

namespace troupe::apps {
namespace {

using namespace actors;

constexpr const char* the_store = "store";

void make_folder(const std::filesystem::path& folder) {
  std::error_code why;
  if (!folder.empty()) std::filesystem::create_directories(folder, why);
  if (why) throw store::store_error{"the folder of the store cannot be made: " + folder.string() + ": " + why.message() + ". Make it, or choose another StorePath."};
}

store_spec store_of(const actors::store_settings& s) {
  store::store_settings open;
  open.kind = s.kind == store_kind::memory ? store::store_kind::memory : store::store_kind::sqlite;
  open.path = s.path.string();
  open.durability = s.durability == store_durability::power ? store::durability::power : store::durability::process;
  return {the_store,
          [open, folder = s.path.parent_path()]() -> std::shared_ptr<store::message_store> {
            make_folder(folder);
            return store::open_store(open);
          },
          0};
}

session_spec session_of(const session_settings& s) {
  session_spec spec;
  spec.config = s.config;
  spec.store = the_store;
  for (const auto& where : s.connect) spec.hosts.push_back({where.host, where.port, where.source_host, where.source_port});
  spec.host_order = s.host_order;
  spec.socket = s.socket;
  spec.proxy = s.proxy.proxy;
  spec.allowed = s.allowed_remote_addresses;
  spec.connect_timeout = s.connect_timeout;
  spec.application = application_of(s.application);
  spec.back_off.series.assign(s.reconnect_waits.begin(), s.reconnect_waits.end() - 1);
  spec.back_off.base = s.reconnect_waits.back();
  spec.back_off.cap = s.reconnect_max_interval;
  spec.back_off.jitter = s.reconnect_jitter / 100.0;
  spec.max_failed_logons = s.max_failed_logons;
  spec.open = s.open;
  spec.logon_time = s.logon_time;
  return spec;
}

// Sessions may share a port. Port 0 is a new one each time it is asked for: those that say so share one, too.
void listen_for(const session_settings& s, std::vector<endpoint>& listen) {
  if (s.config.role != protocol::role::acceptor) return;
  const auto is_same = [&](const endpoint& e) { return e.host == s.accept.host && e.port == s.accept.port; };
  if (std::none_of(listen.begin(), listen.end(), is_same)) listen.push_back({s.accept.host, s.accept.port, s.socket, s.use_tcp_proxy});
}

}  // namespace

engine_config engine_of(const settings& settings, event_sink& events, message_sink& messages) {
  engine_config c;
  c.stores.push_back(store_of(settings.store));
  for (const auto& s : settings.sessions) {
    c.sessions.push_back(session_of(s));
    listen_for(s, c.listen);
  }
  c.lobby = {settings.lobby.timeout, settings.lobby.max_bytes, settings.lobby.max_sockets};
  c.restarts.intensity = settings.restart.intensity;
  c.restarts.period = settings.restart.period;
  c.events = &events;
  c.messages = &messages;
  return c;
}

}  // namespace troupe::apps
