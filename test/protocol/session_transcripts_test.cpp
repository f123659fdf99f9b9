// Runs scripted acceptance definitions (*.def) against the state machine, in virtual time and without a socket.
//
// TROUPE_DEFINITIONS names a folder of definitions for FIX 4.2, TROUPE_DEFINITION_LIST a file with the names of those to
// run (one a line, the folder in front is ignored); without them there is nothing to do. A line is a step: iCONNECT, iDISCONNECT,
// eDISCONNECT, I<message> sent by the peer, E<message> expected from us; `i2,CONNECT` names a second connection, which
// a session never sees: whoever accepts it turns it away.
#include "test/support/dialogue.hpp"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

std::string field_of(const message_view& m, std::uint32_t t) { return std::string{m.find(t).value_or("")}; }

// NewOrderSingle, SecurityDefinition and Email go back; everything else is unsupported.
class echo {
 public:
  std::vector<event::submit> operator()(const inbound_message& in) {
    message_view m;
    BOOST_TEST_REQUIRE((m.assign(in.frame) == parse_error::none));
    const auto type = m.msg_type();
    if (type != "D" && type != "d" && type != "C") return {{submit_token{0}, unsupported_message_type(m)}};
    const bool is_new = type != "D" || seen_.insert(field_of(m, tag::ClOrdID)).second;
    if (!is_new && m.find_bool(tag::PossResend).value_or(false)) return {};
    return {{submit_token{0}, copy_of(m)}};
  }
  void forget() { seen_.clear(); }

 private:
  static outgoing_message copy_of(const message_view& m) {
    outgoing_message out{std::string{m.msg_type()}, {}, {}};
    std::multimap<std::uint32_t, std::string> body;
    for (const auto& f : m.fields()) {
      switch (f.tag) {
        case 8: case 9: case 10: case 34: case 35: case 43: case 49: case 52: case 56: case 122: break;
        case 97: out.header += "97=" + std::string{m.value(f)} + "\x01"; break;
        default: body.emplace(f.tag, std::string{m.value(f)});
      }
    }
    for (const auto& [t, v] : body) out.body += std::to_string(t) + "=" + v + "\x01";
    return out;
  }
  std::set<std::string> seen_;
};

session_config acceptance_config() {
  session_config c = acceptor();
  c.id = {"FIX.4.2", "ISLD", "TW42", {}};
  c.reset_on_logon = true;
  return c;
}

// Plays one definition; the first difference ends it.
class play {
 public:
  play() : d_(acceptance_config()) {
    d_.on_message = [this](const inbound_message& m) { return app_(m); };
  }
  std::string run(std::istream& in) {
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
      if (line.empty() || line.front() == '#') continue;
      const auto difference = step(line);
      if (!difference.empty()) return "line " + std::to_string(number) + ": " + difference;
    }
    for (const auto& f : d_.store.faults) return "promise broken: " + f;
    return {};
  }

 private:
  std::string step(std::string line) {
    const char kind = line.front();
    line.erase(0, 1);
    if (line.size() > 2 && line[1] == ',') {
      if (line[0] != '1') return {};  // turned away before there is a session
      line.erase(0, 2);
    }
    if (line == "CONNECT") return connect();
    if (line == "DISCONNECT") return kind == 'e' ? await_close() : (d_.drop(), std::string{});
    return kind == 'I' ? send(line) : await(line);
  }
  std::string connect() {
    app_.forget();
    unread_.clear();
    cut_ = framer{};
    d_.connect();
    return {};
  }
  std::string send(const std::string& text) {
    unread_ += complete(expand(text));
    for (;;) {
      const auto f = cut_.next(unread_);
      if (f.what == frame_result::kind::need_more) break;
      const std::string frame{f.frame};
      if (f.what == frame_result::kind::frame && d_.is_open) d_.peer_bytes(frame);
      unread_.erase(0, f.consumed);
    }
    return {};
  }
  std::string await(const std::string& expected) {
    for (int i = 0; i < 100 && d_.wire.empty(); ++i) d_.advance(std::chrono::milliseconds{100});
    if (d_.wire.empty()) return "no message, expected " + with_bars(expected);
    const auto received = d_.wire.front();
    d_.wire.erase(d_.wire.begin());
    const auto want = comparable(complete(expected));
    const auto got = comparable(received);
    return want == got ? std::string{} : "\n  expected " + want + "\n  received " + got;
  }
  std::string await_close() {
    for (int i = 0; i < 100 && d_.is_open && d_.wire.empty(); ++i) d_.advance(std::chrono::milliseconds{100});
    if (!d_.wire.empty()) return "a message instead of the end: " + with_bars(d_.wire.front());
    if (d_.is_open) return "not disconnected";
    d_.drop();
    return {};
  }

  [[nodiscard]] std::string expand(std::string text) const {
    for (std::size_t at; (at = text.find("<TIME")) != std::string::npos;) {
      const auto end = text.find('>', at);
      const auto off = end == at + 5 ? 0 : std::stol(text.substr(at + 5, end - at - 5));
      text.replace(at, end - at + 1, d_.utc_now(std::chrono::seconds{off}).substr(0, 17));
    }
    return text;
  }
  static std::string complete(const std::string& raw) {
    if (raw.compare(0, 2, "8=") != 0) return raw;
    const auto head = raw.find('\x01') + 1;
    std::string body = raw.substr(head);
    std::string trailer;
    if (const auto at = body.rfind("\x01" "10="); at != std::string::npos) {
      trailer = body.substr(at + 1);
      body.erase(at + 1);
    }
    std::string frame = raw.substr(0, head);
    if (raw.find("\x01" "9=") == std::string::npos) frame += "9=" + std::to_string(body.size()) + "\x01";
    frame += body;
    if (!trailer.empty()) return frame + trailer;
    unsigned sum = 0;
    for (const char c : frame) sum += static_cast<unsigned char>(c);
    char tail[9];
    std::snprintf(tail, sizeof tail, "10=%03u\x01", sum % 256);
    return frame + tail;
  }
  // Times and CheckSum only have to be there.
  static std::string comparable(std::string_view bytes) {
    std::istringstream in{std::string{bytes}};
    std::string text;
    for (std::string f; std::getline(in, f, '\x01');) {
      const auto t = f.substr(0, f.find('='));
      const bool is_free = t == "42" || t == "52" || t == "60" || t == "122";
      if (t != "10") text += (is_free ? t + "=…" : f) + "|";
    }
    return text;
  }

  dialogue d_;
  echo app_;
  framer cut_;
  std::string unread_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(session_transcripts)

BOOST_AUTO_TEST_CASE(definitions_hold) {
  const char* folder = std::getenv("TROUPE_DEFINITIONS");
  const char* list = std::getenv("TROUPE_DEFINITION_LIST");
  if (!folder || !list) {
    BOOST_TEST_MESSAGE("TROUPE_DEFINITIONS or TROUPE_DEFINITION_LIST is not set: nothing to run");
    BOOST_TEST(true);
    return;
  }
  std::ifstream names{list};
  BOOST_TEST_REQUIRE(names.good(), list);
  int held = 0;
  for (std::string name; std::getline(names, name);) {
    if (name.empty()) continue;
    name.erase(0, name.rfind('/') + 1);
    std::ifstream definition{std::string{folder} + "/" + name};
    BOOST_TEST_REQUIRE(definition.good(), name);
    const auto difference = play{}.run(definition);
    BOOST_TEST(difference.empty(), name << ": " << difference);
    held += difference.empty();
  }
  BOOST_TEST_MESSAGE(held << " definitions hold");
}

BOOST_AUTO_TEST_SUITE_END()
