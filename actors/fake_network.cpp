#include "actors/fake_network.hpp"

#include "actors/reactor.hpp"
#include "actors/virtual_world.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace troupe::actors {
namespace {

class fake_stream final : public stream {
 public:
  fake_stream(std::shared_ptr<fake_wire> wire, fake_wire::side side) : wire_(std::move(wire)), side_(side) {}
  ~fake_stream() override {
    if (wire_) wire_->close(side_);
  }
  fake_stream(const fake_stream&) = delete;
  fake_stream& operator=(const fake_stream&) = delete;

  io_result read(std::span<char> into) override { return wire_->read(side_, into); }
  io_result write(std::span<const std::string_view> parts) override { return wire_->write(side_, parts); }
  void on_readable(callback then) override { wire_->on_readable(side_, std::move(then)); }
  void on_writable(callback then) override { wire_->on_writable(side_, std::move(then)); }
  void await_readable() override { wire_->await_readable(side_); }
  void await_writable() override { wire_->await_writable(side_); }
  void close_gently() override { wire_->close(side_); }
  void close_hard() override {
    wire_->close(side_);
    wire_->cut();
  }
  link_ptr detach() override;

 private:
  std::shared_ptr<fake_wire> wire_;
  fake_wire::side side_;
};

class fake_link final : public link {
 public:
  fake_link(std::shared_ptr<fake_wire> wire, fake_wire::side side) : wire_(std::move(wire)), side_(side) {}
  ~fake_link() override {
    if (wire_) wire_->close(side_);
  }
  fake_link(const fake_link&) = delete;
  fake_link& operator=(const fake_link&) = delete;

  std::unique_ptr<stream> attach(reactor& home) override {
    if (!wire_) throw std::logic_error{"a link is attached once"};
    wire_->attach(side_, &home);
    return std::make_unique<fake_stream>(std::exchange(wire_, nullptr), side_);
  }

 private:
  std::shared_ptr<fake_wire> wire_;
  fake_wire::side side_;
};

link_ptr fake_stream::detach() {
  wire_->forget_waits(side_);
  wire_->attach(side_, nullptr);
  return std::make_shared<fake_link>(std::exchange(wire_, nullptr), side_);
}

}  // namespace

// ------------------------------------------------------------------ wire

fake_wire::fake_wire(virtual_world& world, const fake_wire_settings& settings) : world_(world) {
  for (auto& d : directions_) d.set(settings);
}

void fake_wire::cut(const std::string& why) {
  if (!cut_.empty()) return;
  cut_ = why;
  for (auto& d : directions_) d.arrived_.clear();
  for (const auto s : {side::connector, side::acceptor}) {
    wake_reader(s);
    wake_writer(s);
  }
}

void fake_wire::half_open() {
  for (auto& d : directions_) d.black_hole();
}

io_result fake_wire::read(side s, std::span<char> into_buffer) {
  if (!cut_.empty()) return {io_status::failed, 0, cut_};
  auto& d = into(s);
  if (d.arrived_.empty()) return {d.has_ended_ ? io_status::end : io_status::would_block, 0, {}};
  auto n = std::min({d.arrived_.size(), into_buffer.size(), d.settings_.max_read});
  if (!d.split_.empty()) {
    n = std::min(n, std::max<std::size_t>(1, d.split_.front()));
    d.split_.pop_front();
  } else if (d.is_split_randomly_) {
    n = 1 + world_.random()() % n;
  }
  std::memcpy(into_buffer.data(), d.arrived_.data(), n);
  d.arrived_.erase(0, n);
  wake_writer(other(s));
  return {io_status::done, n, {}};
}

io_result fake_wire::write(side s, std::span<const std::string_view> parts) {
  if (!cut_.empty()) return {io_status::failed, 0, cut_};
  auto& d = out_of(s);
  if (end(other(s)).is_closed && !d.is_black_hole_) return {io_status::failed, 0, "Broken pipe"};
  auto room = d.settings_.window - std::min(d.settings_.window, d.bytes_unread());
  std::string bytes;
  for (const auto part : parts) {
    const auto n = std::min(room, part.size());
    bytes += part.substr(0, n);
    room -= n;
  }
  if (bytes.empty()) return {};
  const auto taken = bytes.size();
  d.written_ += taken;
  const auto dropped = std::min(d.drop_, bytes.size());
  d.drop_ -= dropped;
  bytes.erase(0, dropped);
  const auto repeated = std::min(d.repeat_, bytes.size());
  d.repeat_ -= repeated;
  bytes += bytes.substr(0, repeated);
  if (!d.is_black_hole_ && !bytes.empty()) arrive(s, std::move(bytes));
  return {io_status::done, taken, {}};
}

protocol::steady_time fake_wire::arrival(fake_direction& d) {
  auto at = world_.now().steady + d.settings_.delay;
  if (d.settings_.jitter.count() > 0) at += protocol::steady_time{static_cast<std::int64_t>(world_.random()() % static_cast<std::uint64_t>(d.settings_.jitter.count()))};
  return d.last_arrival_ = std::max(at, d.last_arrival_);
}

// An empty string is the end.
void fake_wire::arrive(side from, std::string bytes) {
  auto& d = out_of(from);
  const auto come = [this, from, &d](const std::string& b) {
    d.arrived_ += b;
    if (b.empty()) d.has_ended_ = true;
    wake_reader(other(from));
  };
  const auto at = arrival(d);
  if (at <= world_.now().steady && d.under_way_ == 0) return come(bytes);
  d.under_way_ += bytes.size();
  world_.schedule(at, [keep = shared_from_this(), &d, come, bytes = std::move(bytes)] {
    d.under_way_ -= bytes.size();
    if (!d.is_black_hole_) come(bytes);
  });
}

bool fake_wire::is_writable(side s) {
  const auto& d = out_of(s);
  return !cut_.empty() || end(other(s)).is_closed || d.bytes_unread() < d.settings_.window;
}

void fake_wire::await_readable(side s) {
  end(s).readable.what.want();
  wake_reader(s);
}

void fake_wire::await_writable(side s) {
  end(s).writable.what.want();
  wake_writer(s);
}

void fake_wire::forget_waits(side s) {
  end(s).readable.what.forget();
  end(s).writable.what.forget();
}

void fake_wire::wake(side s, wait wire_end::*which, bool is_ready) {
  auto& e = end(s);
  auto& w = e.*which;
  if (!is_ready || !e.home || !w.what.is_wanted() || w.is_waking) return;
  w.is_waking = true;
  e.home->post([this, keep = shared_from_this(), s, which, home = e.home] {
    auto& woken = end(s).*which;
    woken.is_waking = false;
    if (end(s).home == home) return woken.what.fire();
    wake(s, which, true);  // moved to another reactor meanwhile
  });
}

void fake_wire::close(side s) {
  if (std::exchange(end(s).is_closed, true)) return;
  forget_waits(s);
  end(s).home = nullptr;
  into(s).arrived_.clear();
  if (!out_of(s).is_black_hole_) {
    arrive(s, {});
    wake_writer(other(s));
  }
}

// ------------------------------------------------------------------ network

struct fake_connect {
  reactor* home = nullptr;
  network::on_connect done;
};

namespace {

class fake_attempt final : public connect_attempt {
 public:
  explicit fake_attempt(std::shared_ptr<fake_connect> c) : connect_(std::move(c)) {}
  ~fake_attempt() override { connect_->done = nullptr; }
  fake_attempt(const fake_attempt&) = delete;
  fake_attempt& operator=(const fake_attempt&) = delete;

 private:
  std::shared_ptr<fake_connect> connect_;
};

}  // namespace

class fake_listener final : public listener {
 public:
  fake_listener(fake_network& net, std::uint16_t port) : net_(net), port_(port) {}
  ~fake_listener() override {
    net_.listeners_[port_]->home = nullptr;
    net_.listeners_.erase(port_);
  }
  fake_listener(const fake_listener&) = delete;
  fake_listener& operator=(const fake_listener&) = delete;
  [[nodiscard]] std::uint16_t port() const override { return port_; }

 private:
  fake_network& net_;
  std::uint16_t port_;
};

listen_result fake_network::listen(reactor& home, const listen_place& where, on_accept accept, on_trouble) {
  const auto port = where.port == 0 ? next_port_++ : where.port;
  if (listeners_.contains(port)) {
    return {nullptr, "cannot listen on " + where.host + ":" + std::to_string(port) + ": Address already in use; choose another port"};
  }
  listeners_[port] = std::make_shared<listening_port>(listening_port{&home, std::move(accept)});
  return {std::make_unique<fake_listener>(*this, port), {}};
}

std::unique_ptr<connect_attempt> fake_network::connect(reactor& home, const connect_place& where, on_connect done) {
  auto c = std::make_shared<fake_connect>(fake_connect{&home, std::move(done)});
  const auto ask = [this, where, c] { answer(where, c); };
  if (defaults_.delay.count() > 0) {
    world_.schedule(world_.now().steady + defaults_.delay, [&home, ask] { home.post(ask); });
  } else {
    home.post(ask);
  }
  return std::make_unique<fake_attempt>(std::move(c));
}

void fake_network::answer(const connect_place& where, const std::shared_ptr<fake_connect>& c) {
  if (black_holes_[where.host] || !c->done) return;
  const auto to = where.host + ":" + std::to_string(where.port);
  const auto found = listeners_.find(where.port);
  const auto done = std::exchange(c->done, nullptr);
  if (found == listeners_.end()) {
    return done(nullptr, "cannot connect to " + to + ": Connection refused");
  }
  auto [ours, theirs] = make_wire();
  const auto from = (where.source_host.empty() ? "fake" : where.source_host) + ":" + std::to_string(where.source_port == 0 ? next_port_++ : where.source_port);
  const auto listening = found->second;
  listening->home->post([listening, from, socket = theirs] {
    if (listening->home) listening->accept({socket, from});
  });
  done(std::move(ours), to);
}

std::pair<link_ptr, link_ptr> fake_network::make_wire() {
  auto wire = wires_.emplace_back(std::make_shared<fake_wire>(world_, defaults_));
  return {std::make_shared<fake_link>(wire, fake_wire::side::connector), std::make_shared<fake_link>(wire, fake_wire::side::acceptor)};
}

}  // namespace troupe::actors
