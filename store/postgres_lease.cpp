#include "store/postgres_lease.hpp"

#include <set>

namespace troupe::store {

namespace {

// Stores of this process that are open: the lease of another one is nobody's.
std::mutex open_mutex;
std::set<std::uint64_t> open_instances;

std::uint64_t open_instance() {
  static std::uint64_t last = 0;
  const std::lock_guard lock{open_mutex};
  open_instances.insert(++last);
  return last;
}

bool is_open(std::uint64_t instance) {
  const std::lock_guard lock{open_mutex};
  return open_instances.contains(instance);
}

constexpr const char* of_holder = " pid = $1 AND started = $2 AND machine = $3 AND instance = $4";

void add_holder(postgres_values& v, const lease_holder& h) {
  v.number(h.process.pid).number(h.process.started).text(h.process.machine).number(h.instance);
}

std::string seconds(std::uint64_t milliseconds) { return std::to_string((milliseconds + 999) / 1000) + " s"; }

std::string named(const process_identity& p) {
  return "process " + std::to_string(p.pid) + " on " + p.host + (p.program.empty() ? "" : " (" + p.program + ")");
}

postgres_statement reading(const std::string& lease) {
  return {"lease_read",
          "SELECT fencing_token, pid, started, machine, instance, host, program, expires > clock_timestamp(), "
          "CASE WHEN isfinite(expires) THEN greatest(0, extract(epoch FROM expires - clock_timestamp()) * 1000)::bigint ELSE 0 END FROM " + lease};
}

bool is_gone(const lease_holder& h) { return h.process == this_process() ? !is_open(h.instance) : is_dead(h.process); }

}  // namespace

struct postgres_lease::row {
  lease_holder holder;
  std::uint64_t token = 0;
  bool is_alive = false;
  std::uint64_t left = 0;  // milliseconds
};

postgres_lease::postgres_lease(const std::string& schema, std::chrono::seconds length, connector connect)
    : length_(length), connect_(std::move(connect)), us_{this_process(), open_instance()} {
  const std::string until = "clock_timestamp() + interval '" + std::to_string(length.count()) + " seconds'";
  const std::string lease = schema + ".lease";
  read_ = reading(lease);
  const std::string ours = ", backend = pg_backend_pid(), backend_start = (SELECT a.backend_start FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid()), "
                           "renewed = clock_timestamp(), expires = " + until;
  take_ = {"lease_take", "UPDATE " + lease + " SET fencing_token = fencing_token + 1, pid = $1, started = $2, machine = $3, instance = $4, host = $5, program = $6, "
                         "taken = clock_timestamp()" + ours +
                             " WHERE fencing_token = $7 AND ($8 = 0 OR expires <= clock_timestamp()) RETURNING fencing_token"};
  take_again_ = {"lease_take_again", "UPDATE " + lease + " SET fencing_token = fencing_token + 1" + ours + " WHERE" +
                                         of_holder + " RETURNING fencing_token"};
  renew_ = {"lease_renew", "UPDATE " + lease + " SET renewed = clock_timestamp(), expires = " + until + " WHERE" + of_holder};
  end_older_ = {"lease_end_older", "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a JOIN " + lease +
                                      " AS l ON a.pid = l.backend AND a.backend_start = l.backend_start WHERE l.fencing_token = $1 AND a.pid <> pg_backend_pid() AND a.usename = current_user"};
  release_ = {"lease_release", "UPDATE " + lease + " SET expires = clock_timestamp() WHERE" + of_holder};
}

postgres_lease::~postgres_lease() {
  stop_renewing();
  const std::lock_guard lock{open_mutex};
  open_instances.erase(us_.instance);
}

void postgres_lease::stop_renewing() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

postgres_lease::row postgres_lease::read(postgres_connection& connection) const {
  const auto rows = connection.run(read_);
  if (rows.count() != 1) throw store_error("its table `lease` has " + std::to_string(rows.count()) + " rows, expected one. Restore the database from a copy.");
  return only_one(rows);
}

postgres_lease::row postgres_lease::only_one(const postgres_rows& rows) {
  row r;
  r.token = rows.number(0, 0);
  r.holder = {{rows.number(0, 1), rows.number(0, 2), rows.text(0, 3), rows.text(0, 5), rows.text(0, 6)}, rows.number(0, 4)};
  r.is_alive = rows.flag(0, 7);
  r.left = rows.number(0, 8);
  return r;
}

std::optional<std::string> owner_of(postgres_connection& connection, const std::string& schema) {
  const auto rows = connection.run(reading(schema + ".lease"));
  if (rows.count() != 1) return std::nullopt;
  const auto seen = postgres_lease::only_one(rows);
  if (!seen.is_alive || is_gone(seen.holder)) return std::nullopt;
  return named(seen.holder.process) + ", whose lease ends in " + seconds(seen.left);
}

void postgres_lease::take(postgres_connection& connection) {
  for (int tries = 0; tries < 5; ++tries) {
    const auto seen = read(connection);
    const bool is_free = is_us(seen.holder) || is_gone(seen.holder);
    if (seen.is_alive && !is_free)
      throw store_error("in use by " + named(seen.holder.process) + ", whose lease ends in " + seconds(seen.left) +
                        " unless it is renewed. A store has one owner: stop that process, or name another StoreSchema.");
    if (!take_from(connection, seen, !is_free)) continue;  // somebody was faster, or it was renewed
    thread_ = std::thread{[this] { keep_renewing(); }};
    return;
  }
  throw store_error("several processes want it at the same time. A store has one owner: stop the others.");
}

bool postgres_lease::take_from(postgres_connection& connection, const row& seen, bool must_have_expired) {
  end_connection_of(connection, seen);
  postgres_values v;
  add_holder(v, us_);
  v.text(us_.process.host).text(us_.process.program).number(seen.token).number(must_have_expired ? 1 : 0);
  const auto rows = connection.run(take_, v);
  if (rows.count() == 1) token_ = rows.number(0, 0);
  return rows.count() == 1;
}

// It may hold the lease's row: a statement whose last bytes the network has lost waits for them, and the server has no limit to that. An owner
// who is alive after all makes another connection.
void postgres_lease::end_connection_of(postgres_connection& connection, const row& seen) { (void)connection.run(end_older_, postgres_values{}.number(seen.token)); }

void postgres_lease::take_again(postgres_connection& connection) {
  const auto seen = read(connection);
  if (!is_us(seen.holder)) throw lost_to(seen);
  end_connection_of(connection, seen);
  postgres_values v;
  add_holder(v, us_);
  const auto rows = connection.run(take_again_, v);
  if (rows.count() != 1) throw lost_to(read(connection));
  token_ = rows.number(0, 0);
}

bool postgres_lease::is_ours(postgres_connection& connection) {
  const auto now = read(connection);
  if (!is_us(now.holder)) throw lost_to(now);
  return now.token == token_;
}

store_taken postgres_lease::lost_to(const row& r) const {
  return store_taken("it was taken over by " + named(r.holder.process) + " (fencing token " + std::to_string(r.token) + ", ours was " + std::to_string(token_) +
                     "); nothing of ours is stored since. A store has one owner: stop that process, or leave the sessions to it.");
}

void postgres_lease::renew(postgres_connection& connection) {
  postgres_values v;
  add_holder(v, us_);
  (void)connection.run(renew_, v);
}

// A renewal that came after it would take it back.
void postgres_lease::release(postgres_connection& connection) {
  stop_renewing();
  postgres_values v;
  add_holder(v, us_);
  (void)connection.run(release_, v);
}

// A renewal that cannot be made is made the next time, or by a commit; whoever took over meanwhile has changed the row's owner.
void postgres_lease::keep_renewing() {
  std::unique_ptr<postgres_connection> connection;
  std::unique_lock lock{mutex_};
  while (!changed_.wait_for(lock, std::chrono::milliseconds{length_} / 3, [this] { return is_over_; })) {
    lock.unlock();
    try {
      if (!connection) connection = connect_();
      renew(*connection);
    } catch (const std::exception&) {
      connection.reset();
    }
    lock.lock();
  }
}

}  // namespace troupe::store
