// The acceptor that the scripted acceptance definitions are run against: target --port P
//
// ISLD, for all testers at once. It sends orders, security definitions and mails back, and supports nothing else.
#include "actors/dictionary_files.hpp"
#include "actors/engine.hpp"
#include "test/acceptance/ascending.hpp"
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
  actors::handling on_message(actors::session_reference& session, const message_view& message, const actors::message_info&) override {
    if (!is_supported(message)) return actors::handling::unsupported;
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
  // Sent again by a peer that does not know whether we have it, and we have it.
  bool is_known_again(const message_view& order) {
    const bool is_new = orders_.emplace(order.find(tag::ClOrdID).value_or("")).second;
    return !is_new && order.find_bool(tag::PossResend) == true;
  }

  std::set<std::string> orders_;  // of this logon, by ClOrdID(11)
  std::uint64_t last_token_ = 0;
};

// FIXT needs two, and is not built yet.
dictionaries dictionaries_of(const std::string& begin_string) {
  const auto file = actors::find_standard_dictionary(begin_string);
  if (begin_string == "FIXT.1.1") return {};
  if (!file) throw std::runtime_error{"no dictionary of " + begin_string};
  const auto loaded = actors::load_dictionary(*file);
  if (!loaded.made) throw std::runtime_error{to_string(loaded.problems.front(), file->string())};
  return {loaded.made, loaded.made};
}

actors::session_spec session_of(std::string begin_string, std::string tester) {
  actors::session_spec session;
  session.config.id = {std::move(begin_string), "ISLD", std::move(tester), ""};
  session.config.role = role::acceptor;
  session.config.reset_on_logon = true;
  session.config.dictionaries = dictionaries_of(session.config.id.begin_string);
  session.config.validation.allow_empty_values = session.config.id.target_comp_id == "NO_CHECK_FIELDS_HAVE_VALUES";
  session.store = "memory";
  session.application = actors::hosted([](const session_id&) { return std::make_unique<echo>(); });
  return session;
}

actors::engine_config config_of(std::uint16_t port) {
  constexpr std::pair<const char*, const char*> testers[] = {{"FIX.4.0", "TW40"},  {"FIX.4.1", "TW41"},     {"FIX.4.2", "TW42"},
                                                             {"FIX.4.3", "TW43"},  {"FIX.4.4", "TW44"},     {"FIXT.1.1", "TW50"},
                                                             {"FIXT.1.1", "TW50SP1"}, {"FIXT.1.1", "TW50SP2"}, {"FIX.4.4", "TW"},
                                                             {"FIX.4.4", "NO_CHECK_FIELDS_HAVE_VALUES"}};
  actors::engine_config config;
  config.stores.push_back({"memory", [] { return std::make_shared<store::memory_store>(); }});
  config.listen.push_back({"127.0.0.1", port});
  for (const auto& [begin_string, tester] : testers) config.sessions.push_back(session_of(begin_string, tester));
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
