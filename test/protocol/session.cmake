troupe_test(session
  SOURCES
    session_logon_test.cpp
    session_transcripts_test.cpp
  LIBRARIES troupe::protocol
  SUITES
    session_logon
    session_transcripts
)
