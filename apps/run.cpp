#include "apps/run.hpp"

#include "actors/control.hpp"
#include "actors/engine.hpp"
#include "actors/event_log.hpp"
#include "actors/message_log.hpp"
#include "apps/check.hpp"
#include "apps/end_of_run.hpp"
#include "apps/engine_of_settings.hpp"
#include "apps/exit_codes.hpp"
#include "apps/status.hpp"

#include <iostream>

namespace troupe::apps {
namespace {

using namespace actors;

std::vector<message_log_file> message_logs_of(const settings& s) {
  std::vector<message_log_file> files;
  for (const auto& one : s.sessions)
    if (!one.log_directory.empty()) files.push_back({one.config.id, one.log_directory, one.message_log_delimiter, one.config.framing});
  return files;
}

// The logs, in the order they depend on one another; what is queued is written when they go.
struct logs {
  explicit logs(const settings& s)
      : writer({s.log.max_queued, s.log.max_queued_bytes}, [] { return std::chrono::system_clock::now(); }),
        events(writer, s.log.directory, s.log.to_screen),
        messages(writer, events, message_logs_of(s)) {}
  ~logs() { writer.flush(std::chrono::seconds{5}); }
  logs(const logs&) = delete;
  logs& operator=(const logs&) = delete;

  log_writer writer;
  event_log events;
  message_log messages;
};

// Without it the sessions run all the same: what is wrong is told as an event.
control_actor open_control(const engine& e, const settings& s, event_sink& events, end_of_run& end) {
  auto control = spawn_control(e.control(), e.supervisor(), events, {.stop_within = s.stop_timeout}, [&end] { end.stopped_by_a_client(); });
  caf::anon_send(control, listen{s.control_socket.string(), 0});
  return control;
}

// `has_event`: it was recorded already.
int not_started(const settings& s, event_sink& events, const std::string& why, bool has_event) {
  if (!has_event) events.record(severity::error, "engine-not-started", {}, why);
  if (!s.log.to_screen) std::cerr << "troupe: " << why << '\n';
  return exit_code::not_started;
}

int failed(const settings& s, event_sink& events, const std::string& why) {
  events.record(severity::error, "engine-failed", {}, why);
  if (!s.log.to_screen) std::cerr << "troupe: the engine failed: " << why << '\n';
  return exit_code::failed;
}

int serve(const settings& s, logs& l, end_of_run& end) {
  auto config = engine_of(s, l.events, l.messages);
  config.failed = [&end](const std::string& why) { end.engine_failed(why); };
  std::optional<engine> e;
  try {
    e.emplace(std::move(config));
    if (const auto up = e->start(); !up.error.empty()) return not_started(s, l.events, up.error, true);
  } catch (const std::exception& why) {  // no thread or no file to be had for a reactor
    return not_started(s, l.events, std::string{"the engine cannot be set up: "} + why.what(), false);
  }
  const auto control = open_control(*e, s, l.events, end);
  if (end.wait(l.events) == end_of_run::cause::failure) {
    caf::anon_send_exit(control, caf::exit_reason::kill);
    return failed(s, l.events, end.why_it_failed());
  }
  end_of_run::further_signals_end_at_once();
  std::cout << summary(e->stop(s.stop_timeout)) << std::flush;  // after a client's stop: what that has found
  caf::anon_send_exit(control, caf::exit_reason::user_shutdown);
  return exit_code::done;
}

}  // namespace

int run(const std::filesystem::path& file) {
  const auto read = read_settings(file);
  if (!read.value || !read.value->log.to_screen) tell(read.problems, file);
  if (!read.value) return exit_code::wrong_settings;
  end_of_run end;
  std::optional<logs> l;
  try {
    l.emplace(*read.value);
  } catch (const std::exception& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return exit_code::not_started;
  }
  for (const auto& p : read.problems) l->events.record(p.severity, p.is_of_one_session ? "session-left-out" : "settings-warning", {}, to_string(p, file));
  return serve(*read.value, *l, end);
}

}  // namespace troupe::apps
