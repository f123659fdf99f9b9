#include "store/sqlite_schema.hpp"

#include "store/message_store.hpp"

namespace troupe::store {

namespace {

constexpr const char* schema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE session (
  id               INTEGER PRIMARY KEY,
  begin_string     TEXT    NOT NULL,
  sender_comp_id   TEXT    NOT NULL,
  target_comp_id   TEXT    NOT NULL,
  qualifier        TEXT    NOT NULL,
  incarnation      INTEGER NOT NULL,
  last_commit      INTEGER NOT NULL,
  generation       INTEGER NOT NULL,
  next_sender      INTEGER NOT NULL,
  next_target      INTEGER NOT NULL,
  creation_time    INTEGER NOT NULL,  -- nanoseconds since 1970, UTC
  is_reset_pending INTEGER NOT NULL,
  crc              INTEGER NOT NULL,  -- CRC-32C of the numbers
  is_cancel_owed   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (begin_string, sender_comp_id, target_comp_id, qualifier)
);
CREATE TABLE record (
  session    INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  number     INTEGER NOT NULL,        -- MsgSeqNum(34)
  last       INTEGER NOT NULL,        -- of a skipped range, otherwise = number
  kind       INTEGER NOT NULL,        -- 1 application, 2 administrative, 3 skipped
  token      INTEGER NOT NULL,        -- the application's, 0: none
  crc        INTEGER NOT NULL,        -- CRC-32C of all this and the frame
  frame      BLOB    NOT NULL,        -- byte for byte as it went out
  PRIMARY KEY (session, generation, number)
) WITHOUT ROWID;
CREATE INDEX record_token ON record (session, generation, token) WHERE token <> 0;
CREATE VIEW sessions AS
  SELECT begin_string || ':' || sender_comp_id || '->' || target_comp_id ||
           CASE qualifier WHEN '' THEN '' ELSE ':' || qualifier END AS session,
         next_sender, next_target, generation, incarnation,
         strftime('%Y-%m-%d %H:%M:%S', creation_time / 1000000000, 'unixepoch') AS created_utc,
         CASE is_reset_pending WHEN 0 THEN '' ELSE 'pending' END AS reset
  FROM session;
)sql";

// Format 2 has these, and is_cancel_owed.
constexpr const char* parked_table = R"sql(
CREATE TABLE parked (                 -- submits that wait for a logon, without a MsgSeqNum(34)
  session  INTEGER NOT NULL,
  place    INTEGER NOT NULL,          -- in this order they go out
  token    INTEGER NOT NULL,          -- the application's, 0: none
  since    INTEGER NOT NULL,          -- nanoseconds since 1970, UTC
  crc      INTEGER NOT NULL,          -- CRC-32C of all this
  msg_type TEXT    NOT NULL,
  header   BLOB    NOT NULL,          -- fields of the application's own
  body     BLOB    NOT NULL,
  PRIMARY KEY (session, place)
) WITHOUT ROWID;
CREATE INDEX parked_token ON parked (session, token) WHERE token <> 0;
)sql";

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

std::string messages_view() {
  return R"sql(CREATE VIEW messages AS
  SELECT s.sender_comp_id || '->' || s.target_comp_id AS session, r.generation, r.number,
         CASE r.kind WHEN 1 THEN 'application' WHEN 2 THEN 'administrative' ELSE 'skipped to ' || r.last END AS kind,
         nullif(r.token, 0) AS token,
         )sql" + shown("r.frame") + R"sql( AS message
  FROM record r JOIN session s ON s.id = r.session
  ORDER BY s.id, r.generation, r.number)sql";
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

void set_version(sqlite_connection& connection) { connection.run(("PRAGMA user_version = " + std::to_string(sqlite_user_version)).c_str()); }

void migrate(sqlite_connection& connection) {
  if (connection.number("PRAGMA application_id") != sqlite_application_id || connection.number("PRAGMA user_version") != sqlite_version_without_parked) return;
  connection.run("BEGIN IMMEDIATE");
  connection.run("ALTER TABLE session ADD COLUMN is_cancel_owed INTEGER NOT NULL DEFAULT 0");
  connection.run(parked_table);
  set_version(connection);
  connection.run("COMMIT");
}

bool is_empty(sqlite_connection& connection) { return connection.number("SELECT count(*) FROM sqlite_master") == 0; }

void require_ours(sqlite_connection& connection, const std::string& path) {
  if (connection.number("PRAGMA application_id") != sqlite_application_id)
    throw store_error(path + ": this SQLite file belongs to another program (application_id " +
                      std::to_string(connection.number("PRAGMA application_id")) + ", expected " + std::to_string(sqlite_application_id) +
                      "). Name another path for the store.");
}

// Of the present version alone, or of any from `oldest` on.
std::int64_t require_version(sqlite_connection& connection, const std::string& path, std::int64_t oldest) {
  require_ours(connection, path);
  const auto version = connection.number("PRAGMA user_version");
  if (version < oldest || version > sqlite_user_version)
    throw store_error(path + ": store format " + std::to_string(version) + ", this program knows format " + std::to_string(sqlite_user_version) + "." +
                      (version < sqlite_user_version ? " No version of troupe has written it: restore it from a copy."
                                                     : " Use the version of troupe that wrote it, or a newer one."));
  return version;
}

}  // namespace

std::int64_t readable_version(sqlite_connection& connection, const std::string& path) {
  return require_version(connection, path, sqlite_version_without_parked);
}

void prepare_schema(sqlite_connection& connection, const std::string& path) {
  if (!is_empty(connection) || connection.number("PRAGMA application_id") != 0) {
    migrate(connection);
    (void)require_version(connection, path, sqlite_user_version);
    renew_view(connection, "messages", messages_view());
    return renew_view(connection, "waiting", waiting_view());
  }
  connection.run(schema);
  connection.run(parked_table);
  connection.run(messages_view().c_str());
  connection.run(waiting_view().c_str());
  connection.run(("PRAGMA application_id = " + std::to_string(sqlite_application_id)).c_str());
  set_version(connection);
  connection.run("COMMIT");
}

}  // namespace troupe::store
