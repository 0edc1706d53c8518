# Flags of all heddle code, and those that only uninstrumented ("plain") code gets.

add_library(heddle_build_flags INTERFACE)
target_compile_features(heddle_build_flags INTERFACE cxx_std_20)
target_include_directories(heddle_build_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(heddle_build_flags INTERFACE
  # Traces name lines in every type of build. Where the type has its own -g, no second one may come
  # behind what heddle_compile_quickly() asks for.
  $<$<NOT:$<CONFIG:Debug,RelWithDebInfo>>:-g>
  -Wall -Wextra -Wpedantic -Wshadow
  $<$<BOOL:${HEDDLE_WERROR}>:-Werror>
  # The stable_sort of libstdc++ 12 calls what the same library deprecates; Clang tells us.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # Paths in traces are the same on every machine; debug information keeps the real ones.
  "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/="
  # -fPIC in executables too: they must not take copies of the libraries' variables, because
  # libraries linked with -Bsymbolic would go on using their own.
  -fPIC -fno-plt -fno-semantic-interposition)

# Code under test is never sanitized, but switches fibers as the sanitized engine does.
if("address" IN_LIST HEDDLE_SANITIZE)
  target_compile_definitions(heddle_build_flags INTERFACE HEDDLE_ASAN)
endif()

# -Bsymbolic: an inline function that exists in instrumented and plain code stays apart.
add_library(heddle_link_flags INTERFACE)
target_link_options(heddle_link_flags INTERFACE -Wl,-Bsymbolic)
if(NOT (HEDDLE_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang"))
  # Clang links a sanitizer's runtime into executables only.
  target_link_options(heddle_link_flags INTERFACE -Wl,--no-undefined)
endif()

# Small structs are cleared by stores: what g++ picks, `rep stos`, costs 20 ns to begin with.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(HEDDLE_CLEARING "-mmemset-strategy=unrolled_loop:256:noalign,libcall:-1:noalign")
endif()

string(REPLACE ";" "," heddle_sanitize_list "${HEDDLE_SANITIZE}")
set(HEDDLE_SANITIZE_FLAG "")
if(heddle_sanitize_list)
  set(HEDDLE_SANITIZE_FLAG "-fsanitize=${heddle_sanitize_list}")
endif()

# Plain code: the engine and all that is not code under test.
function(heddle_plain target)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE heddle_build_flags)
  target_compile_options(${target} PRIVATE ${HEDDLE_CLEARING})
  if(HEDDLE_SANITIZE_FLAG)
    # What is found ends the process, or a test that does it would pass.
    target_compile_options(${target} PRIVATE
      ${HEDDLE_SANITIZE_FLAG} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE ${HEDDLE_SANITIZE_FLAG})
  endif()
endfunction()

# An executable carries the sanitizer's runtime, whether its own code is sanitized or not.
function(heddle_executable target)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin"
    INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  # Scenarios and models register themselves from constructors of libraries nobody calls into.
  target_link_options(${target} PRIVATE ${HEDDLE_SANITIZE_FLAG} -Wl,--no-as-needed)
endfunction()

# heddle_compile_quickly(<target> [TYPES]): half the time to compile for code in which executions spend
# none. Where its type of build would have optimised it, it is a little, with no more than lines and
# functions to debug; but of code under test with TYPES traces tell these, too.
function(heddle_compile_quickly target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "TYPES" "" "")
  set(options -O1)
  if(NOT ARG_TYPES)
    list(APPEND options -g1)
  endif()
  target_compile_options(${target} PRIVATE "$<$<CONFIG:RelWithDebInfo>:${options}>")
endfunction()

# heddle_precompile(<target> <header>...): parses once what most files of the target include.
# heddle_precompile(<target> REUSE_FROM <other>): the same, which the other target, compiled alike, has
# parsed. ccache cannot keep objects that were made so, and is the faster of the two.
function(heddle_precompile target)
  if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "ccache")
    return()
  endif()
  if(ARGV1 STREQUAL "REUSE_FROM")
    target_precompile_headers(${target} REUSE_FROM ${ARGV2})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
