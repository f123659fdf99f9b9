#include "actors/events.hpp"

namespace troupe::actors {

std::string_view to_string(severity s) {
  switch (s) {
    case severity::info: return "info";
    case severity::warning: return "warning";
    case severity::error: return "error";
  }
  return "?";
}

}  // namespace troupe::actors
