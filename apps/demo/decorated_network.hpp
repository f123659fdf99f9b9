// A network with something around each of its streams, whoever connected, also when a stream changes its reactor.
//
//   class slow_stream final : public forwarding_stream { … override what is to be different … };
//   config.decorate_network = decorate_streams([](auto inner) { return std::make_unique<slow_stream>(std::move(inner)); });
#pragma once

#include "actors/link.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace troupe::demo {

// Does what the stream inside does.
class forwarding_stream : public actors::stream {
 public:
  explicit forwarding_stream(std::unique_ptr<actors::stream> inner) : inner_(std::move(inner)) {}

  actors::io_result read(std::span<char> into) override { return inner_->read(into); }
  actors::io_result write(std::span<const std::string_view> parts) override { return inner_->write(parts); }
  void on_readable(callback then) override { inner_->on_readable(std::move(then)); }
  void on_writable(callback then) override { inner_->on_writable(std::move(then)); }
  void await_readable() override { inner_->await_readable(); }
  void await_writable() override { inner_->await_writable(); }
  void close_gently() override { inner_->close_gently(); }
  void close_hard() override { inner_->close_hard(); }
  actors::link_ptr detach() override { return inner_->detach(); }

 protected:
  std::unique_ptr<actors::stream> inner_;
};

// Called on the thread of the stream's reactor, each time it is attached to one.
using stream_decorator = std::function<std::unique_ptr<actors::stream>(std::unique_ptr<actors::stream> inner)>;

[[nodiscard]] actors::network_decorator decorate_streams(stream_decorator put_around);

}  // namespace troupe::demo
