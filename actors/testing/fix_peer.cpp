#include "actors/testing/fix_peer.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace troupe::actors::testing {

namespace {

std::string wire_text(std::string text) {
  std::replace(text.begin(), text.end(), '|', '\1');
  return text;
}

std::string field(const std::string& text, const std::string& tag) {
  const auto at = text.find("|" + tag + "=");
  if (at == std::string::npos) return {};
  const auto begin = at + tag.size() + 2;
  return text.substr(begin, text.find('|', begin) - begin);
}

std::string whole_frame(const std::string& begin_string, const std::string& body) {
  auto text = wire_text("8=" + begin_string + "|9=" + std::to_string(body.size()) + "|" + body);
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return text + wire_text("10=" + std::to_string(1000 + sum % 256).substr(1) + "|");
}

// Behind the header: the first field that is none of it.
std::string body_of(const std::string& all) {
  static const std::vector<std::string> header = {"8", "9", "35", "34", "43", "49", "50", "52", "56", "57", "97", "122"};
  std::size_t at = 0;
  while (at < all.size()) {
    const auto tag = all.substr(at, all.find('=', at) - at);
    if (std::find(header.begin(), header.end(), tag) == header.end()) break;
    at = all.find('|', at) + 1;
  }
  const auto end = all.rfind("|10=");
  return end == std::string::npos || end < at ? std::string{} : all.substr(at, end - at);
}

}  // namespace

struct fix_peer::state {
  state(virtual_reactor& r, fake_peer w, protocol::session_id e) : home(r), wire(std::move(w)), engine(std::move(e)) {
    wire.on_bytes([this] { hear(); });
  }
  [[nodiscard]] std::string frame(std::uint64_t number, const std::string& type, const std::string& body, const std::string& marks) const;
  [[nodiscard]] std::string sending_time() const;
  void write(std::string text);
  void hear();
  void hear_one(const std::string& text);

  virtual_reactor& home;
  fake_peer wire;
  protocol::session_id engine;
  std::uint64_t next = 1;
  bool is_silent = false;
  std::string last;
  std::string unread;
  std::vector<message> heard;
};

fix_peer::~fix_peer() = default;
fix_peer::fix_peer(fix_peer&&) noexcept = default;
fix_peer& fix_peer::operator=(fix_peer&&) noexcept = default;

fix_peer::fix_peer(virtual_reactor& home, const protocol::session_id& engine, std::uint16_t port)
    : fix_peer(std::make_unique<state>(home, fake_peer{home, "venue", port}, engine)) {}

fix_peer fix_peer::listening(virtual_reactor& home, const protocol::session_id& engine, std::uint16_t port) {
  return fix_peer{std::make_unique<state>(home, fake_peer::listening(home, port), engine)};
}

fix_peer::fix_peer(std::unique_ptr<state> s) : state_(std::move(s)) {}

// ---------------------------------------------------------------- says

std::string fix_peer::state::sending_time() const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(home.now().utc);
  const std::time_t t = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&t, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H:%M:%S", &parts);
  return text;
}

std::string fix_peer::state::frame(std::uint64_t number, const std::string& type, const std::string& body, const std::string& marks) const {
  const auto& e = engine;
  return whole_frame(e.begin_string, wire_text("35=" + type + "|34=" + std::to_string(number) + "|49=" + e.target_comp_id + "|52=" + sending_time() +
                                               "|56=" + e.sender_comp_id + "|" + marks + body));
}

void fix_peer::state::write(std::string text) {
  wire.send(text);
  last = std::move(text);
}

std::string fix_peer::next_frame(const std::string& type, const std::string& body) { return state_->frame(state_->next++, type, body, {}); }

void fix_peer::send(const std::string& type, const std::string& body) { state_->write(next_frame(type, body)); }

void fix_peer::send_as(std::uint64_t number, const std::string& type, const std::string& body, const std::string& marks) {
  state_->write(state_->frame(number, type, body, marks));
}

void fix_peer::resend(std::uint64_t number, const std::string& type, const std::string& body) {
  send_as(number, type, body, "43=Y|122=" + state_->sending_time() + "|");
}

void fix_peer::fill_gap(std::uint64_t from, std::uint64_t next) { resend(from, "4", "123=Y|36=" + std::to_string(next) + "|"); }

void fix_peer::send_together(const std::vector<std::string>& frames) {
  std::string all;
  for (const auto& f : frames) all += f;
  state_->write(std::move(all));
}

void fix_peer::log_on(const std::string& further_fields, unsigned heart_bt_int) {
  send("A", "98=0|108=" + std::to_string(heart_bt_int) + "|" + further_fields);
}

// ---------------------------------------------------------------- misbehaves

void fix_peer::garble(const std::string& type, const std::string& body) {
  auto text = state_->frame(state_->next, type, body, {});
  auto& digit = text[text.size() - 2];
  digit = digit == '9' ? '0' : static_cast<char>(digit + 1);
  state_->write(std::move(text));
}

void fix_peer::repeat_last() { state_->wire.send(state_->last); }

// ---------------------------------------------------------------- hears

void fix_peer::state::hear() {
  unread += wire.take();
  for (;;) {
    const auto check = unread.find("\00110=");
    const auto end = check == std::string::npos ? check : unread.find('\1', check + 1);
    if (end == std::string::npos) return;
    auto text = unread.substr(0, end + 1);
    unread.erase(0, end + 1);
    std::replace(text.begin(), text.end(), '\1', '|');
    hear_one(text);
  }
}

void fix_peer::state::hear_one(const std::string& text) {
  message m{field(text, "35"), 0, field(text, "43") == "Y", body_of(text), text};
  m.number = std::strtoull(field(text, "34").c_str(), nullptr, 10);
  const auto test_request = m.type == "1" ? field(text, "112") : std::string{};
  heard.push_back(std::move(m));
  if (test_request.empty() || is_silent) return;
  write(frame(next++, "0", "112=" + test_request + "|", {}));
}

void fix_peer::be_silent(bool on) { state_->is_silent = on; }

void fix_peer::skip(std::uint64_t n) { state_->next += n; }

void fix_peer::set_next(std::uint64_t n) { state_->next = n; }

void fix_peer::read(bool on) { state_->wire.read(on); }

void fix_peer::close() { state_->wire.close(); }

std::uint64_t fix_peer::next() const { return state_->next; }

bool fix_peer::is_connected() const { return state_->wire.is_connected(); }

std::vector<fix_peer::message> fix_peer::take_all() { return std::exchange(state_->heard, {}); }

std::string fix_peer::take() {
  std::string text;
  for (const auto& m : take_all()) text += (text.empty() ? "" : " ") + m.type + ":" + m.body;
  return text;
}

}  // namespace troupe::actors::testing
