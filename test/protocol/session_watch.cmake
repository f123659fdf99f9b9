troupe_test(session_watch SOURCES session_watch_test.cpp LIBRARIES troupe::protocol SUITES session_watch_suite)
