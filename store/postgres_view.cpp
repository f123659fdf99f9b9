#include "store/postgres_view.hpp"

#include "store/crc32c.hpp"
#include "store/postgres_lease.hpp"
#include "store/postgres_schema.hpp"
#include "store/store_unavailable.hpp"

#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

// Of those that a table has rows of, so many with one question.
constexpr std::uint64_t sessions_at_once = 1000;

// Each session of a table once, one look into its index for each, and whether there is such a one.
std::string owners_of_rows(const std::string& schema, const std::string& table) {
  const auto first_behind = [&](const std::string& session) {
    return "SELECT session FROM " + schema + "." + table + " WHERE session > " + session + " ORDER BY session LIMIT 1";
  };
  return "WITH RECURSIVE found AS ((" + first_behind("$1") + ") UNION ALL SELECT next.* FROM found, LATERAL (" + first_behind("found.session") +
         ") AS next) SELECT session, EXISTS (SELECT 1 FROM " + schema + ".session AS s WHERE s.id = f.session) FROM (SELECT session FROM found LIMIT $2) AS f";
}

}  // namespace

postgres_view::postgres_view(std::string connection, std::string schema, postgres_limits limits)
    : address_(std::move(connection)), schema_(std::move(schema)), name_(address_.with_schema(schema_)), limits_(limits), reader_(quoted(schema_)) {
  try {
    connection_ = connected();
  } catch (const postgres_error& e) {
    throw store_error(name_ + ": cannot be read as a store: " + told(e));
  } catch (const store_unbegun&) {
    throw;
  } catch (const store_error& e) {
    throw store_error(name_ + ": " + e.what());
  }
}

std::unique_ptr<postgres_connection> postgres_view::connected() const {
  auto c = connect_to_store(address_, "troupe, looking", limits_, "SET default_transaction_read_only = on");
  if (!has_tables(*c, schema_)) throw store_unbegun(name_, "is not there, or empty");
  require_format(*c, schema_);
  return c;
}

template <class F>
auto postgres_view::ask(F question) {
  for (bool is_second = !connection_;; is_second = true) {
    try {
      if (!connection_) connection_ = connected();
      return question(*connection_);
    } catch (const postgres_error& e) {
      if (connection_ && connection_->is_lost()) connection_.reset();
      if (!connection_ && !is_second) continue;
      const auto text = name_ + ": cannot be read: " + told(e);
      if (e.may_pass()) throw store_unavailable(text);
      throw store_error(text);
    }
  }
}

std::optional<std::string> postgres_view::owner() {
  return ask([&](postgres_connection& c) { return owner_of(c, quoted(schema_)); });
}

std::vector<viewed_session> postgres_view::sessions() {
  return ask([&](postgres_connection& c) {
    std::vector<viewed_session> all;
    for (auto& row : reader_.all_sessions(c)) all.push_back({std::move(row.id), row.row, row.state, row.last_commit, row.is_damaged});
    return all;
  });
}

std::vector<numbering_generation> postgres_view::numberings(const viewed_session& s) {
  return ask([&](postgres_connection& c) { return reader_.numberings(c, s.key); });
}

replay_page postgres_view::fetch(const viewed_session& s, numbering_generation of, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  auto row = row_of(s);
  row.state.generation = of;
  return ask([&](postgres_connection& c) { return reader_.fetch(c, row, begin, end, max_records, max_bytes); });
}

std::vector<parked_submit> postgres_view::parked(const viewed_session& s, std::uint64_t after, std::size_t most) {
  return ask([&](postgres_connection& c) { return reader_.parked(c, row_of(s), after, most); });
}

std::string postgres_view::place_of(const viewed_session& s, numbering_generation of, seq_num number) {
  return schema_ + ".record (session " + std::to_string(s.key) + ", generation " + std::to_string(of.value) + ", number " + std::to_string(number.value) + ")";
}

// What the server cannot read is damage; what it cannot read just now is none.
bool postgres_view::check_structure(bool, const std::function<void(store_damage)>& found) {
  const auto look = [&](const std::string& what, auto&& at) {
    try {
      at();
    } catch (const store_error& e) {
      found({damage_kind::structure, schema_ + what, e.what()});
    }
  };
  look(".lease", [&] {
    const auto rows = ask([&](postgres_connection& c) { return c.run({"lease_count", "SELECT count(*) FROM " + quoted(schema_) + ".lease"}).number(0, 0); });
    if (rows != 1) found({damage_kind::lease, schema_ + ".lease", "the table has " + std::to_string(rows) + " rows, expected one"});
  });
  look("", [&] {
    for (const auto& making : ask([&](postgres_connection& c) { return missing_keys(c, schema_); }))
      found({damage_kind::key, schema_, "a key or an index is missing, or not valid. It is made by " + making});
  });
  for (const std::string table : {"record", "parked"})
    look("." + table, [&] { find_orphans(table, found); });
  return true;
}

void postgres_view::find_orphans(const std::string& table, const std::function<void(store_damage)>& found) {
  const postgres_statement owners{"owners_of_" + table, owners_of_rows(quoted(schema_), table)};
  for (std::uint64_t after = 0;;) {
    const auto rows = ask([&](postgres_connection& c) { return c.run(owners, postgres_values{}.number(after).number(sessions_at_once)); });
    for (int at = 0; at < rows.count(); ++at) {
      after = rows.number(at, 0);
      if (!rows.flag(at, 1)) found({damage_kind::orphans, schema_ + "." + table + " (session " + std::to_string(after) + ")", "rows of a session that is not there"});
    }
    if (static_cast<std::uint64_t>(rows.count()) < sessions_at_once) return;
  }
}

std::string postgres_view::describe() const { return name_ + ", format " + std::to_string(postgres_format); }

}  // namespace troupe::store
