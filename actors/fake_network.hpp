// The network of virtual reactors.
#pragma once

#include "actors/link.hpp"

namespace troupe::actors {

class virtual_world;

class fake_network final : public network {
 public:
  explicit fake_network(virtual_world& world) : world_(world) {}
  listen_result listen(reactor&, const std::string&, std::uint16_t, on_accept, on_trouble) override { return {nullptr, "not yet"}; }
  std::unique_ptr<connect_attempt> connect(reactor&, const std::string&, std::uint16_t, on_connect) override { return nullptr; }
  virtual_world& world() { return world_; }

 private:
  virtual_world& world_;
};

}  // namespace troupe::actors
