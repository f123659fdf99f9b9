// Actors that note what they are told, for tests that look at one actor from outside.
#pragma once

#include "actors/deliver.hpp"
#include "actors/messages.hpp"
#include "actors/pinned.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors::test {

// Wire text with SOH for '|'.
inline std::string wire(std::string text) {
  for (auto& c : text) {
    if (c == '|') c = '\1';
  }
  return text;
}

// A whole frame around these body fields ("35=D|34=2|…|"): BodyLength(9) and CheckSum(10) are true.
inline std::string frame(const std::string& body, const std::string& begin_string = "FIX.4.2") {
  const auto fields = wire(body);
  auto text = wire("8=" + begin_string + "|9=" + std::to_string(fields.size()) + "|") + fields;
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  const auto digits = std::to_string(1000 + sum % 256).substr(1);
  return text + wire("10=" + digits + "|");
}

// What a session sees of its connection.
struct seen_by_session {
  std::vector<std::string> events;   // "up peer", "down reason"
  std::vector<std::string> frames;   // copies
  std::vector<received> kept;        // with their blocks, if is_keeping
  std::vector<std::uint64_t> unwritten;
  std::uint64_t bytes = 0;
  bool is_keeping = false;
  bool is_returning_credit = true;
  connection_actor connection;
  std::function<void(const received&)> on_received;
};

class session_probe {
 public:
  using handle_type = connection_client;
  using pointer = pinned<connection_client::base>*;

  session_probe(pointer self, seen_by_session* seen) : self_(self), seen_(seen) {}

  connection_client::behavior_type make_behavior() {
    return {[this](const link_up& m) { seen_->events.push_back("up " + m.peer); },
            [this](const received& m) { take(m); },
            [this](const wrote& m) { seen_->unwritten.push_back(m.unwritten); },
            [this](const link_down& m) { seen_->events.push_back("down " + m.reason); }};
  }

 private:
  void take(const received& m) {
    for (const auto& f : m.frames) {
      seen_->frames.push_back((f.error == protocol::framing_error::none ? "" : "garbled:") + std::string{f.bytes});
    }
    seen_->bytes += m.bytes;
    if (seen_->is_keeping) seen_->kept.push_back(m);
    if (seen_->is_returning_credit) deliver(self_, seen_->connection, consumed{m.epoch, m.bytes});
    if (seen_->on_received) seen_->on_received(m);
  }

  pointer self_;
  seen_by_session* seen_;
};

inline protocol::commit_ptr batch_of(connection_epoch epoch, std::vector<std::string> ranges, bool close = false) {
  auto b = std::make_shared<protocol::commit_batch>();
  b->epoch = epoch;
  b->close_after_flush = close;
  for (const auto& r : ranges) {
    b->transmit.push_back({static_cast<std::uint32_t>(b->bytes.size()), static_cast<std::uint32_t>(r.size())});
    b->bytes += r;
  }
  return b;
}

}  // namespace troupe::actors::test
