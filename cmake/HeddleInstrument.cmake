# Code under test: compiled with the thread sanitizer's hooks, linked without its runtime. The
# hooks (__tsan_*) and the wrapped memory functions (__wrap_memcpy, ...) are in libheddle_sim.
#
# heddle_instrument(<target> [EXPORTS])
#   EXPORTS: other libraries call this one's functions, so only its inline functions are hidden;
#   otherwise everything is.
function(heddle_instrument target)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "EXPORTS" "" "")
  get_target_property(options ${target} COMPILE_OPTIONS)
  if("${options}" MATCHES "-fsanitize=")
    message(FATAL_ERROR "${target} is sanitized already (${options}); it cannot be instrumented")
  endif()

  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(${target} PRIVATE heddle_build_flags)
  target_compile_options(${target} PRIVATE -fsanitize=thread -fvisibility-inlines-hidden)
  if(NOT ARG_EXPORTS)
    target_compile_options(${target} PRIVATE -fvisibility=hidden)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE
      --param=tsan-distinguish-volatile=1
      -fno-gnu-unique  # else the loader would merge static variables across -Bsymbolic
      -Wno-tsan)       # fences are our affair, not the sanitizer runtime's
  else()
    # clang leaves out a read that a write to the same place follows: code that crashes between the
    # two would have read freed memory unseen.
    target_compile_options(${target} PRIVATE "SHELL:-mllvm -tsan-distinguish-volatile=1"
                                             "SHELL:-mllvm -tsan-instrument-read-before-write=1")
  endif()
  # Calls of these stay calls, so that the hooks see what they touch.
  foreach(function IN ITEMS memcpy memset memmove memcmp strcmp strlen strcpy strncpy)
    target_compile_options(${target} PRIVATE -fno-builtin-${function})
  endforeach()
  target_link_options(${target} PRIVATE
    -Wl,--wrap=memcpy,--wrap=memset,--wrap=memmove,--wrap=memcmp)
endfunction()
