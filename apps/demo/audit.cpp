#include "apps/demo/audit.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace troupe::demo {

namespace {

std::string name(protocol::seq_num number, const std::string& id) { return id + " (MsgSeqNum " + std::to_string(number.value) + ")"; }

// What is known of one business id on the receiving side.
struct receipt {
  std::uint64_t unmarked = 0;
  std::uint64_t marked = 0;
  protocol::seq_num number{};
  bool is_told = false;  // as one of two under its number
};

std::map<std::string, receipt> collect(const std::vector<arrival>& arrived, verdict& v) {
  std::map<std::string, receipt> receipts;
  std::map<protocol::seq_num, std::string> owner;
  protocol::seq_num highest{};
  for (const auto& entry : arrived) {
    auto& r = receipts[entry.id];
    const bool is_first = r.unmarked + r.marked == 0;
    ++(entry.is_marked ? r.marked : r.unmarked);
    const auto [at, is_new] = owner.try_emplace(entry.number, entry.id);
    const bool is_second = !is_new && at->second != entry.id;
    if (is_second) v.reused.push_back(name(entry.number, at->second) + " and " + entry.id);
    r.is_told = r.is_told || is_second;
    if (!is_first) continue;
    r.number = entry.number;
    if (entry.number < highest) v.out_of_order.push_back(name(entry.number, entry.id));
    highest = std::max(highest, entry.number);
  }
  return receipts;
}

// What arrived and is not stored: either nothing is under its number, or something else.
void tell_unknown(const std::map<std::string, receipt>& receipts, const std::vector<stored_message>& sent, verdict& v) {
  std::map<protocol::seq_num, std::string> stored;
  if (!receipts.empty())
    for (const auto& message : sent) stored.emplace(message.number, message.id);
  for (const auto& [id, r] : receipts) {
    if (r.is_told) continue;
    const auto at = stored.find(r.number);
    if (at == stored.end()) v.unknown.push_back(name(r.number, id));
    else v.reused.push_back(name(r.number, at->second) + " arrived as " + id);
  }
}

}  // namespace

verdict compare(const std::vector<stored_message>& sent, const std::vector<arrival>& arrived) {
  verdict v;
  auto receipts = collect(arrived, v);
  for (const auto& message : sent) {
    ++v.compared;
    const auto at = receipts.find(message.id);
    if (at == receipts.end()) {
      v.lost.push_back(name(message.number, message.id));
      continue;
    }
    const auto& r = at->second;
    if (r.unmarked > 1) v.duplicated.push_back(name(message.number, message.id));
    if (r.number != message.number) v.reused.push_back(name(message.number, message.id) + " arrived as " + std::to_string(r.number.value));
    v.redelivered += r.marked;
    receipts.erase(at);
  }
  tell_unknown(receipts, sent, v);
  return v;
}

verdict compare_answers(const std::vector<arrival>& orders, const std::vector<stored_message>& answers) {
  verdict v;
  std::map<std::string, std::uint64_t> count;
  for (const auto& answer : answers) ++count[answer.answers];
  std::set<std::string> seen;
  for (const auto& order : orders) {
    if (!seen.insert(order.id).second) continue;
    ++v.compared;
    const auto n = count[order.id];
    if (n == 0) v.lost.push_back("the answer to " + name(order.number, order.id));
    if (n > 1) v.duplicated.push_back("the answer to " + name(order.number, order.id));
  }
  return v;
}

verdict compare_accepted(const std::vector<arrival>& accepted, const std::vector<stored_message>& sent, std::string_view why) {
  verdict v;
  std::map<std::string, protocol::seq_num> stored;
  for (const auto& message : sent) stored.emplace(message.id, message.number);
  for (const auto& told : accepted) {
    ++v.compared;
    const auto at = stored.find(told.id);
    if (at == stored.end()) v.lost.push_back(name(told.number, told.id) + ", " + std::string{why});
    else if (at->second != told.number) v.reused.push_back(name(told.number, told.id) + " is stored as " + std::to_string(at->second.value));
  }
  return v;
}

verdict operator+(verdict left, const verdict& right) {
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  left.compared += right.compared;
  left.redelivered += right.redelivered;
  append(left.lost, right.lost);
  append(left.duplicated, right.duplicated);
  append(left.out_of_order, right.out_of_order);
  append(left.reused, right.reused);
  append(left.unknown, right.unknown);
  return left;
}

std::string to_string(const verdict& v) {
  const auto part = [](std::size_t n, const char* what) { return std::to_string(n) + what; };
  return part(v.compared, " messages compared: ") + part(v.lost.size(), " lost, ") + part(v.duplicated.size(), " duplicated, ") +
         part(v.out_of_order.size(), " out of order, ") + part(v.reused.size(), " numbers reused, ") +
         part(v.unknown.size(), " unknown to the sender (") + part(v.redelivered, " redelivered, marked)");
}

}  // namespace troupe::demo
