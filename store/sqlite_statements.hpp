// What the store asks of SQLite, prepared once. Private to sqlite_store's own files.
#pragma once

#include "store/sqlite_place.hpp"
#include "store/sqlite_store.hpp"

namespace troupe::store {

struct sqlite_store::statements {
  explicit statements(sqlite_connection& c)
      : begin(c, "BEGIN IMMEDIATE"),
        commit(c, "COMMIT"),
        hold(c, "SELECT through FROM settled"),
        insert_session(c,
                       "INSERT INTO session (id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, "
                       "next_sender, next_target, creation_time, is_reset_pending, crc, as_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        numbers(c,
                "UPDATE session SET incarnation = ?2, last_commit = ?3, generation = ?4, next_sender = ?5, next_target = ?6, "
                "creation_time = ?7, is_reset_pending = ?8, crc = ?9, is_cancel_owed = ?10, as_of = ?11 WHERE id = ?1"),
        record(c,
               "INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame, incarnation, commit_id, next_sender, next_target, numbers_crc) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        position(c, "SELECT incarnation, last_commit FROM session WHERE id = ?"),
        position_behind(c, "SELECT incarnation, commit_id FROM record WHERE id > ? AND session = ? AND commit_id IS NOT NULL ORDER BY id DESC LIMIT 1"),
        settled(c, "INSERT OR REPLACE INTO settled (rowid, through, crc) VALUES (1, ?, ?)"),
        remove(c, "DELETE FROM record WHERE id BETWEEN ?1 AND ?2 AND session = ?3 AND generation = ?4"),
        park(c, "INSERT INTO parked (session, place, token, since, crc, msg_type, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        unpark(c, "DELETE FROM parked WHERE session = ? AND place <= ?"),
        unpark_one(c, "DELETE FROM parked WHERE session = ? AND place = ?"),
        forget(c, "DELETE FROM session WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM place WHERE session = ?1) AND NOT EXISTS (SELECT 1 FROM parked WHERE session = ?1)"),
        places(c),
        blocks(c) {}

  sqlite_statement begin, commit, hold, insert_session, numbers, record, position, position_behind, settled, remove, park, unpark, unpark_one, forget;
  sqlite_places places;
  sqlite_place_writer blocks;
};

}  // namespace troupe::store
