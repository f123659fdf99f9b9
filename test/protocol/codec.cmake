# A list a file, a suite a line, so that additions do not meet in one line.
set(sources
  test_allocations.cpp
  test_framer.cpp
  test_message_view.cpp
  test_outgoing.cpp
  test_values.cpp
)
set(suites
  allocations_suite
  framer_suite
  message_builder_suite
  message_view_suite
  stamp_suite
  structure_check_suite
  values_suite
)
troupe_test(codec SOURCES ${sources} LIBRARIES troupe::protocol SUITES ${suites})
