#include "store/sqlite_schema.hpp"

#include "store/message_store.hpp"
#include "store/sqlite_place.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_tail.hpp"

#include <span>
#include <string_view>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr const char* session_table = R"sql(
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
  crc              INTEGER NOT NULL,  -- CRC-32C of all this
  is_cancel_owed   INTEGER NOT NULL DEFAULT 0,
  as_of            INTEGER NOT NULL DEFAULT 0,  -- a row of record: numbers that stand behind it are newer
  UNIQUE (begin_string, sender_comp_id, target_comp_id, qualifier)
);
)sql";

// Format 3 has these, and session.as_of.
constexpr const char* record_tables = R"sql(
CREATE TABLE record (                 -- in the order of the commits
  id          INTEGER PRIMARY KEY,
  session     INTEGER NOT NULL,
  generation  INTEGER NOT NULL,
  number      INTEGER NOT NULL,       -- MsgSeqNum(34)
  last        INTEGER NOT NULL,       -- of a skipped range, otherwise = number
  kind        INTEGER NOT NULL,       -- 1 application, 2 administrative, 3 skipped
  token       INTEGER NOT NULL,       -- the application's, 0: none
  crc         INTEGER NOT NULL,       -- CRC-32C of all this and the frame
  incarnation INTEGER,                -- with the last message of a commit: the session's numbers after it
  commit_id   INTEGER,
  next_sender INTEGER,
  next_target INTEGER,
  numbers_crc INTEGER,                -- CRC-32C of these five
  frame       BLOB    NOT NULL        -- byte for byte as it went out
);
CREATE TABLE place (                  -- where messages are, by number: made from `record`
  session        INTEGER NOT NULL,
  generation     INTEGER NOT NULL,
  first          INTEGER NOT NULL,    -- numbers that it tells of
  last           INTEGER NOT NULL,
  least_token    INTEGER NOT NULL,
  greatest_token INTEGER NOT NULL,
  crc            INTEGER NOT NULL,    -- CRC-32C of all this
  places         BLOB    NOT NULL,    -- of each message its number, row and token, as differences
  PRIMARY KEY (session, generation, first)
) WITHOUT ROWID;
CREATE TABLE settled (                -- up to this row of `record` the tables `place` and `session` say all
  through INTEGER NOT NULL,
  crc     INTEGER NOT NULL            -- CRC-32C of it
);
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

void set_version(sqlite_connection& connection) { connection.run(("PRAGMA user_version = " + std::to_string(sqlite_user_version)).c_str()); }

bool has_column(sqlite_connection& connection, const char* table, const char* column) {
  sqlite_statement known{connection, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?"};
  return known.use(std::string{table}, std::string{column}).step();
}

// One of format 1 has no submits that wait, one of format 2 keeps its messages by number and its numbers in the session's row alone.
void migrate_sessions(sqlite_connection& connection) {
  if (!has_column(connection, "session", "is_cancel_owed")) {
    connection.run("ALTER TABLE session ADD COLUMN is_cancel_owed INTEGER NOT NULL DEFAULT 0");
    connection.run(parked_table);
  }
  connection.run("ALTER TABLE session ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0");
}

std::uint32_t name_check_of(const sqlite_statement& s, int from) {
  return crc32c(to_string(session_id{std::string{s.bytes(from)}, std::string{s.bytes(from + 1)}, std::string{s.bytes(from + 2)}, std::string{s.bytes(from + 3)}}));
}

// A row that does not fit its checksum stays one that does not, and one of nobody stays one of nobody.
void migrate_records(sqlite_connection& connection) {
  connection.run("ALTER TABLE record RENAME TO record_of_before");
  connection.run(record_tables);
  {
    sqlite_statement old{connection,
                         "SELECT r.session, r.generation, r.number, r.last, r.kind, r.token, r.crc, r.frame, s.begin_string, s.sender_comp_id, s.target_comp_id, s.qualifier "
                         "FROM record_of_before r LEFT JOIN session s ON s.id = r.session ORDER BY r.session, r.generation, r.number"};
    sqlite_statement put{connection, "INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    for (std::uint64_t id = 1; old.step(); ++id) {
      const auto frame = old.bytes(7);
      const auto was = record_check(name_check_of(old, 8), numbering_generation{old.column(1)}, seq_num{old.column(2)}, seq_num{old.column(3)}, static_cast<record_kind>(old.column(4)),
                                    submit_token{old.column(5)}, frame);
      const std::uint64_t crc = record_row_check(was, id, no_numbers);
      put.use(id, old.column(0), old.column(1), old.column(2), old.column(3), old.column(4), old.column(5), old.column(6) == was ? crc : crc ^ 1, sqlite_statement::blob{frame}).done();
    }
  }
  connection.run("DROP TABLE record_of_before");
}

// Those whose numbers do not fit their checksum stay so: it is not made again.
void migrate_checks(sqlite_connection& connection) {
  sqlite_statement old{connection,
                       "SELECT id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, next_target, creation_time, is_reset_pending, "
                       "is_cancel_owed, crc FROM session"};
  sqlite_statement put{connection, "UPDATE session SET crc = ? WHERE id = ?"};
  while (old.step()) {
    sqlite_row s;
    s.row = old.column(0);
    s.name_check = name_check_of(old, 1);
    s.state.incarnation = session_incarnation{old.column(5)};
    s.last_commit = commit_id{old.column(6)};
    s.state.generation = numbering_generation{old.column(7)};
    s.state.next_sender = seq_num{old.column(8)};
    s.state.next_target = seq_num{old.column(9)};
    s.state.creation_time = utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(old.column(10))}};
    s.state.is_reset_pending = old.column(11) != 0;
    s.state.is_cancel_owed = old.column(12) != 0;
    const std::uint64_t crc = sqlite_row_check(s);
    put.use(old.column(13) == row_check(s) ? crc : crc ^ 1, old.column(0)).done();
  }
}

void migrate(sqlite_connection& connection) {
  const auto version = connection.number("PRAGMA user_version");
  if (connection.number("PRAGMA application_id") != sqlite_application_id || version < 1 || version >= sqlite_user_version) return;
  connection.run("PRAGMA temp_store = FILE");  // there may be many millions of rows to sort
  connection.run("PRAGMA legacy_alter_table = ON");  // or views that a person has made would be in the way
  connection.run("BEGIN IMMEDIATE");
  connection.run("DROP VIEW IF EXISTS sessions; DROP VIEW IF EXISTS messages; DROP VIEW IF EXISTS waiting");
  migrate_sessions(connection);
  migrate_records(connection);
  migrate_checks(connection);
  remake_places(connection);
  set_settled(connection, static_cast<std::uint64_t>(connection.number("SELECT coalesce(max(id), 0) FROM record")));
  set_version(connection);
  connection.run("COMMIT");
  connection.run("PRAGMA wal_checkpoint(TRUNCATE)");  // as large as the file: no commit is to wait for it
  connection.run("PRAGMA temp_store = MEMORY; PRAGMA legacy_alter_table = OFF");
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

namespace {

// Places of one numbering after the other, as the rows come, into blocks.
class block_maker {
 public:
  explicit block_maker(sqlite_connection& connection) : writer_(connection) {}

  void take(std::uint64_t session, numbering_generation generation, const record_place& p) {
    if (session != session_ || generation != tail_.generation) {
      end();
      session_ = session;
      tail_ = {generation, {}};
      covered_ = {};
    }
    if (p.number <= covered_) return;
    tail_.add(p);
    // The last one may still give way.
    if (tail_.places.size() > places_in_block && !tail_.places[places_in_block - 1].is_doubtful) put(places_in_block);
  }
  // One at the end that is doubtful may have had any number: it must not stand in the way of the next message.
  void end() {
    while (!tail_.places.empty() && tail_.places.back().is_doubtful) tail_.places.pop_back();
    if (!tail_.places.empty()) put(tail_.places.size());
  }

 private:
  void put(std::size_t count) {
    writer_.put(session_, tail_.generation, covered_, std::span{tail_.places}.first(count));
    covered_ = tail_.places[count - 1].last;
    tail_.places.erase(tail_.places.begin(), tail_.places.begin() + static_cast<std::ptrdiff_t>(count));
  }

  sqlite_place_writer writer_;
  std::uint64_t session_ = 0;
  session_tail tail_;
  seq_num covered_{};
};

// Places as blocks had them, one after the other: of a message that is lost its token is known from there alone.
class places_of_before {
 public:
  explicit places_of_before(sqlite_connection& connection)
      : blocks_(connection, "SELECT session, generation, first, last, least_token, greatest_token, crc, places FROM temp.place_of_before ORDER BY session, generation, first") {
    next();
  }

  struct where {
    std::uint64_t session, generation, number;
    auto operator<=>(const where&) const = default;
  };
  [[nodiscard]] bool is_at_end() const { return at_ == block_.places.size(); }
  [[nodiscard]] where here() const { return {session_, block_.generation.value, place().number.value}; }
  [[nodiscard]] const record_place& place() const { return block_.places[at_]; }
  void next() {
    if (at_ < block_.places.size()) ++at_;
    while (at_ == block_.places.size() && blocks_.step()) {
      session_ = blocks_.column(0);
      block_ = block_in(blocks_, 1, session_);
      at_ = 0;
    }
  }

 private:
  sqlite_statement blocks_;
  std::uint64_t session_ = 0;
  place_block block_;
  std::size_t at_ = 0;
};

void put_all_places(sqlite_connection& connection) {
  sqlite_statement rows{connection,
                        "SELECT r.session, r.generation, r.number, r.last, r.id, r.token, r.kind, r.crc, r.numbers_crc, s.begin_string, s.sender_comp_id, s.target_comp_id, s.qualifier "
                        "FROM record r JOIN session s ON s.id = r.session ORDER BY r.session, r.generation, r.number, r.id"};
  sqlite_statement frame{connection, "SELECT frame FROM record WHERE id = ?"};  // which is not to go through what sorts the rows
  places_of_before old{connection};
  block_maker blocks{connection};
  const auto take_old = [&] {
    blocks.take(old.here().session, numbering_generation{old.here().generation}, old.place());
    old.next();
  };
  while (rows.step()) {
    if (!frame.use(rows.column(4)).step()) continue;
    const numbering_generation generation{rows.column(1)};
    record_place p{seq_num{rows.column(2)}, seq_num{rows.column(3)}, rows.column(4), submit_token{rows.column(5)}, false};
    const auto numbers = rows.is_null(8) ? no_numbers : numbers_with(rows.column(8));
    const auto of_record = record_check(name_check_of(rows, 9), generation, p.number, p.last, static_cast<record_kind>(rows.column(6)), p.token, frame.bytes(0));
    p.is_doubtful = rows.column(7) != record_row_check(of_record, p.row, numbers);
    const places_of_before::where here{rows.column(0), generation.value, p.number.value};
    while (!old.is_at_end() && old.here() < here) take_old();
    if (!p.is_doubtful && !old.is_at_end() && old.here() == here) old.next();
    blocks.take(here.session, generation, p);
  }
  while (!old.is_at_end()) take_old();
  blocks.end();
}

}  // namespace

void remake_places(sqlite_connection& connection) {
  connection.run("DROP TABLE IF EXISTS temp.place_of_before; CREATE TEMP TABLE place_of_before AS SELECT * FROM main.place; DELETE FROM main.place");
  put_all_places(connection);
  connection.run("DROP TABLE temp.place_of_before");
}

}  // namespace troupe::store
