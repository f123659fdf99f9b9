# A binary of its own: it counts what is allocated.
troupe_test(session_cost SOURCES session_cost_test.cpp LIBRARIES troupe::protocol SUITES session_cost)
