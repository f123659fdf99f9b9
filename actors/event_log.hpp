// Events for an operator: one line each, to a file and to the standard error output.
//
//   20261123-09:37:23.123456 warning gap-open FIX.4.4:US->THEM expected 5, received 8
//
// The codes are stable; event_codes.hpp has them all. Passwords are masked.
#pragma once

#include "actors/events.hpp"
#include "actors/log_file.hpp"
#include "actors/log_writer.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace troupe::actors {

class event_log final : public event_sink, private log_channel {
 public:
  static constexpr std::string_view file_name = "troupe.events.log";

  // `directory` empty: no file. Throws std::runtime_error if the file cannot be opened. `writer` must live longer than calls of
  // record, and be flushed or gone before this goes.
  event_log(log_writer& writer, const std::filesystem::path& directory, bool is_on_screen);

  void record(severity s, std::string_view code, std::string_view session, std::string_view text) noexcept override;

 private:
  void write(const log_line& line) override;
  void dropped(std::uint64_t lines) override;
  void flush() override;
  void to_file();

  log_writer& writer_;
  std::optional<log_file> file_;
  bool is_on_screen_;
  // writer's thread
  std::string batch_;
  std::uint64_t batch_lines_ = 0;
  std::uint64_t lost_lines_ = 0;  // the file did not take them
};

}  // namespace troupe::actors
