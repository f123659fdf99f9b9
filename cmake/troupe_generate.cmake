# troupe_generate(TARGET DICTIONARY file NAMESPACE name [TRANSPORT file])
#
# Makes the INTERFACE library TARGET: typed messages of a dictionary, generated while building.
#   troupe_generate(orders DICTIONARY FIX44.xml NAMESPACE fix44)
#   target_link_libraries(mine PRIVATE orders)
#   #include "fix44/new_order_single.hpp"
#
# DICTIONARY and TRANSPORT: in the QuickFIX XML schema; relative to the calling CMakeLists.txt, or one of those that come with
# Troupe (FIX40.xml … FIX50SP2.xml, FIXT11.xml). Messages of FIX 5.0 and later need TRANSPORT FIXT11.xml.
# When a dictionary changes, the headers are made again, and what includes them is compiled again.
function(troupe_generate_find variable file)
  foreach(folder ${CMAKE_CURRENT_SOURCE_DIR} ${troupe_DICTIONARIES})
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${folder} NORMALIZE OUTPUT_VARIABLE found)
    if(EXISTS ${found} AND NOT IS_DIRECTORY ${found})
      set(${variable} ${found} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "troupe_generate: there is no dictionary \"${file}\" in ${CMAKE_CURRENT_SOURCE_DIR}, nor in ${troupe_DICTIONARIES}, where Troupe's own are")
endfunction()

function(troupe_generate target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "DICTIONARY;TRANSPORT;NAMESPACE" "")
  foreach(needed DICTIONARY NAMESPACE)
    if(NOT ARG_${needed})
      message(FATAL_ERROR "troupe_generate(${target}): ${needed} is missing; troupe_generate(TARGET DICTIONARY file NAMESPACE name [TRANSPORT file])")
    endif()
  endforeach()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "troupe_generate(${target}): what is \"${ARG_UNPARSED_ARGUMENTS}\"? Known are DICTIONARY, NAMESPACE, TRANSPORT")
  endif()
  troupe_generate_find(dictionary ${ARG_DICTIONARY})
  set(inputs ${dictionary})
  set(options)
  if(ARG_TRANSPORT)
    troupe_generate_find(transport ${ARG_TRANSPORT})
    list(APPEND inputs ${transport})
    set(options --transport ${transport})
  endif()

  # Every generated header includes values.hpp, and values.hpp changes with each of them: one file stands for all.
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}_headers)
  string(REPLACE "::" "/" path ${ARG_NAMESPACE})
  add_custom_command(OUTPUT ${folder}/made BYPRODUCTS ${folder}/${path}/values.hpp
    COMMAND troupe::generator ${dictionary} ${options} --namespace ${ARG_NAMESPACE} --out ${folder}
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}/made
    DEPENDS ${inputs} troupe::generator VERBATIM COMMENT "Typed messages of ${ARG_DICTIONARY}")
  add_custom_target(${target}_headers DEPENDS ${folder}/made)
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_headers)
  target_include_directories(${target} INTERFACE ${folder})
  target_link_libraries(${target} INTERFACE troupe::protocol)
endfunction()
