#include "actors/message_log.hpp"

#include "actors/log_file.hpp"
#include "actors/log_text.hpp"
#include "protocol/framer.hpp"
#include "protocol/mask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe::actors {
namespace {

enum direction : std::uint8_t { in_ward, out_ward, bad, close_file };
constexpr std::string_view words[] = {" in  ", " out ", " bad "};
constexpr std::size_t largest_frame = 64 * 1024 * 1024;
constexpr std::size_t longest_name = 200;
constexpr std::size_t most_unanswered = 64 * 1024;  // bytes kept for a session that has said nothing yet

// A part of a file's name: no directory can be left or entered with it, and '-' is between the parts only.
void append_part(std::string& into, std::string_view part) {
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '\\' || c == '%' || c == '-' || byte <= 0x20 || byte == 0x7F)
      into += fmt::format("%{:02X}", byte);
    else
      into += c;
  }
}

// FNV-1a: which name it was before it was cut.
std::uint64_t sum_of(std::string_view name) {
  std::uint64_t sum = 14695981039346656037U;
  for (const char c : name) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return sum;
}

}  // namespace

std::string message_log_name(const protocol::session_id& session) {
  std::string name;
  append_part(name, session.begin_string);
  for (const std::string* part : {&session.sender_comp_id, &session.target_comp_id, &session.qualifier}) {
    if (part == &session.qualifier && part->empty()) continue;
    name += '-';
    append_part(name, *part);
  }
  if (name.size() > longest_name) name = fmt::format("{}~{:016x}", std::string_view{name}.substr(0, longest_name), sum_of(name));
  return name + ".messages.log";
}

static std::filesystem::path path_of(const message_log_file& f) { return f.directory / message_log_name(f.session); }

// One file; everything but the constructor runs on the writer's thread.
class message_log::channel final : public log_channel {
 public:
  channel(std::filesystem::path path, const message_log_file& of, event_sink& events)
      : file_(std::move(path)), session_(to_string(of.session)), delimiter_(of.delimiter), events_(events), framer_{largest_frame, of.check} {}

  void write(const log_line& line) override {
    if (line.kind == close_file) return flush(), file_.rest();
    std::string_view rest = line.text;
    std::string skipped;
    while (!rest.empty()) {
      const auto found = framer_.next(rest);
      if (found.what == protocol::frame_result::kind::frame) {
        add_skipped(line.at, skipped);
        add(line.at, words[line.kind], protocol::masked_frame(found.frame));
        rest.remove_prefix(found.consumed);
      } else {
        const std::size_t n = found.what == protocol::frame_result::kind::need_more ? rest.size() : std::max<std::size_t>(found.consumed, 1);
        unfinished_.append(skipped, rest.substr(0, n));
        rest.remove_prefix(n);
      }
    }
    add_skipped(line.at, skipped, false);
  }

  void dropped(std::uint64_t lines) override {
    batch_ += "# " + std::to_string(lines) + " messages dropped: the log could not follow\n";
    events_.record(severity::warning, "message-log-dropped", session_, std::to_string(lines) + " messages are not in the log: it could not follow");
  }

  void flush() override {
    const bool was_lossy = lost_lines_ > 0;
    if (was_lossy) batch_.insert(0, "# " + std::to_string(lost_lines_) + " messages lost: " + file_.why() + "\n");
    if (file_.append(batch_)) {
      if (was_lossy) events_.record(severity::info, "message-log-back", session_, std::to_string(lost_lines_) + " messages are not in " + file_.path().string());
      lost_lines_ = 0;
    } else {
      lost_lines_ += batch_lines_;
      if (!was_lossy) events_.record(severity::error, "message-log-failed", session_, file_.path().string() + ": " + file_.why());
    }
    batch_.clear();
    batch_lines_ = 0;
  }

 private:
  // A frame behind it ends what was garbled; otherwise it may go on in the next line, a secret in it too.
  void add_skipped(protocol::utc_time at, std::string& skipped, bool is_over = true) {
    if (!skipped.empty()) add(at, words[bad], std::exchange(skipped, {}));
    if (is_over) unfinished_ = {};
  }

  void add(protocol::utc_time at, std::string_view word, std::string text) {
    append_time(batch_, at);
    batch_ += word;
    if (delimiter_ != '\x01') std::replace(text.begin(), text.end(), '\x01', delimiter_);
    append_in_line(batch_, text, '\x01');
    batch_ += '\n';
    ++batch_lines_;
  }

  log_file file_;
  std::string session_;
  char delimiter_;
  event_sink& events_;
  protocol::framer framer_;
  protocol::garbled_masker unfinished_;
  std::string batch_;
  std::uint64_t batch_lines_ = 0;
  std::uint64_t lost_lines_ = 0;
};

message_log::message_log(log_writer& writer, event_sink& events, const std::vector<message_log_file>& files) : writer_(writer), events_(events) {
  for (const message_log_file& f : files)
    if (!f.directory.empty()) channels_.emplace(f.session, std::make_unique<channel>(path_of(f), f, events));
}

message_log::~message_log() = default;

void message_log::in(const protocol::session_id& session, std::string_view frame) noexcept { post(session, in_ward, frame); }
void message_log::out(const protocol::session_id& session, std::string_view frames) noexcept { post(session, out_ward, frames); }

void message_log::post(const protocol::session_id& session, std::uint8_t kind, std::string_view bytes) noexcept {
  if (const auto it = channels_.find(session); it != channels_.end()) return (void)writer_.post(*it->second, kind, bytes);
  try {
    post_made(session, kind, bytes);
  } catch (const std::exception&) {  // no memory: a line less
  }
}

// ---------------------------------------------------------------- sessions that are made by their Logon

void message_log::begin(const message_log_file& f) {
  const std::lock_guard lock{mutex_};
  if (!f.directory.empty()) made_.try_emplace(f.session, made_session{f, {}, 0, {}, false});
}

// One with a file keeps its place, so that it goes on in that file; the file itself is closed.
void message_log::end(const protocol::session_id& session) noexcept {
  const std::lock_guard lock{mutex_};
  const auto it = made_.find(session);
  if (it == made_.end()) return;
  if (it->second.open) (void)writer_.post(*it->second.open, close_file, {});
  else made_.erase(it);
}

void message_log::post_made(const protocol::session_id& session, std::uint8_t kind, std::string_view bytes) {
  const std::lock_guard lock{mutex_};
  const auto it = made_.find(session);
  if (it == made_.end() || it->second.is_lost) return;
  auto& m = it->second;
  if (!m.open && kind == in_ward) {
    if ((m.bytes += bytes.size()) <= most_unanswered) m.unanswered.emplace_back(bytes);
    return;
  }
  if (!m.open) open(m);
  if (m.open) writer_.post(*m.open, kind, bytes);
}

void message_log::open(made_session& m) {
  try {
    m.open = std::make_unique<channel>(path_of(m.file), m.file, events_);
  } catch (const std::exception& e) {
    m.is_lost = true;
    return events_.record(severity::error, "message-log-failed", to_string(m.file.session), e.what());
  }
  for (const auto& frame : std::exchange(m.unanswered, {})) writer_.post(*m.open, in_ward, frame);
}

}  // namespace troupe::actors
