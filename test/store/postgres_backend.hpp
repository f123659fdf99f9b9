// The PostgreSQL store as the contract test sees it: a schema of its own in the server of the tests.
#pragma once

#include "store/postgres_store.hpp"
#include "test/store/postgres_server.hpp"

#include <memory>
#include <string>

namespace troupe::test {

template <store::durability Durability>
struct postgres_backend_of {
  static constexpr bool is_persistent = true;
  static constexpr std::uint64_t many = 100'000;
  std::string schema = fresh_schema();
  std::unique_ptr<store::postgres_store> store_ = open();
  std::unique_ptr<store::postgres_store> open(store::postgres_options options = {.durability = Durability}) {
    options.schema = schema;
    return std::make_unique<store::postgres_store>(the_server().connection(), std::move(options));
  }
  store::message_store& store() { return *store_; }
  void reopen() {
    store_.reset();
    store_ = open();
  }
};

using postgres_backend = postgres_backend_of<store::durability::power>;
using postgres_process_backend = postgres_backend_of<store::durability::process>;

}  // namespace troupe::test
