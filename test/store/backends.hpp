// Every backend as the contract test sees it: a store that can be closed and opened again.
#pragma once

#include "store/memory_store.hpp"
#include "store/sqlite_store.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/mpl/list.hpp>
#include <memory>

namespace troupe::test {

struct memory_backend {
  static constexpr bool is_persistent = false;
  store::memory_store store_;
  store::message_store& store() { return store_; }
  void reopen() {}
};

struct sqlite_backend {
  static constexpr bool is_persistent = true;
  temp_folder folder;
  std::unique_ptr<store::sqlite_store> store_ = open();
  std::unique_ptr<store::sqlite_store> open() { return std::make_unique<store::sqlite_store>(path()); }
  std::string path() { return folder.file("store.db"); }
  store::message_store& store() { return *store_; }
  void reopen() {
    store_.reset();
    store_ = open();
  }
};

using all_backends = boost::mpl::list<memory_backend, sqlite_backend>;

}  // namespace troupe::test
