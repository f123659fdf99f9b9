# A list a file, a suite a line, so that additions do not meet in one line.
set(sources
  test_dictionary.cpp
  test_field_type.cpp
  test_message.cpp
  test_validate.cpp
)
set(suites
  dictionary_suite
  field_type_suite
  message_suite
  standard_dictionaries_suite
  validate_suite
  validate_groups_suite
)
troupe_test(dictionary SOURCES ${sources} LIBRARIES troupe::protocol SUITES ${suites})
target_compile_definitions(test_dictionary PRIVATE TROUPE_DICTIONARIES="${PROJECT_SOURCE_DIR}/dictionaries")
