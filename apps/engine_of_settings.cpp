#include "apps/engine_of_settings.hpp"

#include "apps/applications.hpp"
#include "apps/store_place.hpp"
#include "store/open_store.hpp"

#include <algorithm>
#include <optional>

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
  const auto open = opened_as(s);
  return {the_store,
          [open, folder = s.path.parent_path()]() -> std::shared_ptr<store::message_store> {
            make_folder(folder);
            return store::open_store(open);
          },
          0, open.kind == store::store_kind::postgres};
}

std::optional<place_number> place_of(const session_settings& s, const std::vector<endpoint>& listen) {
  const auto found = std::find_if(listen.begin(), listen.end(), [&](const endpoint& e) { return e.host == s.accept.host && e.port == s.accept.port; });
  return found == listen.end() ? std::nullopt : std::optional{place_number{static_cast<std::size_t>(found - listen.begin())}};
}

session_spec session_of(const session_settings& s, const std::vector<endpoint>& listen) {
  session_spec spec;
  spec.config = s.config;
  spec.store = the_store;
  for (const auto& where : s.connect) spec.hosts.push_back({where.host, where.port, where.source_host, where.source_port});
  spec.host_order = s.host_order;
  spec.socket = s.socket;
  spec.proxy = s.proxy.proxy;
  if (s.config.role == protocol::role::acceptor) spec.place = place_of(s, listen);
  spec.allowed = s.allowed_remote_addresses;
  spec.connect_timeout = s.connect_timeout;
  spec.application = application_of(s.application, {.rejects_what_throws = s.rejects_what_application_throws});
  spec.back_off.series.assign(s.reconnect_waits.begin(), s.reconnect_waits.end() - 1);
  spec.back_off.base = s.reconnect_waits.back();
  spec.back_off.cap = s.reconnect_max_interval;
  spec.back_off.jitter = s.reconnect_jitter / 100.0;
  spec.max_failed_logons = s.max_failed_logons;
  spec.open = s.open;
  spec.logon_time = s.logon_time;
  spec.reset_time = s.reset_time;
  spec.starts_enabled = !s.waits_for_operator || s.config.role == protocol::role::acceptor;
  return spec;
}

// Sessions may share a port. Port 0 is a new one each time it is asked for: those that say so share one, too.
void listen_for(const session_settings& s, std::vector<endpoint>& listen) {
  if (s.config.role == protocol::role::acceptor && !place_of(s, listen)) listen.push_back({s.accept.host, s.accept.port, s.socket, s.use_tcp_proxy});
}

session_template template_of(const template_settings& t, const std::vector<endpoint>& listen, message_log& messages) {
  session_template made;
  for (const auto& v : t.variants) made.variants.push_back(session_of(v, listen));
  const auto& s = t.variants.front();
  made.origin = "the template in line " + std::to_string(s.at.line);
  made.max_sessions = s.max_dynamic_sessions;
  made.max_identities = s.max_dynamic_identities;
  made.idle = s.dynamic_idle;
  made.has_own_qualifiers = s.has_own_qualifiers;
  made.made = [&messages, directory = s.log_directory, delimiter = s.message_log_delimiter](const protocol::session_id& id) { messages.begin({id, directory, delimiter}); };
  made.ended = [&messages](const protocol::session_id& id) { messages.end(id); };
  return made;
}

void make_any(std::string& name) {
  if (name.empty()) name = any_name;
}

// A version that could not be read is each of them: `*` alone is those whose messages one dictionary describes, or FIXT.1.1.
void make_any_version(session_template& t) {
  auto& first = t.variants.front().config;
  if (!first.id.begin_string.empty() && first.id.begin_string != any_name) return;
  first.default_appl_ver_id.clear();
  auto fixt = t.variants.front();
  fixt.config.id.begin_string = "FIXT.1.1";
  t.variants.push_back(std::move(fixt));
}

// In the place of what is left out. What could not be read of its names is any.
session_template closed(session_template t, const std::string& why) {
  make_any_version(t);
  for (auto& v : t.variants) {
    v.config.role = protocol::role::acceptor;  // whatever stands there: it is those who call that are refused
    make_any(v.config.id.begin_string);
    make_any(v.config.id.sender_comp_id);
    make_any(v.config.id.target_comp_id);
  }
  t.refusal = "left out of the settings: " + why;
  return t;
}

// A template that fits must not make one in its place: the numbers would be the same, and the rules others. Whose names cannot be told
// may be anybody: then the templates make nothing for those it may be.
void keep_free(const left_out_session& s, engine_config& c) {
  session_template t;
  t.variants.emplace_back();
  t.variants.front().config.id = s.kept_free;
  t.variants.front().store = the_store;
  c.session_templates.push_back(closed(std::move(t), s.why));
}

// One that is left out stays closed at its own port; at every one if that cannot be read.
void add_template(const template_settings& t, message_log& messages, engine_config& c) {
  auto made = template_of(t, c.listen, messages);
  if (t.left_out.empty()) return c.session_templates.push_back(std::move(made));
  const auto& first = t.variants.front();
  c.left_out.push_back("template " + protocol::to_string(first.config.id) + " is left out: " + t.left_out);
  const bool is_port_known = first.accept.port != 0, is_anybody_there = place_of(first, c.listen).has_value();
  if (is_port_known && !is_anybody_there) return;
  for (auto& v : made.variants) v.place = is_port_known ? place_of(first, c.listen) : std::nullopt;
  c.session_templates.push_back(closed(std::move(made), t.left_out));
}

}  // namespace

engine_config engine_of(const settings& settings, event_sink& events, message_log& messages) {
  engine_config c;
  c.stores.push_back(store_of(settings.store));
  for (const auto& s : settings.sessions) listen_for(s, c.listen);
  for (const auto& t : settings.templates)
    if (t.left_out.empty()) listen_for(t.variants.front(), c.listen);
  for (const auto& s : settings.sessions) c.sessions.push_back(session_of(s, c.listen));
  for (const auto& s : settings.left_out) {
    c.left_out.push_back("session " + protocol::to_string(s.id) + " is left out: " + s.why);
    if (!settings.templates.empty()) keep_free(s, c);
  }
  for (const auto& t : settings.templates) add_template(t, messages, c);
  c.starts_without_ports = settings.continues_on_error;
  c.lobby = {settings.lobby.timeout, settings.lobby.max_bytes, settings.lobby.max_sockets};
  c.restarts.intensity = settings.restart.intensity;
  c.restarts.period = settings.restart.period;
  c.events = &events;
  c.messages = &messages;
  return c;
}

}  // namespace troupe::apps
