troupe_test(session
  SOURCES
    session_logon_test.cpp
    session_replay_test.cpp
    session_reset_test.cpp
    session_stalled_test.cpp
    session_table_test.cpp
    session_transcripts_test.cpp
  LIBRARIES troupe::protocol
  SUITES
    session_logon
    session_replay_stories
    session_reset
    session_stalled
    session_table
    session_transcripts
)
target_compile_definitions(test_session PRIVATE TROUPE_SOURCE="${PROJECT_SOURCE_DIR}")
