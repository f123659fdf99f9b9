#include "apps/demo/stage.hpp"

#include "actors/session_group.hpp"
#include "apps/control_client.hpp"
#include "apps/demo/stored.hpp"
#include "store/open_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace troupe::demo {

using namespace std::chrono_literals;

std::vector<std::string> last_messages::list() const {
  const std::lock_guard lock{mutex_};
  return {lines_.begin(), lines_.end()};
}

void last_messages::keep(std::string_view way, std::string_view bytes) noexcept {
  try {
    std::string line{way};
    line += bytes.substr(0, 240);
    std::replace(line.begin(), line.end(), '\x01', '|');
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    if (lines_.size() > most) lines_.pop_front();
  } catch (...) {  // no memory: one line less
  }
}

stage::stage(std::filesystem::path folder, bool is_lying) : venue(folder, is_lying), folder_(std::move(folder)) {
  venue.start();
  engine_ = std::make_unique<actors::engine>(config());
  if (const auto up = engine_->start(); !up.error.empty()) throw std::runtime_error{up.error};
}

actors::engine_config stage::config() {
  actors::engine_config c;
  c.stores.push_back({"buyer", [this]() -> std::shared_ptr<store::message_store> {
                        return switched(store::open_store({store::store_kind::sqlite, (folder_ / "buyer.db").string()}), store);
                      }, 0});
  actors::session_spec s;
  s.config.id = buyer_id;
  s.config.role = protocol::role::initiator;
  s.store = "buyer";
  s.hosts = {{"127.0.0.1", venue.port()}};
  s.back_off = {.base = 100ms, .cap = 1s, .growth = 2, .jitter = 0.2, .stable_after = 1s};
  s.application = actors::hosted([this](const auto&) { return std::make_unique<order_flow>(counts, folder_ / "buyer.ledger", folder_ / "buyer.accepted"); });
  c.sessions.push_back(std::move(s));
  c.decorate_network = losing(wire);
  c.messages = &messages;
  return c;
}

void stage::submit(std::uint64_t orders) {
  auto session = engine_->session(buyer_id);
  for (; orders > 0; --orders) {
    const auto n = counts.submitted + 1;
    if (session.submit(make_order(n), protocol::submit_token{n}) != actors::submit_result::taken) return;
    counts.submitted = n;
  }
}

actors::group_status stage::buyer() const { return engine_->status().sessions.front(); }

verdict stage::compare_all() const {
  const auto orders_sent = read_sent((folder_ / "buyer.db").string());
  const auto reports_sent = read_sent((folder_ / "venue.db").string());
  const auto orders_arrived = ledger::read(folder_ / "venue.ledger");
  const auto reports_arrived = ledger::read(folder_ / "buyer.ledger");
  const auto orders_accepted = ledger::read(folder_ / "buyer.accepted");
  return compare_accepted(orders_accepted, orders_sent) + compare(orders_sent, orders_arrived) + compare(reports_sent, reports_arrived) +
         compare_answers(orders_arrived, reports_sent);
}

std::vector<side_view> stage::sides() {
  const auto b = buyer();
  side_view ours{"buyer (this process)", std::string{protocol::to_string(b.session.state)}, std::string{to_string(b.group)}, b.session.next_sender.value,
                 b.session.expected_target.value, b.restarts, b.connects, b.reason};
  return {std::move(ours), ask_venue()};
}

side_view stage::ask_venue() {
  side_view v;
  v.name = "venue (process " + std::to_string(venue.pid()) + ")";
  try {
    const auto answer = nlohmann::json::parse(apps::ask(venue.control_socket(), R"({"ask":"status"})", 200ms));
    const auto& s = answer.at("sessions").at(0);
    v.state = s.at("state");
    v.supervision = s.at("supervision");
    v.next_out = s.at("next_sender");
    v.next_in = s.at("next_target");
    v.restarts = s.at("restarts");
    v.connects = s.at("connects");
    v.note = s.at("reason");
  } catch (const std::exception&) {
    v.state = "does not answer";
  }
  return v;
}

bool stage::stop() {
  const bool was_orderly = engine_->stop(5s).cut == 0;
  return venue.stop(5s) && was_orderly;
}

}  // namespace troupe::demo
