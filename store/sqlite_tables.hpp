// The tables of a store in SQLite, as they are made: docs/store.md.
#pragma once

namespace troupe::store {

inline constexpr const char* session_table = R"sql(
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
inline constexpr const char* record_tables = R"sql(
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
inline constexpr const char* parked_table = R"sql(
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

}  // namespace troupe::store
