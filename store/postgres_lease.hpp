// Who owns a PostgreSQL store: a row that its owner renews, and a fencing token that every statement that writes must show.
//
// The lease only keeps others from taking over too early. What makes it safe is the token: whoever takes over makes it greater,
// so that a statement of an owner who was paused, cut off or declared dead changes nothing, however late it arrives. The token
// also grows with each connection of the same owner: what was under way on a lost one is then either stored or never will be, and
// can be read back.
//
// The server's clock alone decides what has expired. The lease is renewed by a thread with a connection of its own: libpq's
// connections cannot be shared, the store's is busy with a commit or idle for as long as its sessions are, and its thread, an actor's, has
// no way to wake by itself. Commits renew it as well, should that connection fail.
#pragma once

#include "store/message_store.hpp"
#include "store/postgres_handle.hpp"
#include "store/process_identity.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace troupe::store {

// One store object of one process.
struct lease_holder {
  process_identity process;
  std::uint64_t instance = 0;  // of the process, which may open a store again
};

// Whose it is, as it is told ("process 77 on venus (troupe), whose lease ends in 4 s"); nullopt: it is free, has expired, or its owner is certainly
// dead, or there is no lease at all. Only looks. `schema`: quoted.
[[nodiscard]] std::optional<std::string> owner_of(postgres_connection& connection, const std::string& schema);

class postgres_lease {
 public:
  // `schema`: quoted. `connect` makes a connection for the renewals, and throws postgres_error.
  using connector = std::function<std::unique_ptr<postgres_connection>()>;
  postgres_lease(const std::string& schema, std::chrono::seconds length, connector connect);
  ~postgres_lease();
  postgres_lease(const postgres_lease&) = delete;
  postgres_lease& operator=(const postgres_lease&) = delete;

  // Takes it if it is free, expired, or its owner is certainly dead, and begins to renew it. Throws store_error naming the owner.
  void take(postgres_connection& connection);
  // On a new connection of the owner: a new token. Throws store_taken naming who has taken over.
  void take_again(postgres_connection& connection);
  // Is it ours, on this connection? Throws store_taken if somebody else has it; false: an older connection of ours got in between.
  [[nodiscard]] bool is_ours(postgres_connection& connection);
  void renew(postgres_connection& connection);
  void release(postgres_connection& connection);  // the end of it: nothing renews it any more

  [[nodiscard]] std::uint64_t token() const { return token_; }
  [[nodiscard]] bool is_due(std::uint64_t milliseconds_left) const { return milliseconds_left < std::uint64_t(length_.count()) * 667; }

 private:
  struct row;
  friend std::optional<std::string> owner_of(postgres_connection& connection, const std::string& schema);
  [[nodiscard]] row read(postgres_connection& connection) const;
  [[nodiscard]] static row only_one(const postgres_rows& rows);
  [[nodiscard]] bool is_us(const lease_holder& h) const { return h.process == us_.process && h.instance == us_.instance; }
  [[nodiscard]] store_taken lost_to(const row& r) const;
  [[nodiscard]] bool take_from(postgres_connection& connection, const row& seen, bool must_have_expired);
  void end_connection_of(postgres_connection& connection, const row& seen);
  void keep_renewing();
  void stop_renewing();

  std::chrono::seconds length_;
  connector connect_;
  lease_holder us_;
  std::uint64_t token_ = 0;
  postgres_statement read_, take_, take_again_, end_older_, renew_, release_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace troupe::store
