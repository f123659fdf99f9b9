// Our engine, driven line by line: our side of the interoperation tests. What it says and understands: peer_protocol.md.
//
//   troupe_peer acceptor|initiator PORT SENDER TARGET [FIXT.1.1 DEFAULT_APPL_VER_ID DICTIONARIES]
#include "actors/dictionary_files.hpp"
#include "actors/engine.hpp"
#include "protocol/appl_version.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/tags.hpp"
#include "store/memory_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>

namespace {

using namespace troupe;
using namespace troupe::protocol;

// Lines of two threads (the reactor's and the commands') must not mix.
void say(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard one_at_a_time{mutex};
  std::cout << line << std::endl;
}

std::atomic<std::uint64_t> last_token{0};
submit_token next_token() { return submit_token{++last_token}; }

outgoing_message order(const std::string& cl_ord_id) {
  message_builder message{msg_type::NewOrderSingle};
  message.field(tag::ClOrdID, cl_ord_id).field(tag::HandlInst, '1').field(tag::Symbol, "MSFT").field(tag::Side, '1').field(tag::OrderQty, 100);
  message.field(tag::OrdType, '2').field(tag::Price, "25.5").field(tag::TransactTime, "20260101-00:00:00");
  return message.build().message;
}

outgoing_message execution(const message_view& order, const std::string& exec_id) {
  message_builder message{msg_type::ExecutionReport};
  const bool is_old = order.begin_string() == "FIX.4.2";  // FIX.4.3 took ExecTransType(20) away, and what was filled became a trade
  message.field(tag::OrderID, "O" + exec_id).field(tag::ExecID, exec_id).field(tag::ExecType, is_old ? '2' : 'F');
  if (is_old) message.field(tag::ExecTransType, '0');
  message.field(tag::OrdStatus, '2').field(tag::ClOrdID, order.find(tag::ClOrdID).value_or("?")).field(tag::Symbol, "MSFT").field(tag::Side, '1');
  message.field(tag::OrderQty, 100).field(tag::LeavesQty, 0).field(tag::CumQty, 100).field(tag::AvgPx, "25.5");
  return message.build().message;
}

// Tells what happens, and fills every order it gets.
class party final : public actors::application {
 public:
  void on_logon(actors::session_reference&) override { say("logon"); }
  void on_logout(actors::session_reference&, end_reason, std::string_view) override { say("logout"); }
  actors::handling on_message(actors::session_reference& session, const message_view& message, const actors::message_info&) override {
    std::string text{message.frame()};
    std::ranges::replace(text, '\x01', '|');
    say("in " + text);
    if (message.msg_type() == msg_type::NewOrderSingle) (void)session.submit(execution(message, "T" + std::to_string(++executions_)), next_token());
    return actors::handling::handled;
  }
  void on_outcome(actors::session_reference&, const actors::submit_outcome& outcome) override {
    if (outcome.refused) say("refused " + std::to_string(outcome.token.value));
  }

 private:
  int executions_ = 0;
};

std::string begin_string_of(char** argv) { return argv[5] != nullptr ? argv[5] : "FIX.4.2"; }

std::shared_ptr<const dictionary> load(const std::filesystem::path& file) {
  const auto read = actors::load_dictionary(file);
  if (!read.made) throw std::runtime_error{"no dictionary: " + file.string()};
  return read.made;
}

actors::engine_config config_of(char** argv) {
  const auto port = static_cast<std::uint16_t>(std::stoul(argv[2]));
  actors::session_spec session;
  session.config.id = {begin_string_of(argv), argv[3], argv[4], ""};
  if (argv[5] != nullptr) {  // FIXT.1.1, DefaultApplVerID(1137), folder of dictionaries
    const std::filesystem::path folder{argv[7]};
    const auto transport = load(folder / "FIXT11.xml"), application = load(folder / *actors::standard_dictionary_name(application_version(argv[6])));
    session.config.default_appl_ver_id = argv[6];
    session.config.dictionaries = {transport, application, {{argv[6], application}}};
  }
  session.config.role = argv[1] == std::string{"acceptor"} ? role::acceptor : role::initiator;
  session.store = "memory";
  session.back_off.base = session.back_off.cap = std::chrono::seconds{1};
  session.application = actors::hosted([](const session_id&) { return std::make_unique<party>(); });
  actors::engine_config config;
  config.stores.push_back({"memory", [] { return std::make_shared<store::memory_store>(); }});
  if (session.config.role == role::acceptor) config.listen.push_back({"127.0.0.1", port});
  else session.hosts.push_back({"127.0.0.1", port});
  config.sessions.push_back(std::move(session));
  return config;
}

class commands {
 public:
  commands(actors::engine& engine, session_id id) : engine_(engine), id_(std::move(id)) {}

  // Until "quit" or the end of the input.
  void obey(std::istream& input) {
    for (std::string line; std::getline(input, line) && line != "quit";) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      say(carry_out(name, words) ? "done " + name : "unknown " + line);
    }
  }

 private:
  bool carry_out(const std::string& name, std::istream& words) {
    if (name == "orders") send_orders(words);
    else if (name == "numbers") say_numbers();
    else if (name == "logon") (void)engine_.tell(id_, actors::operator_command::logon);
    else if (name == "logout") (void)engine_.tell(id_, actors::operator_command::logout);
    else if (name == "reset") (void)engine_.tell(id_, actors::operator_command::reset);
    else return false;
    return true;
  }

  void send_orders(std::istream& words) {
    int count = 0;
    std::string prefix;
    words >> count >> prefix;
    auto session = engine_.session(id_);
    for (int i = 1; i <= count; ++i) (void)session.submit(order(prefix + std::to_string(i)), next_token());
  }

  void say_numbers() {
    const auto now = engine_.status().sessions.front().session;
    say("numbers " + std::to_string(now.next_sender.value) + " " + std::to_string(now.expected_target.value));
  }

  actors::engine& engine_;
  session_id id_;
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5 && argc != 8) {
    std::cerr << "usage: troupe_peer acceptor|initiator PORT SENDER TARGET [FIXT.1.1 DEFAULT_APPL_VER_ID DICTIONARIES]\n";
    return 64;
  }
  actors::engine engine{config_of(argv)};
  if (const auto up = engine.start(); !up.error.empty()) throw std::runtime_error{up.error};
  say("ready");
  commands{engine, {begin_string_of(argv), argv[3], argv[4], ""}}.obey(std::cin);
} catch (const std::exception& error) {
  std::cerr << "troupe_peer: " << error.what() << '\n';
  return 1;
}
