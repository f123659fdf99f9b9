# What `cmake --install` puts where, and the package that find_package(troupe) finds:
#   target_link_libraries(mine PRIVATE troupe::actors)     # or troupe::protocol, troupe::store, troupe::operation
#   target_link_libraries(my_tests PRIVATE troupe::testing_kit)
#   #include "actors/engine.hpp"                           # below include/troupe
include(CMakePackageConfigHelpers)
#   troupe_generate(orders DICTIONARY FIX44.xml NAMESPACE fix44)  # typed messages, see troupe_generate.cmake
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
set(documents ${CMAKE_INSTALL_DOCDIR})
set(libraries troupe_protocol troupe_store troupe_operation troupe_actors troupe_testing)

foreach(library IN LISTS libraries)
  target_compile_features(${library} PUBLIC cxx_std_20)
endforeach()
install(TARGETS ${libraries} EXPORT troupe-targets)
install(TARGETS troupe_generator EXPORT troupe-targets)
install(EXPORT troupe-targets NAMESPACE troupe:: DESTINATION ${package})
foreach(room protocol store actors)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/troupe FILES_MATCHING PATTERN "*.hpp")
endforeach()

set(installed_dictionaries ${CMAKE_INSTALL_DATADIR}/troupe/dictionaries)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/troupe-config.cmake.in ${PROJECT_BINARY_DIR}/troupe-config.cmake
  INSTALL_DESTINATION ${package} PATH_VARS installed_dictionaries)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/troupe-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/troupe-config.cmake ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindCAF.cmake ${CMAKE_CURRENT_LIST_DIR}/FindAsio.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindLibpq.cmake ${CMAKE_CURRENT_LIST_DIR}/troupe_generate.cmake DESTINATION ${package})

if(TARGET troupe)
  install(TARGETS troupe)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${documents})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${documents})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/dictionaries/ DESTINATION ${installed_dictionaries}
  FILES_MATCHING PATTERN "*.xml" PATTERN "*.md" PATTERN "*.txt" PATTERN "NOTICE")
