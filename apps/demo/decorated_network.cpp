#include "apps/demo/decorated_network.hpp"

namespace troupe::demo {
namespace {

using namespace actors;

class decorated_link final : public link {
 public:
  decorated_link(link_ptr inner, stream_decorator put_around) : inner_(std::move(inner)), put_around_(std::move(put_around)) {}
  std::unique_ptr<stream> attach(reactor& home) override;

 private:
  link_ptr inner_;
  stream_decorator put_around_;
};

// The outermost: what is detached from it is decorated again.
class decorated_stream final : public forwarding_stream {
 public:
  decorated_stream(std::unique_ptr<stream> inner, stream_decorator put_around)
      : forwarding_stream(std::move(inner)), put_around_(std::move(put_around)) {}
  link_ptr detach() override { return std::make_shared<decorated_link>(inner_->detach(), put_around_); }

 private:
  stream_decorator put_around_;
};

std::unique_ptr<stream> decorated_link::attach(reactor& home) {
  return std::make_unique<decorated_stream>(put_around_(inner_->attach(home)), put_around_);
}

class decorated_network final : public network {
 public:
  decorated_network(network& inner, stream_decorator put_around) : inner_(inner), put_around_(std::move(put_around)) {}

  listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) override {
    const auto decorated = [accept = std::move(accept), put_around = put_around_](accepted a) {
      a.socket = std::make_shared<decorated_link>(std::move(a.socket), put_around);
      accept(std::move(a));
    };
    return inner_.listen(home, where, decorated, std::move(trouble));
  }
  std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) override {
    return inner_.connect(home, where, [done = std::move(done), put_around = put_around_](link_ptr socket, std::string peer_or_error) {
      done(socket ? std::make_shared<decorated_link>(std::move(socket), put_around) : nullptr, std::move(peer_or_error));
    });
  }

 private:
  network& inner_;
  stream_decorator put_around_;
};

}  // namespace

network_decorator decorate_streams(stream_decorator put_around) {
  return [put_around = std::move(put_around)](network& inner) { return std::make_unique<decorated_network>(inner, put_around); };
}

}  // namespace troupe::demo
