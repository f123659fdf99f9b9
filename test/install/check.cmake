# Installs into an empty folder, looks at what is there, builds the consumer against it, runs everything that can be run.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(prefix ${FOLDER}/prefix)
file(REMOVE_RECURSE ${FOLDER})
run(${CMAKE_COMMAND} --install ${BUILT} --prefix ${prefix})

# Whoever takes the package elsewhere must not need our checkout.
file(GLOB_RECURSE package ${prefix}/*.cmake)
foreach(file IN LISTS package)
  file(READ ${file} text)
  string(FIND "${text}" "${SOURCE}" at)
  if(NOT at EQUAL -1)
    message(FATAL_ERROR "${file} names the source folder ${SOURCE}")
  endif()
endforeach()

# With the notices that those who hold rights in them ask for.
foreach(file FIX40 FIX41 FIX42 FIX43 FIX44 FIX50 FIX50SP1 FIX50SP2 FIXT11)
  list(APPEND dictionaries ${file}.xml)
endforeach()
foreach(file IN LISTS dictionaries ITEMS README.md NOTICE licences/Apache-2.0.txt licences/QuickFIX-1.0.txt)
  if(NOT EXISTS ${prefix}/share/troupe/dictionaries/${file})
    message(FATAL_ERROR "dictionaries/${file} is not installed")
  endif()
endforeach()

# A copy, as its dictionary is changed further down.
file(COPY ${CONSUMER}/ DESTINATION ${FOLDER}/consumer)
run(${CMAKE_COMMAND} -S ${FOLDER}/consumer -B ${FOLDER}/build -G Ninja -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER}
  -D CMAKE_CXX_FLAGS=${FLAGS} -D CAF_ROOT=${CAF_ROOT} --no-warn-unused-cli)
run(${CMAKE_COMMAND} --build ${FOLDER}/build)
run(${FOLDER}/build/codec)
run(${FOLDER}/build/trade)
run(${FOLDER}/build/typed 1)

# What includes a generated header is compiled again when its dictionary changes, and nothing is generated when it does not.
file(READ ${FOLDER}/consumer/venue.xml text)
string(REPLACE "enum='1' description='GOLD'" "enum='2' description='GOLD'" text "${text}")
file(WRITE ${FOLDER}/consumer/venue.xml "${text}")
run(${CMAKE_COMMAND} --build ${FOLDER}/build --target typed)
run(${FOLDER}/build/typed 2)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${FOLDER}/build --target typed OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
if(NOT said MATCHES "no work to do")
  message(FATAL_ERROR "nothing has changed, and yet: ${said}")
endif()
run(${FOLDER}/build/recover)
run(${prefix}/bin/troupe check ${prefix}/share/doc/troupe/examples/acceptor.cfg)
