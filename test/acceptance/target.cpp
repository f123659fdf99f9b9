// The acceptor that the scripted acceptance definitions are run against: target --port P
//
// ISLD, for all testers at once. It sends orders, security definitions and mails back, and supports nothing else.
#include "actors/dictionary_files.hpp"
#include "actors/engine.hpp"
#include "test/acceptance/ascending.hpp"
#include "protocol/appl_version.hpp"
#include "protocol/session_messages.hpp"
#include "protocol/tags.hpp"
#include "store/memory_store.hpp"

#include <csignal>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace troupe;
using namespace troupe::protocol;

class echo final : public actors::application {
 public:
  explicit echo(std::string appl_ver_id) : version_{std::move(appl_ver_id)} {}

  actors::handling on_message(actors::session_reference& session, const message_view& message, const actors::message_info&) override {
    if (!is_supported(message)) return refuse(session, message);
    if (message.msg_type() == msg_type::NewOrderSingle && is_known_again(message)) return actors::handling::handled;
    auto fields = acceptance::ascending(message);
    (void)session.submit({std::string{message.msg_type()}, std::move(fields.header), std::move(fields.body)}, submit_token{++last_token_});
    return actors::handling::handled;
  }
  void on_logout(actors::session_reference&, end_reason, std::string_view) override { orders_.clear(); }

 private:
  static bool is_supported(const message_view& message) {
    const std::string_view type = message.msg_type();
    const bool has_definitions = message.begin_string() != "FIX.4.0" && message.begin_string() != "FIX.4.1";
    return type == "D" || type == "C" || (type == "d" && has_definitions);
  }
  // The definitions of FIXT want DefaultApplVerID(1137) in a BusinessMessageReject(j), which no dictionary allows: an engine had a
  // quirk, and they were written down from what it sent. So it is this program that adds it, and not our engine.
  actors::handling refuse(actors::session_reference& session, const message_view& message) {
    if (version_.empty()) return actors::handling::unsupported;
    auto answer = unsupported_message_type(message);
    answer.body += "1137=" + version_ + "\x01";
    (void)session.submit(std::move(answer), submit_token{++last_token_});
    return actors::handling::handled;
  }
  // Sent again by a peer that does not know whether we have it, and we have it.
  bool is_known_again(const message_view& order) {
    const bool is_new = orders_.emplace(order.find(tag::ClOrdID).value_or("")).second;
    return !is_new && order.find_bool(tag::PossResend) == true;
  }

  std::string version_;           // DefaultApplVerID(1137); empty: FIX 4.x
  std::set<std::string> orders_;  // of this logon, by ClOrdID(11)
  std::uint64_t last_token_ = 0;
};

std::shared_ptr<const dictionary> dictionary_of(std::string_view version) {
  const auto file = actors::find_standard_dictionary(version);
  if (!file) throw std::runtime_error{"no dictionary of " + std::string{version}};
  const auto loaded = actors::load_dictionary(*file);
  if (!loaded.made) throw std::runtime_error{to_string(loaded.problems.front(), file->string())};
  return loaded.made;
}

// FIXT has one of the session and one of the application; else both are the same.
dictionaries dictionaries_of(std::string_view begin_string, const std::string& appl_ver_id) {
  dictionaries made;
  made.session = dictionary_of(begin_string);
  made.application = appl_ver_id.empty() ? made.session : dictionary_of(application_version(appl_ver_id));
  if (appl_ver_id.empty()) return made;
  made.versions.push_back({appl_ver_id, made.application});
  made.gather_data_fields();
  return made;
}

struct tester {
  const char* begin_string;
  const char* comp_id;
  const char* appl_ver_id = "";
};

actors::session_spec session_of(const tester& t) {
  actors::session_spec session;
  session.config.id = {t.begin_string, "ISLD", t.comp_id, ""};
  session.config.role = role::acceptor;
  session.config.reset_on_logon = true;
  // The definitions are 121 s off, which the runner cuts to a whole second when it writes: up to a second less. By default, 120 s, a
  // message that is a moment on its way to a busy machine would be in time.
  session.config.max_latency = std::chrono::seconds{110};
  session.config.default_appl_ver_id = t.appl_ver_id;
  session.config.dictionaries = dictionaries_of(t.begin_string, t.appl_ver_id);
  session.config.validation.allow_empty_values = session.config.id.target_comp_id == "NO_CHECK_FIELDS_HAVE_VALUES";
  session.store = "memory";
  session.application = actors::hosted([version = std::string{t.appl_ver_id}](const session_id&) { return std::make_unique<echo>(version); });
  return session;
}

actors::engine_config config_of(std::uint16_t port) {
  constexpr tester testers[] = {{"FIX.4.0", "TW40"}, {"FIX.4.1", "TW41"}, {"FIX.4.2", "TW42"}, {"FIX.4.3", "TW43"}, {"FIX.4.4", "TW44"}, {"FIXT.1.1", "TW50", "7"}, {"FIXT.1.1", "TW50SP1", "8"}, {"FIXT.1.1", "TW50SP2", "9"}, {"FIX.4.4", "TW"}, {"FIX.4.4", "NO_CHECK_FIELDS_HAVE_VALUES"}};
  actors::engine_config config;
  config.stores.push_back({"memory", [] { return std::make_shared<store::memory_store>(); }});
  config.listen.push_back({"127.0.0.1", port});
  for (const auto& t : testers) config.sessions.push_back(session_of(t));
  return config;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3 || argv[1] != std::string{"--port"}) {
    std::cerr << "usage: acceptance_target --port P\n";
    return 64;
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);  // before any thread starts
  actors::engine engine{config_of(static_cast<std::uint16_t>(std::stoul(argv[2])))};
  if (const auto up = engine.start(); !up.error.empty()) throw std::runtime_error{up.error};
  std::cout << "ready" << std::endl;
  int which = 0;
  sigwait(&stop, &which);
} catch (const std::exception& error) {
  std::cerr << "acceptance_target: " << error.what() << '\n';
  return 1;
}
