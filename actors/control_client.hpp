// One client of the control socket: lines in, lines out, never more than one of each. Belongs to one actor on one reactor.
//
//   reading ──a whole line──► asking ──answer──► writing ──written──► reading
//                                                   └── the last one ──► closed
#pragma once

#include "actors/link.hpp"
#include "actors/timer_wheel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace troupe::actors {

enum class control_client_state : std::uint8_t { reading, asking, writing };

struct control_client {
  control_client_state state = control_client_state::reading;
  std::unique_ptr<stream> line;
  std::string in;             // what came and is not understood yet, bounded by the limits
  std::string out;            // writing: the answer …
  std::size_t written = 0;    // … of which so much is gone
  bool is_last_answer = false;  // writing: closed behind it
  bool has_ended = false;       // will not send more, but may wait for answers
  timer_id patience;

  // Reads what there is, up to `limit` bytes in `in`. False: the client is broken.
  bool read_up_to(std::size_t limit);
  // Writes what goes. False: the client is gone.
  bool write_some();
  [[nodiscard]] bool has_line() const { return in.find('\n') != std::string::npos; }
  [[nodiscard]] bool is_written() const { return written == out.size(); }
};

}  // namespace troupe::actors
