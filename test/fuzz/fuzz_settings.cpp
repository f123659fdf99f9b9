// Any bytes as a settings file. Whatever they are: the answer is a value or an error, never both, never neither; every
// problem points into the text; what is accepted is complete; and the same text gives the same answer.
#include "actors/settings.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace troupe::actors;

constexpr const char* file = "fuzz.cfg";

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::size_t> line_lengths(std::string_view text) {
  std::vector<std::size_t> lengths{0};
  for (const char c : text) {
    ++lengths.back();
    if (c == '\n') lengths.push_back(0);
  }
  return lengths;
}

// A place has a line and a column of the text (one past its end included), or is the file as a whole.
void require_inside(text_position at, const std::vector<std::size_t>& lengths) {
  if (at.line == 0) return require(at.column == 0);
  require(at.line <= lengths.size());
  require(at.column >= 1 && at.column <= lengths[at.line - 1] + 1);
}

void look_at(const settings_problem& problem, const std::vector<std::size_t>& lengths) {
  require_inside(problem.at, lengths);
  require(!problem.text.empty());
  require(to_string(problem, file).starts_with(file));
}

void look_at(const session_settings& session, const std::vector<std::size_t>& lengths) {
  require(session.at.line != 0);
  require_inside(session.at, lengths);
  const auto& id = session.config.id;
  require(!id.begin_string.empty() && !id.sender_comp_id.empty() && !id.target_comp_id.empty());
  require(session.config.disconnect_factor > session.config.test_request_factor);
  if (session.config.role == troupe::protocol::role::acceptor) return;  // port 0 is any
  require(!session.reconnect_waits.empty() && session.reconnect_max_interval >= session.reconnect_waits.back());
  require(!session.connect.empty());
  for (const host_setting& host : session.connect) require(!host.host.empty() && host.port != 0);
}

void look_at(const settings& value, const std::vector<std::size_t>& lengths) {
  const auto makes_some = [](const template_settings& t) { return t.left_out.empty(); };
  require(!value.sessions.empty() || std::any_of(value.templates.begin(), value.templates.end(), makes_some));
  require(value.continues_on_error || (value.left_out.empty() && std::all_of(value.templates.begin(), value.templates.end(), makes_some)));
  for (const template_settings& t : value.templates) require(!t.variants.empty());
  require(!value.control_socket.empty());
  require((value.store.kind == store_kind::memory || value.store.kind == store_kind::postgres) == value.store.path.empty());
  for (const session_settings& session : value.sessions) {
    look_at(session, lengths);
    require(1 == std::count_if(value.sessions.begin(), value.sessions.end(), [&](const auto& s) { return s.config.id == session.config.id; }));
  }
}

std::vector<std::string> lines(const settings_result& result) {
  std::vector<std::string> out;
  for (const settings_problem& problem : result.problems) out.push_back(to_string(problem, file));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const settings_result result = understand_settings(text, file);
  const auto lengths = line_lengths(text);
  for (const settings_problem& problem : result.problems) look_at(problem, lengths);
  require(result.value.has_value() ==
          std::none_of(result.problems.begin(), result.problems.end(), [](const auto& p) { return p.severity == severity::error && !p.is_of_one_session; }));
  if (result.value) look_at(*result.value, lengths);
  require(lines(understand_settings(text, file)) == lines(result));
  return 0;
}
