// Reads the requests of the control socket, and writes the short answers. Pure: control.hpp has the lines.
#pragma once

#include "actors/messages.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::actors {

struct wrong_request {
  std::string text;  // what came, what was expected
};
struct wanted_command {
  std::string session;  // as the operator wrote it
  command what;
};
struct wanted_parked {
  std::string session;
  list_parked what;
};
using control_request = std::variant<wrong_request, status_of_all, wanted_command, wanted_parked, stop>;

// `stop_within`: of a stop that does not say it.
[[nodiscard]] control_request read_request(std::string_view line, steady_time stop_within = {});

// Which of these the operator means: its full name, or a TargetCompID that only one has.
[[nodiscard]] std::variant<wrong_request, session_id> find_session(const std::string& wanted, const std::vector<session_id>& known);

// {"done":…,"text":…} and a line end.
[[nodiscard]] std::string answer_line(bool is_done, const std::string& text);

}  // namespace troupe::actors
