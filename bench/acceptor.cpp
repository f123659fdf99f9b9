// An acceptor on our engine for the load client: acceptor --port P --store memory|FILE [--silent]
//
// Answers each order with an execution report; silent, it takes them without an answer.
#include "actors/engine.hpp"
#include "protocol/tags.hpp"
#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace troupe;
using namespace troupe::protocol;

struct options {
  std::uint16_t port = 0;
  std::string store = "memory";
  bool is_silent = false;
};

class executor final : public actors::application {
 public:
  explicit executor(bool is_silent) : is_silent_(is_silent) {}

  actors::handling on_message(actors::session_reference& session, const message_view& message, const actors::message_info&) override {
    if (message.msg_type() != msg_type::NewOrderSingle) return actors::handling::unsupported;
    if (!is_silent_) (void)session.submit({"8", {}, report_of(message)}, submit_token{++last_});
    return actors::handling::handled;
  }

 private:
  [[nodiscard]] std::string report_of(const message_view& order) const {
    const std::string number = std::to_string(last_ + 1);
    std::string body;
    body.reserve(256);
    const auto field = [&body](std::string_view tag, std::string_view value) { body.append(tag).append(value).push_back('\x01'); };
    const auto copied = [&](std::uint32_t tag) { return order.find(tag).value_or(""); };
    field("37=X", number);
    field("17=E", number);
    field("20=", "0");
    field("150=", "2");
    field("39=", "2");
    field("11=", copied(tag::ClOrdID));
    field("55=", copied(tag::Symbol));
    field("54=", copied(tag::Side));
    field("38=", copied(tag::OrderQty));
    field("32=", copied(tag::OrderQty));
    field("31=", copied(tag::Price));
    field("151=", "0");
    field("14=", copied(tag::OrderQty));
    field("6=", copied(tag::Price));
    field("60=", copied(tag::TransactTime));
    return body;
  }

  bool is_silent_;
  std::uint64_t last_ = 0;
};

actors::engine_config config_of(const options& o) {
  actors::engine_config config;
  config.stores.push_back({"store", [path = o.store]() -> std::shared_ptr<store::message_store> {
                             if (path == "memory") return std::make_shared<store::memory_store>();
                             return std::make_shared<store::sqlite_store>(path);
                           }});
  config.listen.push_back({"127.0.0.1", o.port});
  actors::session_spec session;
  session.config.id = {"FIX.4.2", "SERVER", "C00001", ""};
  session.config.role = role::acceptor;
  session.store = "store";
  session.application = actors::hosted([silent = o.is_silent](const session_id&) { return std::make_unique<executor>(silent); });
  config.sessions.push_back(std::move(session));
  return config;
}

}  // namespace

int main(int argc, char** argv) try {
  options o;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--silent") o.is_silent = true;
    else if (argument == "--port" && i + 1 < argc) o.port = static_cast<std::uint16_t>(std::stoul(argv[++i]));
    else if (argument == "--store" && i + 1 < argc) o.store = argv[++i];
    else return std::fputs("usage: acceptor --port P --store memory|FILE [--silent]\n", stderr), 64;
  }
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);  // before any thread starts
  actors::engine engine{config_of(o)};
  if (const auto up = engine.start(); !up.error.empty()) throw std::runtime_error{up.error};
  std::cout << "ready" << std::endl;
  int which = 0;
  sigwait(&stop, &which);
} catch (const std::exception& error) {
  std::cerr << "acceptor: " << error.what() << '\n';
  return 1;
}
