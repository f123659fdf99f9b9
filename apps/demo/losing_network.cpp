#include "apps/demo/losing_network.hpp"

#include "protocol/framer.hpp"

#include <numeric>

namespace troupe::demo {
namespace {

using namespace actors;

class losing_stream final : public stream {
 public:
  losing_stream(std::unique_ptr<stream> inner, losses& counts) : inner_(std::move(inner)), counts_(counts) {}

  io_result read(std::span<char> into) override { return inner_->read(into); }
  io_result write(std::span<const std::string_view> parts) override {
    if (counts_.to_lose > 0 && is_between_messages_) return lose_and_write(parts);
    auto result = inner_->write(parts);
    const auto all = std::accumulate(parts.begin(), parts.end(), std::size_t{0}, [](std::size_t n, std::string_view p) { return n + p.size(); });
    if (result.status == io_status::done) is_between_messages_ = result.bytes == all;
    return result;
  }
  void on_readable(callback then) override { inner_->on_readable(std::move(then)); }
  void on_writable(callback then) override { inner_->on_writable(std::move(then)); }
  void await_readable() override { inner_->await_readable(); }
  void await_writable() override { inner_->await_writable(); }
  void close_gently() override { inner_->close_gently(); }
  void close_hard() override { inner_->close_hard(); }
  link_ptr detach() override;

 private:
  // One message: it vanishes, and counts as written, or it goes the usual way.
  io_result lose_and_write(std::span<const std::string_view> parts) {
    std::string bytes;
    for (const auto part : parts) bytes += part;
    const auto first = protocol::framer{}.next(bytes);
    if (first.what != protocol::frame_result::kind::frame) return inner_->write(parts);
    if (first.frame.find("\x01" "35=D\x01") != std::string_view::npos) {
      --counts_.to_lose;
      ++counts_.lost;
      return {io_status::done, first.consumed, {}};
    }
    const std::string_view one[] = {std::string_view{bytes}.substr(0, first.consumed)};
    auto result = inner_->write(one);
    if (result.status == io_status::done) is_between_messages_ = result.bytes == first.consumed;
    return result;
  }

  std::unique_ptr<stream> inner_;
  losses& counts_;
  bool is_between_messages_ = true;
};

class losing_link final : public link {
 public:
  losing_link(link_ptr inner, losses& counts) : inner_(std::move(inner)), counts_(counts) {}
  std::unique_ptr<stream> attach(reactor& home) override { return std::make_unique<losing_stream>(inner_->attach(home), counts_); }

 private:
  link_ptr inner_;
  losses& counts_;
};

link_ptr losing_stream::detach() { return std::make_shared<losing_link>(inner_->detach(), counts_); }

class losing_network final : public network {
 public:
  losing_network(network& inner, losses& counts) : inner_(inner), counts_(counts) {}

  listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) override {
    return inner_.listen(home, where, std::move(accept), std::move(trouble));
  }
  std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) override {
    return inner_.connect(home, where, [done = std::move(done), &counts = counts_](link_ptr socket, std::string peer_or_error) {
      done(socket ? std::make_shared<losing_link>(std::move(socket), counts) : nullptr, std::move(peer_or_error));
    });
  }

 private:
  network& inner_;
  losses& counts_;
};

}  // namespace

network_decorator losing(losses& counts) {
  return [&counts](network& inner) { return std::make_unique<losing_network>(inner, counts); };
}

}  // namespace troupe::demo
