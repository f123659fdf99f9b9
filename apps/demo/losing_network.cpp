#include "apps/demo/losing_network.hpp"

#include "apps/demo/decorated_network.hpp"
#include "protocol/framer.hpp"

#include <numeric>

namespace troupe::demo {
namespace {

using namespace actors;

class losing_stream final : public forwarding_stream {
 public:
  losing_stream(std::unique_ptr<stream> inner, losses& counts) : forwarding_stream(std::move(inner)), counts_(counts) {}

  io_result write(std::span<const std::string_view> parts) override {
    if (counts_.to_lose > 0 && is_between_messages_) return lose_and_write(parts);
    auto result = inner_->write(parts);
    const auto all = std::accumulate(parts.begin(), parts.end(), std::size_t{0}, [](std::size_t n, std::string_view p) { return n + p.size(); });
    if (result.status == io_status::done) is_between_messages_ = result.bytes == all;
    return result;
  }

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

  losses& counts_;
  bool is_between_messages_ = true;
};

}  // namespace

network_decorator losing(losses& counts) {
  return decorate_streams([&counts](std::unique_ptr<stream> inner) { return std::make_unique<losing_stream>(std::move(inner), counts); });
}

}  // namespace troupe::demo
