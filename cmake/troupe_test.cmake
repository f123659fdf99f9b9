# troupe_test(name SOURCES … LIBRARIES … SUITES … [HEADERS …]): one Boost.Test binary for a room, each suite a ctest of its own. What is in
# HEADERS is precompiled beside Boost.Test's.
find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)

# The one precompiled header of all of them.
file(WRITE ${PROJECT_BINARY_DIR}/precompiled.cpp "// Its header is what counts.\n")
add_library(troupe_test_headers OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_compile_definitions(troupe_test_headers PRIVATE BOOST_TEST_DYN_LINK)
target_link_libraries(troupe_test_headers PRIVATE Boost::unit_test_framework troupe_warnings)
target_precompile_headers(troupe_test_headers PRIVATE <boost/test/unit_test.hpp>)

function(troupe_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;SUITES;HEADERS" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/test/support/main.cpp)
  set_source_files_properties(${PROJECT_SOURCE_DIR}/test/support/main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK)
  target_link_libraries(test_${name} PRIVATE ${ARG_LIBRARIES} Boost::unit_test_framework troupe_warnings)
  if(ARG_HEADERS)
    target_precompile_headers(test_${name} PRIVATE <boost/test/unit_test.hpp> ${ARG_HEADERS})
  else()
    target_precompile_headers(test_${name} REUSE_FROM troupe_test_headers)
  endif()
  foreach(suite IN LISTS ARG_SUITES)
    add_test(NAME ${name}.${suite} COMMAND test_${name} --run_test=${suite} --report_level=no --color_output=no)
    set_tests_properties(${name}.${suite} PROPERTIES TIMEOUT 120)
  endforeach()
endfunction()
