#include "actors/status_json.hpp"

#include "actors/session_group.hpp"

#include <nlohmann/json.hpp>

namespace troupe::actors {
namespace {

nlohmann::ordered_json to_json(const group_status& g, steady_time now) {
  nlohmann::ordered_json j;
  j["session"] = to_string(g.id);
  j["begin_string"] = g.id.begin_string;
  j["sender_comp_id"] = g.id.sender_comp_id;
  j["target_comp_id"] = g.id.target_comp_id;
  j["qualifier"] = g.id.qualifier;
  j["role"] = g.role == protocol::role::initiator ? "initiator" : "acceptor";
  j["supervision"] = to_string(g.group);
  j["state"] = protocol::to_string(g.session.state);
  j["next_sender"] = g.session.next_sender.value;
  j["next_target"] = g.session.expected_target.value;
  j["handled_target"] = g.session.handled_target.value;
  j["generation"] = g.session.generation.value;
  j["incarnation"] = g.session.incarnation.value;
  j["peer"] = g.peer;
  j["reason"] = g.reason;
  j["restarts"] = g.restarts;
  j["connects"] = g.connects;
  j["messages_in"] = g.messages_in;
  j["messages_out"] = g.messages_out;
  j["parked"] = g.session.parked;
  j["parked_bytes"] = g.session.parked_bytes;
  if (g.session.parked > 0) j["parked_oldest_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(g.session.oldest_parked).count();
  else j["parked_oldest_ms"] = nullptr;
  const auto wait = g.retry_at ? std::max(steady_time{}, *g.retry_at - now) : steady_time{};
  if (g.retry_at) j["retry_in_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  else j["retry_in_ms"] = nullptr;
  return j;
}

}  // namespace

nlohmann::ordered_json to_json(const engine_status& status, steady_time now) {
  nlohmann::ordered_json j;
  j["sessions"] = nlohmann::ordered_json::array();
  for (const auto& g : status.sessions) j["sessions"].push_back(to_json(g, now));
  j["ports"] = nlohmann::ordered_json::array();
  for (const auto& e : status.endpoints)
    if (e.error.empty()) j["ports"].push_back(e.port);
  j["problems"] = status.problems;
  return j;
}

}  // namespace troupe::actors
