// The lease first, then one transaction, whatever there is to do.
#include "store/postgres_lease.hpp"
#include "store/postgres_reader.hpp"
#include "store/postgres_schema.hpp"
#include "store/record_check.hpp"
#include "store/repair.hpp"

#include <algorithm>
#include <array>

namespace troupe::store {

using namespace protocol;

namespace {

// A copy, and a fill of millions, take their time in the server.
constexpr postgres_limits patient{.answer = std::chrono::minutes{30}};

constexpr std::size_t longest_schema = 63;

// The store, ours alone for as long as this lives.
class owned_store {
 public:
  explicit owned_store(const store_settings& where)
      : address_(where.connection), schema_(where.schema), lease_(quoted(schema_), where.lease, [this] { return connected({}); }) {
    try {
      connection_ = connected(patient);
      require_format(*connection_, schema_);
      lease_.take(*connection_);
    } catch (const store_error& e) {
      throw store_error(name() + ": " + e.what());
    }
  }
  ~owned_store() {
    try {
      if (!connection_->is_lost()) lease_.release(*connection_);
    } catch (const std::exception&) {
      // It expires then.
    }
  }
  owned_store(const owned_store&) = delete;
  owned_store& operator=(const owned_store&) = delete;

  [[nodiscard]] std::string name() const { return address_.with_schema(schema_); }
  [[nodiscard]] const std::string& schema() const { return schema_; }
  [[nodiscard]] std::uint64_t token() const { return lease_.token(); }
  [[nodiscard]] postgres_connection& connection() { return *connection_; }

 private:
  [[nodiscard]] std::unique_ptr<postgres_connection> connected(postgres_limits limits) const { return connect_to_store(address_, "troupe, repairing", limits, commits_for_good); }

  postgres_address address_;
  std::string schema_;
  postgres_lease lease_;
  std::unique_ptr<postgres_connection> connection_;
};

session_row& row_of(std::vector<session_row>& rows, const session_id& id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.id == id; });
  if (at == rows.end()) throw store_error(to_string(id) + " is not in the store any more. Make a new plan.");
  return *at;
}

std::vector<viewed_session> seen(const std::vector<session_row>& rows) {
  std::vector<viewed_session> all;
  for (const auto& r : rows) all.push_back({r.id, r.row, r.state, r.last_commit, r.is_damaged});
  return all;
}

class repair {
 public:
  explicit repair(owned_store& store) : store_(store), schema_(quoted(store.schema())) {}

  void run(const repair_plan& plan) {
    c_.run_script("BEGIN");
    hold_lease();
    auto rows = postgres_reader{schema_}.all_sessions(c_);
    require_unchanged(store_.name(), plan, seen(rows));
    for (const auto& step : plan.steps) {
      if (step.what == repair_step::kind::fill) fill(row_of(rows, step.session), step);
      if (step.what == repair_step::kind::set_numbers) set_numbers(row_of(rows, step.session), step);
    }
    is_ending_ = true;
    c_.run_script("COMMIT");
  }
  [[nodiscard]] bool is_ending() const { return is_ending_; }

 private:
  // Nobody takes over before we are done.
  void hold_lease() {
    const postgres_statement hold{"repair_hold", "SELECT 1::bigint FROM " + schema_ + ".lease WHERE fencing_token = $1 FOR UPDATE"};
    if (c_.run(hold, postgres_values{}.number(store_.token())).count() == 0) throw store_error(store_.name() + ": was not repaired: somebody else has taken it over meanwhile.");
  }

  void fill(const session_row& s, const repair_step& step) {
    const postgres_statement remove{"repair_remove", "DELETE FROM " + schema_ + ".record WHERE session = $1 AND generation = $2 AND number BETWEEN $3 AND $4"};
    const postgres_statement insert{"repair_fill", "INSERT INTO " + schema_ + ".record (session, generation, number, last, kind, token, crc, frame) SELECT $1, $2, r.*, '' "
                                                   "FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[]) AS r"};
    (void)c_.run(remove, postgres_values{}.number(s.row).number(step.generation.value).number(step.first.value).number(step.last.value));
    std::array<std::vector<std::uint64_t>, 5> columns;
    for (const auto& r : records_of(step)) {
      const std::uint64_t crc = record_check(s.name_check, step.generation, r.number, r.last, r.kind, r.token, {});
      const std::array<std::uint64_t, 5> values{r.number.value, r.last.value, static_cast<std::uint64_t>(r.kind), r.token.value, crc};
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
    }
    postgres_values v;
    v.number(s.row).number(step.generation.value);
    for (const auto& column : columns) v.numbers(column);
    (void)c_.run(insert, v);
  }

  void set_numbers(session_row& s, const repair_step& step) {
    s.state.generation = step.generation;
    s.state.next_sender = step.next_sender;
    s.state.next_target = step.next_target;
    const postgres_statement numbers{"repair_numbers", "UPDATE " + schema_ + ".session SET generation = $2, next_sender = $3, next_target = $4, crc = $5 WHERE id = $1"};
    (void)c_.run(numbers, postgres_values{}.number(s.row).number(step.generation.value).number(step.next_sender.value).number(step.next_target.value).number(row_check(s)));
  }

  owned_store& store_;
  std::string schema_;  // quoted
  postgres_connection& c_ = store_.connection();
  bool is_ending_ = false;
};

// A longer name would be cut by the server, perhaps to that of the store itself.
std::string beside(const std::string& schema, const std::string& ending) {
  auto name = schema.substr(0, longest_schema - ending.size());
  while (name.size() < schema.size() && !name.empty() && (static_cast<unsigned char>(schema[name.size()]) & 0xC0) == 0x80) name.pop_back();  // within a character
  return name + ending;
}

}  // namespace

void repair_postgres(const store_settings& where, const repair_plan& plan) {
  const auto name = name_of(where);
  bool is_in_doubt = false;
  try {
    owned_store store{where};
    repair it{store};
    try {
      it.run(plan);
    } catch (const postgres_error& e) {
      is_in_doubt = it.is_ending() && e.is_lost();
      throw;
    }
  } catch (const postgres_error& e) {
    throw store_error(name + (is_in_doubt ? ": it is not known whether it was repaired, as a whole or not at all; troupe verify-store tells: " : ": was not repaired, and is as it was: ") + told(e));
  }
}

std::string copy_postgres(const store_settings& where) {
  const auto name = name_of(where);
  try {
    owned_store store{where};
    auto to = beside(store.schema(), "_before_repair");
    for (int n = 2; has_schema(store.connection(), to); ++n) to = beside(store.schema(), "_before_repair_" + std::to_string(n));
    copy_schema(store.connection(), store.schema(), to);
    return to;
  } catch (const postgres_error& e) {
    throw store_error(name + ": cannot be copied: " + told(e) + " Or make a copy by other means, for example with pg_dump -n '" + quoted(where.schema) + "', and say --no-copy.");
  }
}

}  // namespace troupe::store
