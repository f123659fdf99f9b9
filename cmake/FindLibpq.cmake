# PostgreSQL's client library. CMake's own FindPostgreSQL asks for headers of the server as well, which nobody here needs. Gives Libpq::libpq.
find_path(LIBPQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql)
find_library(LIBPQ_LIBRARY pq)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libpq REQUIRED_VARS LIBPQ_LIBRARY LIBPQ_INCLUDE_DIR)
if(Libpq_FOUND AND NOT TARGET Libpq::libpq)
  add_library(Libpq::libpq UNKNOWN IMPORTED)
  set_target_properties(Libpq::libpq PROPERTIES IMPORTED_LOCATION ${LIBPQ_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${LIBPQ_INCLUDE_DIR})
endif()
