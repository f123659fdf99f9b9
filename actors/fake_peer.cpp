#include "actors/fake_peer.hpp"

#include "actors/fake_network.hpp"

#include <array>
#include <utility>

namespace troupe::actors {

struct fake_peer::impl : std::enable_shared_from_this<impl> {
  explicit impl(virtual_reactor& r) : home(r) {}

  void begin(const link_ptr& end) {
    wire = end->attach(home);
    wire->on_readable([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->read_some();
    });
    wire->on_writable([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->flush();
    });
    await();
    flush();
  }
  void await() {
    if (wire && is_reading) wire->await_readable();
  }
  void read_some() {
    if (!wire || !is_reading) return;
    std::array<char, 4096> buffer;
    const auto r = wire->read(buffer);
    switch (r.status) {
      case io_status::done:
        received.append(buffer.data(), r.bytes);
        if (then) then();
        break;
      case io_status::would_block: break;
      default: error = r.error; wire.reset();
    }
    await();
  }
  void flush() {
    while (wire && !unsent.empty()) {
      const std::string_view part{unsent};
      const auto r = wire->write({&part, 1});
      if (r.status == io_status::done) {
        unsent.erase(0, r.bytes);
      } else if (r.status == io_status::would_block) {
        return wire->await_writable();
      } else {
        return;  // the reader finds out
      }
    }
  }

  virtual_reactor& home;
  std::unique_ptr<connect_attempt> attempt;
  std::unique_ptr<listener> on;
  std::unique_ptr<stream> wire;
  std::string received;
  std::string unsent;
  std::string error;
  bool is_reading = true;
  std::function<void()> then;
};

fake_peer::fake_peer(virtual_reactor& home, const std::string& host, std::uint16_t port) : impl_(std::make_shared<impl>(home)) {
  impl_->attempt = home.net().connect(home, {.host = host, .port = port}, [weak = impl_->weak_from_this()](const link_ptr& end, const std::string& text) {
    const auto self = weak.lock();
    if (!self) return;
    if (!end) {
      self->error = text;
    } else {
      self->begin(end);
    }
  });
}

fake_peer::fake_peer(virtual_reactor& home, const link_ptr& end) : impl_(std::make_shared<impl>(home)) {
  impl_->begin(end);
}

fake_peer::fake_peer(std::shared_ptr<impl> i) : impl_(std::move(i)) {}
fake_peer::~fake_peer() = default;
fake_peer::fake_peer(fake_peer&&) noexcept = default;
fake_peer& fake_peer::operator=(fake_peer&&) noexcept = default;

fake_peer fake_peer::listening(virtual_reactor& home, std::uint16_t port) {
  auto i = std::make_shared<impl>(home);
  auto r = home.net().listen(
      home, {.host = "fake", .port = port},
      [weak = std::weak_ptr<impl>{i}](const accepted& a) {
        if (const auto self = weak.lock(); self && !self->wire) self->begin(a.socket);
      },
      [](const std::string&) {});
  i->on = std::move(r.on);
  i->error = r.error;
  return fake_peer{std::move(i)};
}

void fake_peer::send(std::string_view bytes) {
  impl_->unsent += bytes;
  impl_->flush();
}

std::string fake_peer::take() {
  return std::exchange(impl_->received, {});
}

void fake_peer::read(bool on) {
  impl_->is_reading = on;
  impl_->await();
}

void fake_peer::close() {
  impl_->wire.reset();
}

void fake_peer::on_bytes(std::function<void()> then) {
  impl_->then = std::move(then);
}

bool fake_peer::is_connected() const {
  return impl_->wire != nullptr;
}

std::size_t fake_peer::unsent() const {
  return impl_->unsent.size();
}

const std::string& fake_peer::error() const {
  return impl_->error;
}

}  // namespace troupe::actors
