# Run after a program of scenarios was built (heddle_add_scenarios): writes a file for ctest that
# has a test for each of them.
#   PROGRAM, LIST (the file to write), PREFIX, ARGUMENTS, TIMEOUT, FOLDER (where the tests run)
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${PROGRAM}" list --json - OUTPUT_VARIABLE scenarios
                ERROR_VARIABLE problem RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  file(REMOVE "${PROGRAM}")  # else the next build would take it for done
  message(FATAL_ERROR "`${PROGRAM} list --json -` ended with ${code}: ${problem}")
endif()

set(tests "# Made by heddle_add_scenarios.\n")
string(JSON count LENGTH "${scenarios}")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON name GET "${scenarios}" ${i} scenario)
  set(command "[==[${PROGRAM}]==] run [==[${name}]==] --jobs 1")
  foreach(argument IN LISTS ARGUMENTS)
    string(APPEND command " [==[${argument}]==]")
  endforeach()
  string(APPEND tests
    "add_test([==[${PREFIX}${name}]==] ${command})\n"
    "set_tests_properties([==[${PREFIX}${name}]==] PROPERTIES LABELS heddle TIMEOUT ${TIMEOUT}\n"
    "                     WORKING_DIRECTORY [==[${FOLDER}]==])\n")
endforeach()
file(WRITE "${LIST}" "${tests}")
