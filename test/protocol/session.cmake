troupe_test(session
  SOURCES
    session_crash_test.cpp
    session_fixt_test.cpp
    session_liveness_test.cpp
    session_logon_test.cpp
    session_logout_test.cpp
    session_recovery_test.cpp
    session_replay_test.cpp
    session_reset_test.cpp
    session_stalled_test.cpp
    session_table_test.cpp
    session_transcripts_test.cpp
  LIBRARIES troupe::protocol
  SUITES
    session_crash
    session_fixt
    session_liveness_stories
    session_logon
    session_logout
    session_recovery_stories
    session_replay_stories
    session_reset
    session_stalled
    session_table
    session_transcripts
)
target_compile_definitions(test_session PRIVATE TROUPE_SOURCE="${PROJECT_SOURCE_DIR}")
