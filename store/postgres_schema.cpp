#include "store/postgres_schema.hpp"

#include "store/message_store.hpp"

#include <set>

namespace troupe::store {

namespace {

// {} is the schema. Names, types and messages are bytea: what came over the wire need not be text in the database's encoding.
// A page of sessions and of the lease is kept half empty, so that the rows that change with every commit find room beside themselves.
constexpr const char* tables = R"sql(
CREATE TABLE {}.format (
  version bigint NOT NULL
);
INSERT INTO {}.format VALUES ($version);
CREATE TABLE {}.lease (                          -- one row: who owns the store
  is_only       boolean     PRIMARY KEY DEFAULT true CHECK (is_only),
  fencing_token bigint      NOT NULL,            -- grows with each owner, and with each connection of his
  pid           bigint      NOT NULL,
  started       bigint      NOT NULL,            -- the process, in ticks since the kernel booted
  machine       text        NOT NULL,            -- where the pid means something
  instance      bigint      NOT NULL,
  backend       bigint      NOT NULL,            -- of the server, that works for him
  backend_start timestamptz NOT NULL,
  host          text        NOT NULL,
  program       text        NOT NULL,
  taken         timestamptz NOT NULL,
  renewed       timestamptz NOT NULL,
  expires       timestamptz NOT NULL
) WITH (fillfactor = 50);
INSERT INTO {}.lease VALUES (true, 0, 0, 0, '', 0, 0, '-infinity', '', '', '-infinity', '-infinity', '-infinity');
CREATE TABLE {}.session (
  id               bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  begin_string     bytea   NOT NULL,
  sender_comp_id   bytea   NOT NULL,
  target_comp_id   bytea   NOT NULL,
  qualifier        bytea   NOT NULL,
  incarnation      bigint  NOT NULL,
  last_commit      bigint  NOT NULL,
  generation       bigint  NOT NULL,
  next_sender      bigint  NOT NULL,
  next_target      bigint  NOT NULL,
  creation_time    bigint  NOT NULL,             -- nanoseconds since 1970, UTC
  is_reset_pending boolean NOT NULL,
  is_cancel_owed   boolean NOT NULL,
  crc              bigint  NOT NULL,             -- CRC-32C of the name and the numbers
  UNIQUE (begin_string, sender_comp_id, target_comp_id, qualifier)
) WITH (fillfactor = 50);
CREATE TABLE {}.record (
  session    bigint NOT NULL,
  generation bigint NOT NULL,
  number     bigint NOT NULL,                    -- MsgSeqNum(34)
  last       bigint NOT NULL,                    -- of a skipped range, otherwise = number
  kind       bigint NOT NULL,                    -- 1 application, 2 administrative, 3 skipped
  token      bigint NOT NULL,                    -- the application's, 0: none
  crc        bigint NOT NULL,                    -- CRC-32C of all this and the frame
  frame      bytea  NOT NULL,                    -- byte for byte as it went out
  PRIMARY KEY (session, generation, number)
);
CREATE INDEX record_token ON {}.record (session, generation, token) WHERE token <> 0;
CREATE TABLE {}.parked (                         -- submits that wait for a logon, without a MsgSeqNum(34)
  session  bigint NOT NULL,
  place    bigint NOT NULL,                      -- in this order they go out
  token    bigint NOT NULL,                      -- the application's, 0: none
  since    bigint NOT NULL,                      -- nanoseconds since 1970, UTC
  crc      bigint NOT NULL,                      -- CRC-32C of all this
  msg_type bytea  NOT NULL,
  header   bytea  NOT NULL,                      -- fields of the application's own
  body     bytea  NOT NULL,
  PRIMARY KEY (session, place)
);
CREATE INDEX parked_token ON {}.parked (session, token) WHERE token <> 0;
CREATE FUNCTION {}.shown(bytes bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN replace(convert_from(bytes, 'UTF8'), chr(1), '|');
EXCEPTION WHEN others THEN                       -- a NUL, or other bytes that are no text: \000, \377
  RETURN replace(encode(bytes, 'escape'), chr(1), '|');
END $$;
CREATE VIEW {}.sessions AS
  SELECT {}.shown(begin_string) || ':' || {}.shown(sender_comp_id) || '->' || {}.shown(target_comp_id) ||
           CASE WHEN qualifier = '' THEN '' ELSE ':' || {}.shown(qualifier) END AS session,
         next_sender, next_target, generation, incarnation,
         to_char(to_timestamp(creation_time / 1000000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS created_utc,
         CASE WHEN is_reset_pending THEN 'pending' ELSE '' END AS reset
  FROM {}.session ORDER BY id;
CREATE VIEW {}.messages AS
  SELECT {}.shown(s.sender_comp_id) || '->' || {}.shown(s.target_comp_id) AS session, r.generation, r.number,
         CASE r.kind WHEN 1 THEN 'application' WHEN 2 THEN 'administrative' ELSE 'skipped to ' || r.last END AS kind,
         nullif(r.token, 0) AS token, {}.shown(r.frame) AS message
  FROM {}.record r JOIN {}.session s ON s.id = r.session ORDER BY s.id, r.generation, r.number;
CREATE VIEW {}.waiting AS
  SELECT {}.shown(s.sender_comp_id) || '->' || {}.shown(s.target_comp_id) AS session, p.place, nullif(p.token, 0) AS token,
         to_char(to_timestamp(p.since / 1000000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since_utc,
         '35=' || {}.shown(p.msg_type) || '|' || {}.shown(p.header) || {}.shown(p.body) AS message
  FROM {}.parked p JOIN {}.session s ON s.id = p.session ORDER BY s.id, p.place;
CREATE VIEW {}.owner AS
  SELECT pid, host, program, fencing_token, taken, renewed, expires, expires > clock_timestamp() AS is_alive FROM {}.lease;
)sql";

// What they are for, whatever they are called.
struct table_key {
  const char* table;
  const char* columns;
  bool is_unique;
  const char* making;
};
constexpr table_key keys[] = {
    {"lease", "is_only", true, "ALTER TABLE {}.lease ADD PRIMARY KEY (is_only)"},
    {"session", "id", true, "ALTER TABLE {}.session ADD PRIMARY KEY (id)"},
    {"session", "begin_string,sender_comp_id,target_comp_id,qualifier", true, "ALTER TABLE {}.session ADD UNIQUE (begin_string, sender_comp_id, target_comp_id, qualifier)"},
    {"record", "session,generation,number", true, "ALTER TABLE {}.record ADD PRIMARY KEY (session, generation, number)"},
    {"record", "session,generation,token", false, "CREATE INDEX record_token ON {}.record (session, generation, token) WHERE token <> 0"},
    {"parked", "session,place", true, "ALTER TABLE {}.parked ADD PRIMARY KEY (session, place)"},
    {"parked", "session,token", false, "CREATE INDEX parked_token ON {}.parked (session, token) WHERE token <> 0"},
};

std::string with(std::string text, const std::string& what, const std::string& value) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + value.size())) text.replace(at, what.size(), value);
  return text;
}

std::string tables_of(const std::string& schema) { return with(with(tables, "$version", std::to_string(postgres_format)), "{}", quoted(schema)); }

// The name of a table in this schema, ours first; empty: there is none.
std::string some_table(postgres_connection& connection, const std::string& schema) {
  const postgres_statement look{"schema_look",
                                "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                                "WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f') ORDER BY c.relname <> 'format', c.relname LIMIT 1"};
  const auto rows = connection.run(look, postgres_values{}.text(schema));
  return rows.count() == 0 ? std::string{} : rows.text(0, 0);
}

[[noreturn]] void refuse_foreign(const std::string& table) {
  throw store_error("the schema belongs to another program (it has a table `" + table + "`). Name another one: StoreSchema.");
}

// Two engines may begin at the same time; the second finds what the first has made. Its key is no secret: "TRPE".
void create(postgres_connection& connection, const std::string& schema) {
  const std::string lock = "BEGIN; SELECT pg_advisory_xact_lock(1414680645);";
  connection.run_script(lock);
  if (some_table(connection, schema).empty()) {
    if (!has_schema(connection, schema)) connection.run_script("CREATE SCHEMA " + quoted(schema));
    connection.run_script(tables_of(schema));
  }
  connection.run_script("COMMIT");
}

}  // namespace

std::string quoted(const std::string& name) { return "\"" + with(name, "\"", "\"\"") + "\""; }

void require_format(postgres_connection& connection, const std::string& schema) {
  if (const auto table = some_table(connection, schema); table != "format") refuse_foreign(table.empty() ? "nothing" : table);
  const postgres_statement has_version{"format_column",
                                       "SELECT 1::bigint FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'version' AND atttypid = 'bigint'::regtype"};
  const auto table = quoted(schema) + ".format";
  if (connection.run(has_version, postgres_values{}.text(table)).count() == 0) refuse_foreign("format");
  const auto rows = connection.run({"format_read", "SELECT version FROM " + table});
  const auto version = rows.count() == 1 ? rows.number(0, 0) : 0;
  if (version == postgres_format) return;
  throw store_error("store format " + std::to_string(version) + ", this program knows format " + std::to_string(postgres_format) + "." +
                    (version < postgres_format ? " No version of troupe has written it: restore it from a copy."
                                               : " Use the version of troupe that wrote it, or a newer one."));
}

bool has_schema(postgres_connection& connection, const std::string& schema) {
  const postgres_statement is_there{"schema_is_there", "SELECT 1::bigint FROM pg_namespace WHERE nspname = $1"};
  return connection.run(is_there, postgres_values{}.text(schema)).count() != 0;
}

// Whoever runs on the copy makes new rows of sessions behind those that it has.
void copy_schema(postgres_connection& connection, const std::string& from, const std::string& to) {
  constexpr std::pair<const char*, const char*> contents[] = {
      {"session", "id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, next_target, creation_time, is_reset_pending, is_cancel_owed, crc"},
      {"record", "session, generation, number, last, kind, token, crc, frame"},
      {"parked", "session, place, token, since, crc, msg_type, header, body"}};
  std::string script = "BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE SCHEMA " + quoted(to) + ";" + tables_of(to);
  for (const auto& [table, columns] : contents)
    script += "INSERT INTO " + quoted(to) + "." + table + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " + quoted(from) + "." + table + ";";
  const auto session = quoted(to) + ".session";
  script += "SELECT setval(pg_get_serial_sequence('" + with(session, "'", "''") + "', 'id'), 1 + coalesce(max(id), 0), false) FROM " + session + "; COMMIT";
  connection.run_script(script);
}

bool has_tables(postgres_connection& connection, const std::string& schema) { return !some_table(connection, schema).empty(); }

std::vector<std::string> missing_keys(postgres_connection& connection, const std::string& schema) {
  const postgres_statement look{"schema_keys",
                                "SELECT c.relname::text, string_agg(a.attname::text, ',' ORDER BY k.place), i.indisunique AND i.indpred IS NULL FROM pg_index i "
                                "JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace, "
                                "LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a "
                                "WHERE n.nspname = $1 AND i.indisvalid AND i.indisready AND a.attrelid = c.oid AND a.attnum = k.attnum GROUP BY i.indexrelid, i.indisunique, i.indpred IS NULL, c.relname"};
  const auto rows = connection.run(look, postgres_values{}.text(schema));
  std::set<std::pair<std::string, std::string>> unique, any;
  for (int at = 0; at < rows.count(); ++at) {
    any.emplace(rows.text(at, 0), rows.text(at, 1));
    if (rows.flag(at, 2)) unique.emplace(rows.text(at, 0), rows.text(at, 1));
  }
  std::vector<std::string> missing;
  for (const auto& k : keys)
    if (!(k.is_unique ? unique : any).contains({k.table, k.columns})) missing.push_back(with(k.making, "{}", quoted(schema)));
  return missing;
}

void prepare_schema(postgres_connection& connection, const std::string& schema) {
  if (some_table(connection, schema).empty()) create(connection, schema);
  require_format(connection, schema);
}

}  // namespace troupe::store
