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
  for (const auto& where : s.connect) spec.hosts.push_back({where.host, where.port});
  spec.application = application_of(s.application, {.rejects_what_throws = s.rejects_what_application_throws});
  spec.back_off.base = s.reconnect_interval;
  spec.back_off.cap = std::max(s.reconnect_interval, s.reconnect_max_interval);
  spec.max_failed_logons = s.max_failed_logons;
  spec.open = s.open;
  spec.logon_time = s.logon_time;
  spec.reset_time = s.reset_time;
  spec.starts_enabled = !s.waits_for_operator || s.config.role == protocol::role::acceptor;
  return spec;
}

// Sessions may share a port. Port 0 is a new one each time it is asked for: those that say so share one, too.
void listen_for(const session_settings& s, std::vector<endpoint>& listen) {
  if (s.config.role != protocol::role::acceptor) return;
  const auto is_same = [&](const endpoint& e) { return e.host == s.accept.host && e.port == s.accept.port; };
  if (std::none_of(listen.begin(), listen.end(), is_same)) listen.push_back({s.accept.host, s.accept.port});
}

session_template template_of(const template_settings& t, message_log& messages) {
  session_template made;
  for (const auto& v : t.variants) made.variants.push_back(session_of(v));
  const auto& s = t.variants.front();
  made.max_sessions = s.max_dynamic_sessions;
  made.max_identities = s.max_dynamic_identities;
  made.idle = s.dynamic_idle;
  made.has_own_qualifiers = s.has_own_qualifiers;
  made.made = [&messages, directory = s.log_directory, delimiter = s.message_log_delimiter](const protocol::session_id& id) { messages.begin({id, directory, delimiter}); };
  made.ended = [&messages](const protocol::session_id& id) { messages.end(id); };
  return made;
}

}  // namespace

engine_config engine_of(const settings& settings, event_sink& events, message_log& messages) {
  engine_config c;
  c.stores.push_back(store_of(settings.store));
  for (const auto& s : settings.sessions) {
    c.sessions.push_back(session_of(s));
    listen_for(s, c.listen);
  }
  for (const auto& t : settings.templates) {
    c.session_templates.push_back(template_of(t, messages));
    listen_for(t.variants.front(), c.listen);
  }
  c.lobby = {settings.lobby.timeout, settings.lobby.max_bytes, settings.lobby.max_sockets};
  c.restarts.intensity = settings.restart.intensity;
  c.restarts.period = settings.restart.period;
  c.events = &events;
  c.messages = &messages;
  return c;
}

}  // namespace troupe::apps
