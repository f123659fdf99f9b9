// The network of virtual reactors: wires between fake ends, with the faults of real ones. All deterministic.
//
//   auto& net = reactor.fake_net();
//   net.defaults().delay = 5ms;                    // of wires made from now on
//   fake_peer peer{reactor, "venue", 9876};        // a peer that is no actor: fake_peer.hpp
//   auto& wire = net.last_wire();
//   wire.to_acceptor().drop(40);                   // the next 40 bytes never arrive
//   wire.to_acceptor().split({1, 7, 100});         // what the next reads get at most
//   wire.cut();                                    // both ends see a reset
//
// Bytes arrive in order. Without delay they are there at once (`run` suffices); with it, when time has passed (`advance`).
#pragma once

#include "actors/io_wait.hpp"
#include "actors/link.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

class virtual_world;

struct fake_wire_settings {
  protocol::steady_time delay{};               // of every byte …
  protocol::steady_time jitter{};              // … plus up to so much, drawn from the seed; order is kept
  std::size_t window = 256 * 1024;             // bytes under way and unread; beyond it writes would block
  std::size_t max_read = ~std::size_t{0};      // no read gets more at once
};

// One direction of a wire, seen by whoever plays tricks on it.
class fake_direction {
 public:
  void set(const fake_wire_settings& s) { settings_ = s; }
  [[nodiscard]] fake_wire_settings& settings() { return settings_; }
  void drop(std::size_t bytes) { drop_ += bytes; }      // the next ones that are written vanish
  void repeat(std::size_t bytes) { repeat_ += bytes; }  // the next ones arrive twice, one write after itself
  void split(std::vector<std::size_t> reads) { split_.insert(split_.end(), reads.begin(), reads.end()); }
  void split_randomly(bool on) { is_split_randomly_ = on; }  // every read gets 1 … all bytes
  // Writes go well and nothing arrives, not even the end: a peer that lost its power.
  void black_hole(bool on = true) { is_black_hole_ = on; }

  [[nodiscard]] std::uint64_t bytes_written() const { return written_; }
  [[nodiscard]] std::size_t bytes_unread() const { return arrived_.size() + under_way_; }

 private:
  friend class fake_wire;
  fake_wire_settings settings_;
  std::string arrived_;
  std::size_t under_way_ = 0;
  protocol::steady_time last_arrival_{};
  std::size_t drop_ = 0;
  std::size_t repeat_ = 0;
  std::deque<std::size_t> split_;
  bool is_split_randomly_ = false;
  bool is_black_hole_ = false;
  bool has_ended_ = false;
  std::uint64_t written_ = 0;
};

class fake_wire : public std::enable_shared_from_this<fake_wire> {
 public:
  enum class side : std::uint8_t { connector, acceptor };

  fake_wire(virtual_world& world, const fake_wire_settings& settings);

  [[nodiscard]] fake_direction& to_acceptor() { return directions_[0]; }
  [[nodiscard]] fake_direction& to_connector() { return directions_[1]; }
  // Both ends see a reset; what is under way is lost.
  void cut(const std::string& why = "Connection reset by peer");
  // Both directions become black holes.
  void half_open();
  [[nodiscard]] bool is_open() const { return cut_.empty() && !ends_[0].is_closed && !ends_[1].is_closed; }

  // -- for the ends
  void attach(side s, reactor* home) { end(s).home = home; }
  [[nodiscard]] io_result read(side s, std::span<char> into);
  [[nodiscard]] io_result write(side s, std::span<const std::string_view> parts);
  void on_readable(side s, stream::callback then) { end(s).readable.what.set(std::move(then)); }
  void on_writable(side s, stream::callback then) { end(s).writable.what.set(std::move(then)); }
  void await_readable(side s);
  void await_writable(side s);
  void forget_waits(side s);
  void close(side s);

 private:
  struct wait {
    io_wait what;
    bool is_waking = false;
  };
  struct wire_end {
    reactor* home = nullptr;
    wait readable;
    wait writable;
    bool is_closed = false;
  };
  static side other(side s) { return s == side::connector ? side::acceptor : side::connector; }
  [[nodiscard]] wire_end& end(side s) { return ends_[static_cast<std::size_t>(s)]; }
  [[nodiscard]] fake_direction& out_of(side s) { return directions_[static_cast<std::size_t>(s)]; }
  [[nodiscard]] fake_direction& into(side s) { return out_of(other(s)); }
  [[nodiscard]] bool is_readable(side s) { return !into(s).arrived_.empty() || into(s).has_ended_ || !cut_.empty(); }
  [[nodiscard]] bool is_writable(side s);
  [[nodiscard]] protocol::steady_time arrival(fake_direction& d);
  void arrive(side from, std::string bytes);
  void wake(side s, wait wire_end::*which, bool is_ready);
  void wake_reader(side s) { wake(s, &wire_end::readable, is_readable(s)); }
  void wake_writer(side s) { wake(s, &wire_end::writable, is_writable(s)); }

  virtual_world& world_;
  std::string cut_;
  fake_direction directions_[2];  // by the side that writes
  wire_end ends_[2];
};

class fake_network final : public network {
 public:
  explicit fake_network(virtual_world& world) : world_(world) {}

  listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) override;
  // Who is called sees the source of `where` as its peer, "fake" and a port if there is none.
  std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) override;

  [[nodiscard]] fake_wire_settings& defaults() { return defaults_; }
  // Connects to this host get no answer, not even a refusal.
  void black_hole(const std::string& host, bool on = true) { black_holes_[host] = on; }
  // All wires made so far, oldest first.
  [[nodiscard]] const std::vector<std::shared_ptr<fake_wire>>& wires() const { return wires_; }
  [[nodiscard]] fake_wire& last_wire() { return *wires_.at(wires_.size() - 1); }
  // Whether somebody listens there.
  [[nodiscard]] bool is_listening(std::uint16_t port) const { return listeners_.contains(port); }
  // Both ends of a wire, for tests that put a link into an actor by hand.
  [[nodiscard]] std::pair<link_ptr, link_ptr> make_wire();

 private:
  friend class fake_listener;
  struct listening_port {
    reactor* home = nullptr;
    on_accept accept;
  };
  void answer(const connect_place& where, const std::shared_ptr<struct fake_connect>& c);

  virtual_world& world_;
  fake_wire_settings defaults_;
  std::map<std::uint16_t, std::shared_ptr<listening_port>> listeners_;  // hosts are only names here: a port listens on all
  std::map<std::string, bool> black_holes_;
  std::vector<std::shared_ptr<fake_wire>> wires_;
  std::uint16_t next_port_ = 49152;
};

}  // namespace troupe::actors
