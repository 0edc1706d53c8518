# Programs of scenarios. Part of the package.
#
# heddle_add_scenarios(<target> SOURCES <file>... [LINKS <library>...] [ARGUMENTS <argument>...]
#                      [PREFIX <text>] [TIMEOUT <seconds>])
#   An executable of these sources, all of them code under test (name the .cpp files of the classes
#   that you test, too). It has every verb of heddle: `<target> list`, `<target> run`, and so on.
#   When it has been built, each of its scenarios is a test of CTest, with the label heddle:
#   `<target> run <scenario>`, in the folder where the target is built, so traces of findings go to
#   heddle-out/ there.
#   LINKS      what else it needs
#   ARGUMENTS  after the scenario's name, such as --executions 10000
#   PREFIX     of the tests' names, which are otherwise the scenarios'
#   TIMEOUT    of each test; 300 s unless given
function(heddle_add_scenarios target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "PREFIX;TIMEOUT" "SOURCES;LINKS;ARGUMENTS")
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "heddle_add_scenarios(${target}) needs SOURCES, and knows LINKS, "
                        "ARGUMENTS, PREFIX and TIMEOUT besides; not '${ARG_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()

  add_executable(${target} ${ARG_SOURCES})
  heddle_instrument(${target})
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} heddle::main)

  # As with gtest_discover_tests: the list is made by each build, and read by ctest. A program that
  # is not built is a test that fails.
  set(list "${CMAKE_CURRENT_BINARY_DIR}/${target}_scenarios.cmake")
  set(reader "${CMAKE_CURRENT_BINARY_DIR}/${target}_scenarios_if_built.cmake")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${CMAKE_COMMAND}"
            "-DPROGRAM=$<TARGET_FILE:${target}>" "-DLIST=${list}" "-DPREFIX=${ARG_PREFIX}"
            "-DARGUMENTS=${ARG_ARGUMENTS}" "-DTIMEOUT=${ARG_TIMEOUT}"
            "-DFOLDER=${CMAKE_CURRENT_BINARY_DIR}"
            -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/HeddleDiscover.cmake"
    BYPRODUCTS "${list}" COMMENT "Listing the scenarios of ${target}" VERBATIM)
  file(WRITE "${reader}"
    "if(EXISTS [==[${list}]==])\n  include([==[${list}]==])\n"
    "else()\n  add_test([==[${target}_NOT_BUILT]==] [==[${target}_NOT_BUILT]==])\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${reader}")
endfunction()
