# Layers. A layer's objects are compiled once and linked twice: into the library that others use,
# and alone, against just the layers it may see, so that an upward symbol fails to link.

# Sets `out` to the .cpp files under `folder`, at any depth.
function(heddle_sources out folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  set(${out} "${sources}" PARENT_SCOPE)
endfunction()

# Sets `out` to `sources`, or to an empty file if there are none: a library needs something.
function(heddle_sources_or_empty out sources)
  if(NOT sources)
    set(sources "${PROJECT_BINARY_DIR}/empty.cpp")
    if(NOT EXISTS "${sources}")
      file(WRITE "${sources}" "")
    endif()
  endif()
  set(${out} "${sources}" PARENT_SCOPE)
endfunction()

function(heddle_shared_output target)
  set_target_properties(${target} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib" INSTALL_RPATH "$ORIGIN")
endfunction()

# heddle_layer(<name> <folder> [DEPENDS <layer>...] [PACKAGES <target>...])
#   heddle_objects_<name>  the objects
#   heddle_layer_<name>    the objects, linked against DEPENDS and PACKAGES only; never loaded
function(heddle_layer name folder)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "DEPENDS;PACKAGES")
  heddle_sources(sources "${folder}")
  heddle_sources_or_empty(sources "${sources}")

  add_library(heddle_objects_${name} OBJECT ${sources})
  heddle_plain(heddle_objects_${name})
  target_link_libraries(heddle_objects_${name} PUBLIC ${ARG_PACKAGES})
  if(HEDDLE_ARCH)
    target_compile_options(heddle_objects_${name} PRIVATE "-march=${HEDDLE_ARCH}")
  endif()

  add_library(heddle_layer_${name} SHARED $<TARGET_OBJECTS:heddle_objects_${name}>)
  set_target_properties(heddle_layer_${name} PROPERTIES
    LINKER_LANGUAGE CXX LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/layers")
  target_link_libraries(heddle_layer_${name} PRIVATE ${ARG_PACKAGES} heddle_link_flags)
  target_link_options(heddle_layer_${name} PRIVATE ${HEDDLE_SANITIZE_FLAG})
  foreach(below IN LISTS ARG_DEPENDS)
    target_link_libraries(heddle_layer_${name} PRIVATE heddle_layer_${below})
    # What a layer's headers include comes with it.
    target_link_libraries(heddle_objects_${name} PUBLIC
      $<TARGET_PROPERTY:heddle_objects_${below},INTERFACE_LINK_LIBRARIES>)
  endforeach()
endfunction()

# Includes are spelled from the root, here as in the installed tree.
function(heddle_public_headers target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${HEDDLE_INSTALL_HEADERS}>)
endfunction()

# heddle_library(<target> <sources> [LINKS <target>...] [PACKAGES <target>...])
#   A plain shared library. What it is built on (PACKAGES) is no affair of those who link it once it
#   is installed.
function(heddle_library target sources)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "LINKS;PACKAGES")
  heddle_sources_or_empty(sources "${sources}")
  add_library(${target} SHARED ${sources})
  heddle_plain(${target})
  heddle_shared_output(${target})
  heddle_public_headers(${target})
  target_link_libraries(${target} PUBLIC ${ARG_LINKS} PRIVATE heddle_link_flags)
  foreach(package IN LISTS ARG_PACKAGES)
    target_link_libraries(${target} PUBLIC $<BUILD_INTERFACE:${package}>)
  endforeach()
endfunction()

# Code under test of heddle's own: with its flags.
function(heddle_own_code_under_test target)
  heddle_instrument(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE heddle_build_flags)
endfunction()

# heddle_instrumented_library(<target> <sources> [EXPORTS] [LINKS <target>...]): code under test.
function(heddle_instrumented_library target sources)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "EXPORTS" "" "LINKS")
  if(NOT sources)  # the hooks may not exist yet either
    heddle_library(${target} "" LINKS ${ARG_LINKS})
    return()
  endif()
  add_library(${target} SHARED ${sources})
  if(ARG_EXPORTS)
    heddle_own_code_under_test(${target} EXPORTS)
  else()
    heddle_own_code_under_test(${target})
  endif()
  heddle_shared_output(${target})
  heddle_public_headers(${target})
  target_link_libraries(${target} PUBLIC ${ARG_LINKS} PRIVATE heddle_link_flags)
endfunction()
