#include "store/sqlite_migration.hpp"

#include "store/sqlite_record.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_tables.hpp"

namespace troupe::store {

using namespace protocol;

namespace {

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
      const auto was = record_check(name_check_in(old, 8), numbering_generation{old.column(1)}, seq_num{old.column(2)}, seq_num{old.column(3)}, static_cast<record_kind>(old.column(4)),
                                    submit_token{old.column(5)}, frame);
      const std::uint64_t crc = record_row_check(was, id, no_numbers);
      put.use(id, old.column(0), old.column(1), old.column(2), old.column(3), old.column(4), old.column(5), old.column(6) == was ? crc : crc ^ damaged_mark, sqlite_statement::blob{frame}).done();
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
    s.name_check = name_check_in(old, 1);
    read_numbers(old, 5, s);
    s.state.is_cancel_owed = old.column(12) != 0;
    const std::uint64_t crc = sqlite_row_check(s);
    put.use(old.column(13) == row_check(s) ? crc : crc ^ damaged_mark, old.column(0)).done();
  }
}

}  // namespace

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

}  // namespace troupe::store
