// The other side of a fake wire, played by a test: no actor, no FIX, only bytes.
//
//   fake_peer peer{reactor, "venue", 9876};   // connects to whoever listens
//   reactor.run();
//   peer.send("8=FIX.4.2|9=…|");              // as it is
//   reactor.run();
//   BOOST_TEST(peer.take() == …);             // all that has come since the last take
#pragma once

#include "actors/link.hpp"
#include "actors/virtual_reactor.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::actors {

class fake_peer {
 public:
  fake_peer(virtual_reactor& home, const std::string& host, std::uint16_t port);
  fake_peer(virtual_reactor& home, const link_ptr& end);
  // Listens, and plays the first one who connects.
  [[nodiscard]] static fake_peer listening(virtual_reactor& home, std::uint16_t port);
  ~fake_peer();
  fake_peer(fake_peer&&) noexcept;
  fake_peer& operator=(fake_peer&&) noexcept;

  // What the wire does not take now follows as it can.
  void send(std::string_view bytes);
  [[nodiscard]] std::string take();
  void read(bool on);  // off: lets what comes pile up in the wire
  void close();
  // Called when something has come, after it was added to what `take` gives.
  void on_bytes(std::function<void()> then);

  [[nodiscard]] bool is_connected() const;       // was, and has heard no end since
  [[nodiscard]] std::size_t unsent() const;
  [[nodiscard]] const std::string& error() const;  // of the connect or the stream

 private:
  struct impl;
  explicit fake_peer(std::shared_ptr<impl> i);
  std::shared_ptr<impl> impl_;
};

}  // namespace troupe::actors
