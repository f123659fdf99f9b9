#include "actors/proxy_connect.hpp"

#include "actors/reactor.hpp"

#include <array>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

class proxied_attempt final : public connect_attempt {
 public:
  proxied_attempt(reactor& home, proxy_settings proxy, connect_place where, on_proxied done)
      : home_(home), where_(std::move(where)), name_(proxy.host + ":" + std::to_string(proxy.port)), dialogue_(proxy, where_.host, where_.port), done_(std::move(done)) {
    auto to_proxy = where_;
    to_proxy.host = proxy.host;
    to_proxy.port = proxy.port;
    to_proxy_ = home_.net().connect(home_, to_proxy, [this](const link_ptr& socket, const std::string& text) {
      if (!socket) return end(nullptr, "proxy: " + text);
      begin(socket);
    });
  }

  [[nodiscard]] std::string looks_up() const override { return to_proxy_ ? to_proxy_->looks_up() : std::string{}; }
  void on_names_known(std::function<void()> then) override {
    if (to_proxy_) to_proxy_->on_names_known(std::move(then));
  }

 private:
  void begin(const link_ptr& socket) {
    try {
      stream_ = socket->attach(home_);
    } catch (const std::system_error& e) {
      return fail(e.what());
    }
    stream_->on_readable([this] { read(); });
    stream_->on_writable([this] { write(); });
    unsent_ = dialogue_.begin();
    look();
  }

  void read() {
    std::array<char, 4096> buffer;
    const auto r = stream_->read(buffer);
    switch (r.status) {
      case io_status::done: unsent_ += dialogue_.received({buffer.data(), r.bytes}); return look();
      case io_status::would_block: return stream_->await_readable();
      case io_status::end: return fail("it closes the connection without an answer");
      case io_status::failed: return fail(r.error);
    }
  }

  void look() {
    switch (dialogue_.now()) {
      case proxy_dialogue::state::talking: return write();
      case proxy_dialogue::state::refused: return fail(dialogue_.error());
      case proxy_dialogue::state::connected: return end(stream_->detach(), where_.host + ":" + std::to_string(where_.port) + " by proxy " + name_);
    }
  }

  // Then it is the proxy's turn.
  void write() {
    while (!unsent_.empty()) {
      const std::string_view part = unsent_;
      const auto r = stream_->write({&part, 1});
      if (r.status == io_status::would_block) return stream_->await_writable();
      if (r.status != io_status::done) return fail(r.status == io_status::failed ? r.error : "it closes the connection");
      unsent_.erase(0, r.bytes);
    }
    stream_->await_readable();
  }

  void fail(const std::string& why) {
    end(nullptr, "proxy " + name_ + ", asked for " + where_.host + ":" + std::to_string(where_.port) + ": " + why);
  }
  // Whoever is called may destroy this.
  void end(link_ptr socket, std::string text) {
    stream_.reset();
    auto rest = std::string{dialogue_.rest()};
    if (auto done = std::exchange(done_, nullptr)) done(std::move(socket), std::move(text), std::move(rest));
  }

  reactor& home_;
  connect_place where_;
  std::string name_;
  proxy_dialogue dialogue_;
  on_proxied done_;
  std::unique_ptr<connect_attempt> to_proxy_;
  std::unique_ptr<stream> stream_;
  std::string unsent_;
};

}  // namespace

std::unique_ptr<connect_attempt> connect_by_proxy(reactor& home, const proxy_settings& proxy, const connect_place& where, on_proxied done) {
  return std::make_unique<proxied_attempt>(home, proxy, where, std::move(done));
}

}  // namespace troupe::actors
