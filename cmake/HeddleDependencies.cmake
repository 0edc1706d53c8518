# What heddle builds on. Every one is a Debian package; a missing one is named. The targets are
# global: whoever includes heddle links them through it.

macro(heddle_find package debian)
  find_package(${package} CONFIG QUIET GLOBAL ${ARGN})
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "heddle needs ${package}: install it with `apt-get install ${debian}`, "
                        "or run `./dev build`, which does")
  endif()
endmacro()

function(heddle_require_header header debian)
  find_path(HEDDLE_HAVE_${header} ${header})
  mark_as_advanced(HEDDLE_HAVE_${header})
  if(NOT HEDDLE_HAVE_${header})
    message(FATAL_ERROR "heddle needs ${header}: install it with `apt-get install ${debian}`, "
                        "or run `./dev build`, which does")
  endif()
endfunction()

function(heddle_require_module name module debian)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "heddle needs ${module}: install it with `apt-get install ${debian}`, "
                        "or run `./dev build`, which does")
  endif()
endfunction()

heddle_find(Boost libboost-context-dev COMPONENTS context)
heddle_find(fmt libfmt-dev)
heddle_find(nlohmann_json nlohmann-json3-dev)
heddle_find(CLI11 libcli11-dev)
heddle_find(pugixml libpugixml-dev)
heddle_require_header(pcg_random.hpp libpcg-cpp-dev)
if(HEDDLE_BUILD_TESTS)
  heddle_require_header(valgrind/valgrind.h valgrind)
endif()

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  message(FATAL_ERROR "heddle needs pkg-config: install it with `apt-get install pkg-config`")
endif()
heddle_require_module(xxhash libxxhash libxxhash-dev)
heddle_require_module(libdw libdw libdw-dev)
heddle_require_module(tomlplusplus tomlplusplus libtomlplusplus-dev)

if(HEDDLE_BUILD_MODELS)
  heddle_find(rapidcheck librapidcheck-dev)
else()  # for the properties of those who use heddle
  find_package(rapidcheck CONFIG QUIET GLOBAL)
endif()
if(HEDDLE_BUILD_TESTS)
  heddle_find(GTest libgtest-dev)
endif()
if(HEDDLE_BUILD_BENCH)
  find_package(benchmark CONFIG QUIET)
  if(NOT benchmark_FOUND)
    message(STATUS "no benchmarks: Google Benchmark (libbenchmark-dev) is not installed")
  endif()
endif()
