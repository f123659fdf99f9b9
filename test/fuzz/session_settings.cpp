// The letters of a script's first line.
#include "test/fuzz/session_script.hpp"

#include "protocol/dictionary.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

namespace troupe::fuzz {
namespace {

using namespace protocol;
using namespace std::chrono_literals;

std::shared_ptr<const dictionary> standard(const char* name) {
  std::ifstream in{std::string{TROUPE_DICTIONARIES} + "/" + name, std::ios::binary};
  std::ostringstream xml;
  xml << in.rdbuf();
  auto made = read_dictionary(xml.str()).made;
  if (!made) std::abort();
  return made;
}

const dictionaries& of_fix44() {
  static const auto fix44 = standard("FIX44.xml");
  static const dictionaries both{fix44, fix44};
  return both;
}
const dictionaries& of_fixt() {
  static const auto transport = standard("FIXT11.xml"), sp2 = standard("FIX50SP2.xml");
  static const dictionaries both{transport, sp2, {{"9", sp2}, {"6", of_fix44().application}}};
  return both;
}

void set_version(session_config& c, const char* begin_string) {
  c.id.begin_string = begin_string;
  c.default_appl_ver_id = c.id.begin_string == "FIXT.1.1" ? "9" : "";
}

void be_small(session_config& c) {
  c.max_held_messages = 3;
  c.max_held_bytes = 600;
  c.max_unhandled_messages = 3;
  c.max_unhandled_bytes = 600;
  c.max_uncommitted_bytes = 6 * 1024;
  c.max_unwritten_bytes = 10'000;
  c.max_waiting_resends = 2;
  c.max_repeated_resends = 3;
  c.max_parked_submits = 2;
  c.max_parked_age = 60s;
  c.max_resend_span = 5;
}

void apply(session_config& c, char letter) {
  switch (letter) {
    case 'i': c.role = role::initiator; return;
    case '0': return set_version(c, "FIX.4.0");
    case '1': return set_version(c, "FIX.4.1");
    case '2': return set_version(c, "FIX.4.2");
    case '3': return set_version(c, "FIX.4.3");
    case '4': return set_version(c, "FIX.4.4");
    case '5': return set_version(c, "FIXT.1.1");
    case 'l': c.reset_on_logon = true; return;
    case 'o': c.reset_on_logout = true; return;
    case 'r': c.reset_on_disconnect = true; return;
    case 'f': c.send_reset_flag = true; return;
    case 'e': c.reset_on_error = true; return;
    case 'E': c.disconnect_on_error = true; return;
    case 'n': c.use_next_expected = true; return;
    case 'c': c.resend_chunk = 2; return;
    case 'C': c.close_resend_request = true; return;
    case 'a': c.ask_redundantly = true; return;
    case 'p': c.replay_page_records = 2; return;
    case 'P': c.replay_low_water = 200; return;
    case 'm': return be_small(c);
    case 'H': c.has_may_resend_hook = true; return;
    case 'A': c.has_authenticate_hook = true; return;
    case 'L': c.has_prepare_logon_hook = true; return;
    case 'g': c.reject_garbled = true; return;
    case 'u': c.check_numbers = false; return;
    case 'x': c.fill_damaged_records = true; return;
    case 'j': c.resend_rejects = true; return;
    case 'q': c.resend_messages = false; return;
    case 'y': c.serve_replayed_requests = false; return;
    case 's': c.send_last_processed = true; return;
    case 'v': c.reject_invalid = false; return;
    case 'b': c.override_heart_bt_int = true; return;
    case 't': c.is_test = true; return;
    case 'z': c.logout_at_silence = true; return;
    case 'k': c.check_silence = false; return;
    case 'w': c.require_orig_sending_time = false; return;
    case 'S': c.check_comp_id = false; return;
    case 'T': c.check_latency = false; return;
    case 'h': c.heart_bt_int = 0s; return;
    case 'K': c.park_submits = true; return;
    case 'I': c.deliver_invalid = true; return;
    case 'R': c.resend_rate = 10; return;
    case 'G': c.fill_gap_before_logout = true; return;
    case 'D': c.cancel_orders = cancel_rule::disconnect; return;
    case 'N': c.cancel_orders = cancel_rule::always; return;
    case 'B': c.inbound_limit = 3; return;
    case 'J': c.inbound_limit = 3, c.beyond_limit = throttle_action::reject; return;
    case 'Q': c.inbound_limit = 3, c.beyond_limit = throttle_action::logout; return;
    case 'F': c.logon_fields = "553=me\x01" "554=secret\x01"; return;
    default: return;
  }
}

}  // namespace

session_config settings_of(std::string_view letters) {
  session_config c;
  c.id = {"FIX.4.2", "US", "THEM", {}};
  c.role = role::acceptor;
  for (const char letter : letters) apply(c, letter);
  if (letters.find('d') == letters.npos) return c;
  if (c.id.begin_string == "FIX.4.4") c.dictionaries = of_fix44();
  if (c.id.begin_string == "FIXT.1.1") c.dictionaries = of_fixt();
  return c;
}

}  // namespace troupe::fuzz
