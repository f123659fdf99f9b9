# A list a file, a suite a line, so that additions do not meet in one line.
set(sources
  test_framer.cpp
  test_values.cpp
)
set(suites
  framer_suite
  values_suite
)
troupe_test(codec SOURCES ${sources} LIBRARIES troupe::protocol SUITES ${suites})
