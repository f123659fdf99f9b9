#include "store/sqlite_schema.hpp"

#include "store/message_store.hpp"
#include "store/sqlite_migration.hpp"
#include "store/sqlite_tables.hpp"
#include "store/sqlite_tail.hpp"

#include <string_view>

namespace troupe::store {

using namespace protocol;

namespace {

// Text ends at a NUL for most programs, and RawData(96) may hold one: it is shown as \0. The bytes themselves are untouched.
std::string shown(const std::string& blob) {
  return "replace(CASE instr(" + blob + ", x'00') WHEN 0 THEN CAST(" + blob + R"sql( AS TEXT) ELSE (
           WITH RECURSIVE part (shown, rest) AS (
             SELECT '', )sql" + blob + R"sql(
             UNION ALL
             SELECT shown || CAST(substr(rest, 1, instr(rest, x'00') - 1) AS TEXT) || '\0', substr(rest, instr(rest, x'00') + 1)
             FROM part WHERE instr(rest, x'00') > 0)
           SELECT shown || CAST(rest AS TEXT) FROM part WHERE instr(rest, x'00') = 0) END, char(1), '|'))sql";
}

std::string sessions_view() {
  return R"sql(CREATE VIEW sessions AS
  WITH newest AS (
    SELECT session, max(id) AS id FROM record WHERE id > coalesce((SELECT through FROM settled), 0) AND commit_id IS NOT NULL GROUP BY session)
  SELECT begin_string || ':' || sender_comp_id || '->' || target_comp_id ||
           CASE qualifier WHEN '' THEN '' ELSE ':' || qualifier END AS session,
         coalesce(r.next_sender, s.next_sender) AS next_sender, coalesce(r.next_target, s.next_target) AS next_target,
         s.generation, s.incarnation, strftime('%Y-%m-%d %H:%M:%S', s.creation_time / 1000000000, 'unixepoch') AS created_utc,
         CASE s.is_reset_pending WHEN 0 THEN '' ELSE 'pending' END AS reset
  FROM session s LEFT JOIN newest n ON n.session = s.id AND n.id > s.as_of LEFT JOIN record r ON r.id = n.id
  ORDER BY s.id)sql";
}

std::string messages_view() {
  return R"sql(CREATE VIEW messages AS
  SELECT r.id, s.sender_comp_id || '->' || s.target_comp_id AS session, r.generation, r.number,
         CASE r.kind WHEN 1 THEN 'application' WHEN 2 THEN 'administrative' ELSE 'skipped to ' || r.last END AS kind,
         nullif(r.token, 0) AS token,
         )sql" + shown("r.frame") + R"sql( AS message
  FROM record r CROSS JOIN session s ON s.id = r.session)sql";
}

std::string waiting_view() {
  return R"sql(CREATE VIEW waiting AS
  SELECT s.sender_comp_id || '->' || s.target_comp_id AS session, p.place, nullif(p.token, 0) AS token,
         strftime('%Y-%m-%d %H:%M:%S', p.since / 1000000000, 'unixepoch') AS since_utc,
         '35=' || p.msg_type || '|' || )sql" + shown("p.header") + " || " + shown("p.body") + R"sql( AS message
  FROM parked p JOIN session s ON s.id = p.session
  ORDER BY s.id, p.place)sql";
}

// A view is only a way to look: that of an older program is replaced.
void renew_view(sqlite_connection& connection, const std::string& name, const std::string& view) {
  {
    sqlite_statement known{connection, "SELECT sql FROM sqlite_master WHERE name = ?"};
    if (known.use(name).step() && known.bytes(0) == view) return;
  }
  connection.run(("BEGIN IMMEDIATE; DROP VIEW IF EXISTS " + name + "; " + view + "; COMMIT").c_str());
}

bool is_empty(sqlite_connection& connection) { return connection.number("SELECT count(*) FROM sqlite_master") == 0; }

void require_ours(sqlite_connection& connection, const std::string& path) {
  if (connection.number("PRAGMA application_id") != sqlite_application_id)
    throw store_error(path + ": this SQLite file belongs to another program (application_id " +
                      std::to_string(connection.number("PRAGMA application_id")) + ", expected " + std::to_string(sqlite_application_id) +
                      "). Name another path for the store.");
}

// SQLite takes a table for what its text says: a changed letter there makes another one of it, and every row says something else.
void require_tables(sqlite_connection& connection, const std::string& path) {
  sqlite_statement tables{connection, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name IN ('record', 'place', 'settled')"};
  int count = 0;
  while (tables.step()) count += std::string_view{record_tables}.find(std::string{tables.bytes(0)} + ";") != std::string_view::npos ? 1 : 0;
  if (count != 3) throw store_error(path + ": its tables are not those of a store: the file is damaged. `troupe repair-store` says what can be had of it; or restore it from a copy.");
}

}  // namespace

void set_version(sqlite_connection& connection) { connection.run(("PRAGMA user_version = " + std::to_string(sqlite_user_version)).c_str()); }

void require_readable(sqlite_connection& connection, const std::string& path) {
  require_ours(connection, path);
  const auto version = connection.number("PRAGMA user_version");
  if (version == sqlite_user_version) return require_tables(connection, path);
  throw store_error(path + ": store format " + std::to_string(version) + ", this program knows format " + std::to_string(sqlite_user_version) + "." +
                    (version < 1 ? " No version of troupe has written it: restore it from a copy."
                     : version < sqlite_user_version ? " `troupe run` brings it up to date when it opens it."
                                                     : " Use the version of troupe that wrote it, or a newer one."));
}

void prepare_schema(sqlite_connection& connection, const std::string& path) {
  if (!is_empty(connection) || connection.number("PRAGMA application_id") != 0) {
    migrate(connection);
    require_readable(connection, path);
  } else {
    connection.run("BEGIN IMMEDIATE");
    connection.run(session_table);
    connection.run(record_tables);
    connection.run(parked_table);
    set_settled(connection, 0);
    connection.run(("PRAGMA application_id = " + std::to_string(sqlite_application_id)).c_str());
    set_version(connection);
    connection.run("COMMIT");
  }
  renew_view(connection, "sessions", sessions_view());
  renew_view(connection, "messages", messages_view());
  renew_view(connection, "waiting", waiting_view());
}

void set_settled(sqlite_connection& connection, std::uint64_t through) {
  connection.run("DELETE FROM settled");
  sqlite_statement put{connection, "INSERT INTO settled (through, crc) VALUES (?, ?)"};
  put.use(through, std::uint64_t{settled_check(through)}).done();
}

}  // namespace troupe::store
