// With troupe::actors: two engines on this machine log on, and an order gets across.
#include "actors/engine.hpp"
#include "store/memory_store.hpp"

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <utility>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

class buyer final : public actors::application {
 public:
  void on_logon(actors::session_reference& session) override { (void)session.submit({"D", "", "11=A1\x01"}, protocol::submit_token{1}); }
  actors::handling on_message(actors::session_reference&, const protocol::message_view&, const actors::message_info&) override {
    return actors::handling::unsupported;
  }
};

class seller final : public actors::application {
 public:
  explicit seller(std::promise<std::string>& order) : order_(order) {}
  actors::handling on_message(actors::session_reference&, const protocol::message_view& order, const actors::message_info&) override {
    order_.set_value(std::string{order.find(11).value_or("")});
    return actors::handling::handled;
  }

 private:
  std::promise<std::string>& order_;
};

actors::engine_config engine_of(const protocol::session_id& id, actors::application_source application) {
  actors::engine_config config;
  config.stores.push_back({"memory", [] { return std::make_shared<store::memory_store>(); }});
  actors::session_spec session;
  session.config.id = id;
  session.store = "memory";
  session.application = std::move(application);
  config.sessions.push_back(std::move(session));
  return config;
}

int failed(const char* what, const std::string& why) {
  std::fprintf(stderr, "%s: %s\n", what, why.c_str());
  return 1;
}

}  // namespace

int main() {
  std::promise<std::string> heard;

  auto acceptor = engine_of({"FIX.4.2", "SELL", "BUY", ""}, actors::hosted([&](const auto&) { return std::make_unique<seller>(heard); }));
  acceptor.sessions.front().config.role = protocol::role::acceptor;
  acceptor.listen = {{"127.0.0.1", 0}};
  actors::engine sells{std::move(acceptor)};
  const auto up = sells.start();
  if (!up.error.empty()) return failed("acceptor", up.error);

  auto initiator = engine_of({"FIX.4.2", "BUY", "SELL", ""}, actors::hosted([](const auto&) { return std::make_unique<buyer>(); }));
  initiator.sessions.front().hosts = {{"127.0.0.1", up.endpoints.front().port}};
  actors::engine buys{std::move(initiator)};
  if (const auto started = buys.start(); !started.error.empty()) return failed("initiator", started.error);

  auto order = heard.get_future();
  if (order.wait_for(30s) != std::future_status::ready) return failed("order", "did not arrive within 30 s");
  if (const auto id = order.get(); id != "A1") return failed("order", "arrived as " + id);
  buys.stop();
  sells.stop();
  return 0;
}
