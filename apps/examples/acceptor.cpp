// A whole program on the engine: accepts FIX.4.2:VENUE->CLIENT on a port, keeps it in a file, fills every order.
//
//   troupe_example class|actor PORT FILE
#include "actors/engine.hpp"
#include "apps/examples/order_filler.hpp"
#include "apps/examples/order_filler_actor.hpp"
#include "store/open_store.hpp"

#include <csignal>
#include <iostream>

using namespace troupe;

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::cerr << "usage: troupe_example class|actor PORT FILE\n";
    return 2;
  }
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGINT);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, nullptr);  // before the engine starts its threads
  const std::string style = argv[1];
  // [main]
  actors::engine_config config;
  config.stores.push_back({"orders", [file = std::string{argv[3]}]() -> std::shared_ptr<store::message_store> {
                             return store::open_store({store::store_kind::sqlite, file});
                           }});
  actors::session_spec session;
  session.config.id = {"FIX.4.2", "VENUE", "CLIENT", ""};  // as we send: SenderCompID(49), TargetCompID(56)
  session.config.role = protocol::role::acceptor;
  session.store = "orders";
  if (style == "class") session.application = actors::hosted([](const auto&) { return std::make_unique<examples::order_filler>(); });
  else session.application = examples::order_filler_actors();
  config.sessions.push_back(session);
  config.listen.push_back({"127.0.0.1", static_cast<std::uint16_t>(std::stoul(argv[2]))});

  actors::engine engine{std::move(config)};
  const auto up = engine.start();
  if (!up.error.empty()) throw std::runtime_error{up.error};
  std::cout << "listening on port " << up.endpoints.front().port << std::endl;
  int signal = 0;
  sigwait(&end, &signal);
  engine.stop(std::chrono::seconds{10});  // says Logout(5), waits for the answer, writes what is to be written
  // [/main]
} catch (const std::exception& e) {
  std::cerr << "troupe_example: " << e.what() << '\n';
  return 1;
}
