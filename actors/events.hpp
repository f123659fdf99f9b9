// What the cast tells an operator: events, and the messages of each session. Two sinks, handed to whoever has something to say.
//
// Both are called on reactor threads: an implementation never blocks, never throws, copies what it keeps, and may be called by
// several threads at once. What it cannot take it drops and counts. Passwords are the sink's business: callers pass
// frames as they are.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::actors {

enum class severity : std::uint8_t { info, warning, error };
[[nodiscard]] std::string_view to_string(severity s);

class event_sink {
 public:
  virtual ~event_sink() = default;

  // `code` is stable and stands in docs/events.md; `session` is to_string(session_id), or empty for the process.
  virtual void record(severity s, std::string_view code, std::string_view session, std::string_view text) noexcept = 0;
};

class message_sink {
 public:
  virtual ~message_sink() = default;

  // A frame as it came, or bytes that were no frame; and bytes as they go out, one frame or several back to back.
  virtual void in(const protocol::session_id& session, std::string_view frame) noexcept = 0;
  virtual void out(const protocol::session_id& session, std::string_view frames) noexcept = 0;
};

// For tests, and for whoever does not want to know.
class no_events final : public event_sink {
  void record(severity, std::string_view, std::string_view, std::string_view) noexcept override {}
};
class no_messages final : public message_sink {
  void in(const protocol::session_id&, std::string_view) noexcept override {}
  void out(const protocol::session_id&, std::string_view) noexcept override {}
};

}  // namespace troupe::actors
