// Every message of every session, in a file a session: when, which way, what; passwords masked.
//
//   20261123-09:37:23.123456 in  8=FIX.4.4…
//   20261123-09:37:23.123789 out 8=FIX.4.4…
//   20261123-09:37:24.000001 bad …            bytes that were no message
//
// The file is FIX.4.4-SENDER-TARGET.messages.log, with -QUALIFIER if there is one: a '-' of a name itself, and what a path cannot hold, is
// written as %2D, so that no two sessions share a file. That of a session made by its Logon is made with the
// first message that goes out: whoever is refused leaves no file. Masking, cutting and writing happen on the
// writer's thread: a caller only pays for the copy.
#pragma once

#include "actors/events.hpp"
#include "actors/log_writer.hpp"
#include "protocol/framer.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::actors {

struct message_log_file {
  protocol::session_id session;
  std::filesystem::path directory;
  char delimiter = '\x01';
  protocol::frame_check check = protocol::frame_check::length_and_sum;  // of the session
};

// At most 230 bytes; no two sessions have the same.
[[nodiscard]] std::string message_log_name(const protocol::session_id& session);

class message_log final : public message_sink {
 public:
  // Opens all files; throws std::runtime_error if one cannot be opened. Losses are told to `events`. `writer` must be flushed or
  // gone before this goes.
  message_log(log_writer& writer, event_sink& events, const std::vector<message_log_file>& files);
  ~message_log() override;

  // A session that was made from a template begins, and has ended. Any thread. A file that cannot be opened is an event.
  void begin(const message_log_file& f);
  void end(const protocol::session_id& session) noexcept;

  // Sessions without a file are not logged.
  void in(const protocol::session_id& session, std::string_view frame) noexcept override;
  void out(const protocol::session_id& session, std::string_view frames) noexcept override;

 private:
  class channel;
  struct made_session {
    message_log_file file;
    std::vector<std::string> unanswered;  // what came in before anything went out …
    std::size_t bytes = 0;                // … and its length
    std::unique_ptr<channel> open;
    bool is_lost = false;                 // its file cannot be opened
  };
  void post_made(const protocol::session_id& session, std::uint8_t kind, std::string_view bytes);
  void open(made_session& m);
  void post(const protocol::session_id& session, std::uint8_t kind, std::string_view bytes) noexcept;

  log_writer& writer_;
  event_sink& events_;
  std::map<protocol::session_id, std::unique_ptr<channel>> channels_;  // constant once made
  std::mutex mutex_;                                                   // of what follows
  std::map<protocol::session_id, made_session> made_;
};

}  // namespace troupe::actors
