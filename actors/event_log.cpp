#include "actors/event_log.hpp"

#include "actors/log_text.hpp"
#include "protocol/mask.hpp"

#include <unistd.h>

namespace troupe::actors {
namespace {

void to_screen(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, lines.data(), lines.size());
    if (n <= 0) return;  // nobody listens
    lines.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

event_log::event_log(log_writer& writer, const std::filesystem::path& directory, bool is_on_screen) : writer_(writer), is_on_screen_(is_on_screen) {
  if (!directory.empty()) file_.emplace(directory / file_name);
}

void event_log::record(severity s, std::string_view code, std::string_view session, std::string_view text) noexcept {
  try {
    std::string line{to_string(s)};
    for (const std::string_view part : {code, session.empty() ? std::string_view{"-"} : session, text}) {
      line += ' ';
      line += part;
    }
    writer_.post(*this, static_cast<std::uint8_t>(s), line);
  } catch (...) {  // no memory for a line
  }
}

void event_log::write(const log_line& line) {
  append_time(batch_, line.at);
  batch_ += ' ';
  std::string masked;
  protocol::garbled_masker{}.append(masked, line.text);
  append_in_line(batch_, masked);
  batch_ += '\n';
  ++batch_lines_;
}

void event_log::dropped(std::uint64_t lines) { batch_ += "# " + std::to_string(lines) + " events dropped: the log could not follow\n"; }

void event_log::flush() {
  if (is_on_screen_) to_screen(batch_);
  if (file_) to_file();
  batch_.clear();
  batch_lines_ = 0;
}

void event_log::to_file() {
  const bool was_lossy = lost_lines_ > 0;
  if (was_lossy) batch_.insert(0, "# " + std::to_string(lost_lines_) + " events lost: " + file_->why() + "\n");
  if (file_->append(batch_)) {
    lost_lines_ = 0;
    return;
  }
  lost_lines_ += batch_lines_;
  if (!was_lossy) to_screen("troupe: " + file_->path().string() + ": " + file_->why() + ": events are lost until it can be written again\n");
}

}  // namespace troupe::actors
