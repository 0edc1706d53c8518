# Code under test: compiled with the thread sanitizer's hooks, linked without its runtime. The
# hooks (__tsan_*) and the wrapped memory functions (__wrap_memcpy, ...) are in libheddle_sim. Part
# of the package: what stands here is all that such code needs, wherever it is built.

# Sets the two variables to the options that make code under test of C++20 sources.
function(heddle_instrument_options compile_options link_options)
  set(compile
    -g -fsanitize=thread
    # -fPIC in executables too: they must not take copies of the libraries' variables, because
    # libraries linked with -Bsymbolic would go on using their own.
    -fPIC -fno-plt -fno-semantic-interposition -fvisibility-inlines-hidden)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND compile
      --param=tsan-distinguish-volatile=1
      -fno-gnu-unique  # else the loader would merge static variables across -Bsymbolic
      -Wno-tsan)       # fences are our affair, not the sanitizer runtime's
  else()
    # clang leaves out a read that a write to the same place follows: code that crashes between the
    # two would have read freed memory unseen.
    list(APPEND compile "SHELL:-mllvm -tsan-distinguish-volatile=1"
                        "SHELL:-mllvm -tsan-instrument-read-before-write=1")
  endif()
  # Calls of these stay calls, so that the hooks see what they touch.
  foreach(function IN ITEMS memcpy memset memmove memcmp strcmp strlen strcpy strncpy)
    list(APPEND compile -fno-builtin-${function})
  endforeach()
  set(${compile_options} "${compile}" PARENT_SCOPE)
  set(${link_options} "-Wl,--wrap=memcpy,--wrap=memset,--wrap=memmove,--wrap=memcmp" PARENT_SCOPE)
endfunction()

# heddle_instrument(<target> [EXPORTS])
#   The target's own sources become code under test, which is C++20 and has debug information. It is
#   for its caller to link heddle::heddle or a main of heddle's.
#   EXPORTS: other libraries call this one's functions, so only its inline functions are hidden;
#   otherwise everything is.
function(heddle_instrument target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "EXPORTS" "" "")
  get_target_property(options ${target} COMPILE_OPTIONS)
  if("${options} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=")
    message(FATAL_ERROR "${target} is sanitized already (${options} ${CMAKE_CXX_FLAGS}); "
                        "it cannot be instrumented")
  endif()

  heddle_instrument_options(compile link)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_compile_options(${target} PRIVATE
    # Where nothing is said of optimising: functions of the standard library stand for their callers
    # in findings only where they are inlined.
    $<$<STREQUAL:$<CONFIG>,>:-O1>
    # Paths in traces are the same on every machine; debug information keeps the real ones.
    "-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/="
    ${compile})
  if(NOT PROJECT_SOURCE_DIR STREQUAL "${heddle_SOURCE_DIR}")
    # For the mains: findings name the project's files from its root.
    target_compile_definitions(${target} PRIVATE HEDDLE_SOURCE_ROOT="${PROJECT_SOURCE_DIR}")
  endif()
  if(NOT ARG_EXPORTS)
    target_compile_options(${target} PRIVATE -fvisibility=hidden)
  endif()
  target_link_options(${target} PRIVATE ${link})
endfunction()
