# ThreadSanitizer needs a CAF that is instrumented: what an ordinary one orders looks like races.
if(NOT CAF_ROOT)
  set(cache $ENV{XDG_CACHE_HOME})
  if(NOT cache)
    set(cache $ENV{HOME}/.cache)
  endif()
  set(CAF_ROOT ${cache}/troupe/caf-tsan)
endif()
if(NOT EXISTS ${CAF_ROOT}/lib/libcaf_core.so)
  message(FATAL_ERROR "${CAF_ROOT} has no CAF built with ThreadSanitizer; ./dev tsan makes one (packaging/build-caf-tsan)")
endif()
# Asio's headers hold fences, which the sanitizer does not know; it sees the locks around them.
add_compile_options(-Wno-tsan)
