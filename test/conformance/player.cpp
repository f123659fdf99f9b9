#include "test/conformance/player.hpp"

#include "test/conformance/dialect.hpp"
#include "test/conformance/settings_of.hpp"
#include "test/support/dialogue.hpp"
#include "test/support/fix_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <sstream>

namespace troupe::test {
namespace {

using namespace protocol;

std::uint64_t number_in(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) throw transcript_error{"expected a number: " + std::string{text}};
  return n;
}

// "30s", "1500ms"
std::chrono::milliseconds duration_in(std::string_view text) {
  const bool is_fine = text.ends_with("ms");
  if (!is_fine && !text.ends_with('s')) throw transcript_error{"expected a time like 30s or 1500ms: " + std::string{text}};
  const auto count = static_cast<std::int64_t>(number_in(text.substr(0, text.size() - (is_fine ? 2 : 1))));
  return is_fine ? std::chrono::milliseconds{count} : std::chrono::seconds{count};
}

void expect_same(std::string_view what, std::string_view expected, std::string_view is) {
  if (expected != is) throw transcript_error{std::string{what} + ": expected " + std::string{expected} + ", is " + std::string{is}};
}

class player {
 public:
  player(const transcript& story, const fix_version& version, role as)
      : version_(version), role_(as), d_(config_of(story, version, as), story.next_sender, story.next_target) {
    d_.on_message = [this](const inbound_message& m) {
      arrived_.push_back(std::to_string(m.number.value) + (m.is_possible_duplicate ? " possdup" : ""));
      return std::vector<event::submit>{};
    };
  }

  void play(const step& s) {
    for (const auto& [words, act] : verbs())
      if (s.text.starts_with(words)) return (this->*act)(s.text.substr(std::min(s.text.size(), words.size())));
    throw transcript_error{"no such step: " + s.text};
  }

  void finish() {
    see_silence();
    if (arrived_.size() > expected_arrivals_) throw transcript_error{"the application got " + arrived_[expected_arrivals_] + ", and nothing here says so"};
    if (!d_.store.faults.empty()) throw transcript_error{"a promise to the store is broken: " + d_.store.faults.front()};
  }

 private:
  using verb = void (player::*)(const std::string&);
  struct named_verb {
    std::string_view words;
    verb act;
  };
  // The longer of two that begin alike comes first.
  static std::span<const named_verb> verbs() {
    static constexpr std::array all{
        named_verb{"<- raw ", &player::peer_bytes},
        named_verb{"<- ", &player::peer},
        named_verb{"-> nothing", &player::silence},
        named_verb{"-> ", &player::ours},
        named_verb{"wait ", &player::wait},
        named_verb{"connect", &player::connect},
        named_verb{"logged on", &player::log_on},
        named_verb{"cut", &player::cut},
        named_verb{"closed", &player::closed},
        named_verb{"open", &player::open},
        named_verb{"app gets ", &player::app_gets},
        named_verb{"app waits", &player::app_waits},
        named_verb{"app has handled ", &player::app_has_handled},
        named_verb{"app does not support ", &player::app_does_not_support},
        named_verb{"app is replaced", &player::app_is_replaced},
        named_verb{"submit ", &player::submit},
        named_verb{"accepted", &player::accepted},
        named_verb{"refused ", &player::refused},
        named_verb{"authenticated", &player::authenticated},
        named_verb{"not authenticated", &player::not_authenticated},
        named_verb{"logon prepared ", &player::logon_prepared},
        named_verb{"withheld", &player::withheld},
        named_verb{"operator logs out", &player::log_out},
        named_verb{"operator resets", &player::reset},
        named_verb{"needs operator", &player::needs_operator},
        named_verb{"store fails", &player::store_fails},
        named_verb{"store works", &player::store_works},
        named_verb{"store has lost ", &player::store_has_lost},
        named_verb{"store keeps no ", &player::store_keeps_no},
        named_verb{"unwritten ", &player::unwritten},
        named_verb{"pages wait", &player::pages_wait},
        named_verb{"next page", &player::next_page},
        named_verb{"restart", &player::restart},
        named_verb{"state ", &player::state},
        named_verb{"numbers ", &player::numbers},
        named_verb{"ended ", &player::ended},
        named_verb{"event ", &player::reported},
        named_verb{"reading", &player::reading},
        named_verb{"not reading", &player::not_reading},
    };
    return all;
  }

  // -- the wire
  void peer(const std::string& text) { receive(frame_of_peer(fields_of(text, version_, d_.now.utc), version_, d_.now.utc)); }
  void peer_bytes(const std::string& text) { receive(soh(text)); }
  void receive(const std::string& bytes) {
    see_silence();
    unread_ += bytes;
    for (;;) {
      const auto f = cut_.next(unread_);
      if (f.what == frame_result::kind::need_more) return;
      const std::string part{unread_.substr(0, f.consumed)};
      const std::string frame{f.frame};
      unread_.erase(0, f.consumed);
      if (!d_.is_open) continue;
      if (f.what == frame_result::kind::frame) d_.peer_bytes(frame);
      else d_.on(event::garbled{"no whole message", part});
    }
  }

  void ours(const std::string& text) {
    if (d_.wire.empty()) throw transcript_error{"expected " + text + ", and nothing was sent"};
    const auto expected = as_expected(fields_of(text, version_, d_.now.utc), version_);
    const auto sent = seen_in(d_.wire.front(), expected);
    d_.wire.erase(d_.wire.begin());
    if (sent != expected) throw transcript_error{"\n  expected " + text_of(expected) + "\n  sent     " + text_of(sent)};
  }
  // What every message has is checked here, and left out unless it is expected by name.
  written_fields seen_in(const std::string& frame, const written_fields& expected) {
    auto fields = fields_of(shown(frame), version_, d_.now.utc);
    for (const auto& [tag, value] : {written_field{"8", version_.begin_string}, {"49", "US"}, {"56", "THEM"}})
      if (const auto* is = find(fields, tag); !find(expected, tag)) expect_same(tag, value, is ? *is : "absent");
    if (const auto* t = find(fields, "52"); !t || t->size() != utc_in(version_, d_.now.utc).size()) throw transcript_error{"SendingTime(52) of another precision: " + shown(frame)};
    std::erase_if(fields, [&](const auto& f) {
      constexpr std::array<std::string_view, 6> understood{"8", "9", "10", "49", "52", "56"};
      return std::ranges::find(understood, f.first) != understood.end() && !find(expected, f.first);
    });
    return fields;
  }
  void see_silence() const {
    if (!d_.wire.empty()) throw transcript_error{"sent, and nothing here says so: " + shown(d_.wire.front())};
  }
  void silence(const std::string&) { see_silence(); }
  void unwritten(const std::string& bytes) { d_.on(event::wrote{d_.epoch(), number_in(bytes)}); }

  // -- time and links
  void wait(const std::string& text) {
    see_silence();
    d_.advance(duration_in(text));
  }
  void connect(const std::string&) {
    see_silence();
    unread_.clear();
    cut_ = framer{};
    d_.connect();
  }
  void cut(const std::string&) {
    see_silence();
    d_.drop();
  }
  void closed(const std::string&) {
    see_silence();
    if (d_.is_open) throw transcript_error{"the connection is still open"};
    d_.drop();
  }
  void open(const std::string&) {
    if (!d_.is_open) throw transcript_error{"the connection is closed"};
  }
  // "logged on", "logged on 4 7": both Logons, ours and theirs with these numbers.
  void log_on(const std::string& text) {
    auto ours_is = d_.session().next_sender().value, theirs_is = d_.session().expected_target().value;
    std::istringstream{text} >> ours_is >> theirs_is;
    const auto logon = [](auto n) { return "35=A|34=" + std::to_string(n) + "|98=0|108=30|"; };
    connect({});
    if (role_ == role::initiator) ours(logon(ours_is));
    peer(logon(theirs_is));
    if (role_ == role::acceptor) ours(logon(ours_is));
    state("Active");
  }
  void restart(const std::string&) {
    see_silence();
    d_.crash();
  }

  // -- the application
  void app_gets(const std::string& what) {
    if (what == "nothing") {
      if (expected_arrivals_ < arrived_.size()) throw transcript_error{"the application got " + arrived_[expected_arrivals_]};
      return;
    }
    if (expected_arrivals_ == arrived_.size()) throw transcript_error{"the application did not get " + what};
    expect_same("the application got", what, arrived_[expected_arrivals_++]);
  }
  void app_waits(const std::string&) { d_.handles_at_once = false; }
  void app_has_handled(const std::string& up_to) { d_.handle(number_in(up_to)); }
  void app_does_not_support(const std::string& number) {
    d_.session().on(event::unsupported{seq_num{number_in(number)}}, d_.now);
    d_.handle(number_in(number));
  }
  void app_is_replaced(const std::string&) { d_.on(event::application_restarted{}); }
  void submit(const std::string& text) {
    auto fields = fields_of(text, version_, d_.now.utc);
    outgoing_message m;
    for (const auto& [tag, value] : fields) {
      if (tag == "35") m.msg_type = value;
      else (tag == "97" || tag == "43" || tag == "122" ? m.header : m.body) += tag + "=" + value + "\x01";
    }
    d_.on(event::submit{submit_token{++last_token_}, std::move(m)});
  }
  void accepted(const std::string&) {
    const auto all = d_.all<action::accepted>();
    if (all.empty() || all.back().token != submit_token{last_token_}) throw transcript_error{"what was submitted last is not accepted"};
  }
  void refused(const std::string& why) {
    const auto all = d_.all<action::refused>();
    if (all.empty() || all.back().token != submit_token{last_token_}) throw transcript_error{"what was submitted last is not refused"};
    constexpr std::array<std::string_view, 6> names{"not_logged_on", "store_stalled", "too_much_in_flight", "logging_out", "malformed", "numbers_reset"};
    const auto which = static_cast<std::size_t>(all.back().reason);
    expect_same("refused", why, which < names.size() ? names[which] : "for a reason that transcripts have no name for");
  }

  // -- hooks
  void authenticated(const std::string&) { d_.on(event::authenticated{d_.epoch(), true, {}}); }
  void not_authenticated(const std::string&) { d_.on(event::authenticated{d_.epoch(), false, "not known"}); }
  void logon_prepared(const std::string& fields) { d_.on(event::logon_prepared{d_.epoch(), soh(fields)}); }
  void withheld(const std::string& text) {
    std::istringstream in{text};
    std::vector<seq_num> numbers;
    for (std::uint64_t n = 0; in >> n;) numbers.push_back(seq_num{n});
    const auto asked = d_.all<action::ask_may_resend>();
    if (asked.empty()) throw transcript_error{"nobody asks what may be sent again"};
    d_.on(event::resend_decided{d_.session().generation(), std::move(numbers), asked.back().question});
  }

  // -- operator and store
  void log_out(const std::string& text) { d_.on(event::logout_requested{text.empty() ? text : text.substr(1)}); }
  void reset(const std::string&) { d_.on(event::reset_requested{}); }
  void needs_operator(const std::string&) {
    if (!d_.has<action::needs_operator>()) throw transcript_error{"nobody calls for the operator"};
  }
  void store_fails(const std::string&) { d_.store.how = fake_store::mood::fails; }
  void store_works(const std::string&) { d_.store.how = fake_store::mood::commits; }
  void store_has_lost(const std::string& number) { d_.store.lost.insert(number_in(number)); }
  void store_keeps_no(const std::string& secret) {
    for (const auto& [number, record] : d_.store.records())
      if (record.frame.find(secret) != record.frame.npos) throw transcript_error{"record " + std::to_string(number.value) + " of the store has it: " + shown(record.frame)};
  }
  void pages_wait(const std::string&) { d_.fetches_at_once = false; }
  void next_page(const std::string&) {
    if (d_.to_fetch.empty()) throw transcript_error{"no page is asked for"};
    const auto wanted = d_.to_fetch.front();
    d_.to_fetch.erase(d_.to_fetch.begin());
    d_.on(event::replay_page{d_.store.fetch(wanted), wanted.question});
  }

  // -- what can be seen from outside
  void state(const std::string& name) { expect_same("state", name, to_string(d_.state())); }
  void numbers(const std::string& text) {
    const auto is = std::to_string(d_.session().next_sender().value) + " " + std::to_string(d_.session().expected_target().value);
    expect_same("next numbers, ours and theirs", text, is);
  }
  void ended(const std::string& why) { expect_same("ended", why, d_.end() ? to_string(*d_.end()) : "not at all"); }
  void reported(const std::string& code) {
    if (!d_.has_note(code)) throw transcript_error{"no event " + code};
  }
  void reading(const std::string&) {
    if (!d_.is_reading) throw transcript_error{"we do not read"};
  }
  void not_reading(const std::string&) {
    if (d_.is_reading) throw transcript_error{"we read"};
  }

  const fix_version& version_;
  role role_;
  dialogue d_;
  framer cut_;
  std::string unread_;
  std::vector<std::string> arrived_;
  std::size_t expected_arrivals_ = 0;
  std::uint64_t last_token_ = 0;
};

}  // namespace

std::string play(const transcript& story, const fix_version& version, role as) {
  const auto which = static_cast<std::size_t>(&version - fix_versions.data());
  std::size_t line = story.line;
  try {
    player p{story, version, as};
    for (const auto& s : story.steps) {
      line = s.line;
      if (s.where.covers(which, as)) p.play(s);
    }
    p.finish();
  } catch (const transcript_error& e) {
    return story.name + ".txt:" + std::to_string(line) + ": " + e.what();
  }
  return {};
}

}  // namespace troupe::test
