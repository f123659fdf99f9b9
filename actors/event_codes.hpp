// Every code that an event may have: stable, so that a rule of a monitor written today fits tomorrow.
//
// A code is never given another meaning; one that is not used any more stays in the table. docs/events.md is made from it.
#pragma once

#include "actors/events.hpp"

#include <span>
#include <string>
#include <string_view>

namespace troupe::actors {

struct event_code {
  std::string_view code;
  severity usual;              // how it is usually reported
  std::string_view meaning;    // what has happened
  std::string_view what_to_do; // empty: nothing
};

[[nodiscard]] std::span<const event_code> event_codes();
[[nodiscard]] const event_code* find_event(std::string_view code);

// docs/events.md
[[nodiscard]] std::string describe_events();

}  // namespace troupe::actors
