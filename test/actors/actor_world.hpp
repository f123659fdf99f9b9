// What every test with actors starts from: an actor system that runs nothing by itself, and a virtual reactor on it.
#pragma once

#include "actors/messages.hpp"
#include "actors/virtual_reactor.hpp"

namespace troupe::actors::test {

struct quiet_config : caf::actor_system_config {
  quiet_config() {
    add_message_types<caf::id_block::troupe>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
  }
};

struct actor_world {
  quiet_config config;
  caf::actor_system system{config};
  virtual_reactor reactor{system, 7};
};

}  // namespace troupe::actors::test
