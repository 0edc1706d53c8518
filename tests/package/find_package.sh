# A project that finds the installed heddle: each scenario is a test, and a finding names the
# project's own files. Nothing but the program of scenarios gets heddle's flags.
# shellcheck source=tests/package/_consumer.sh
source "$SOURCE_DIR/tests/package/_consumer.sh"

write_sources
cat >CMakeLists.txt <<'EOF'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
enable_testing()
find_package(heddle 0.1 CONFIG REQUIRED)
heddle_add_scenarios(scenarios SOURCES scenarios.cpp PREFIX heddle/ ARGUMENTS --executions 100)
add_executable(product product.cpp)
EOF
cat >product.cpp <<'EOF'
#include "counter.hpp"
int main() {
  Counter counter;
  counter.add();
  return counter.value() - 1;
}
EOF
cmake -S . -B build -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >configure.log || {
  cat configure.log
  fail 'find_package'
}
if grep -A3 '"command".*product.cpp' build/compile_commands.json | grep -qE 'fsanitize|heddle'; then
  fail 'the product is compiled with flags of heddle'
fi
ctest --test-dir build >before.log 2>&1 && fail 'a program that is not built passes'
cmake --build build >build.log || {
  cat build.log
  fail 'the build'
}
env -i PATH="$PATH" ctest --test-dir build --output-on-failure >ctest.log || {
  cat ctest.log
  fail 'the tests'
}
grep -q 'heddle/counter/plain .*Passed' ctest.log || fail "no test of a scenario: $(<ctest.log)"
grep -q '2 tests' ctest.log || grep -q 'out of 2' ctest.log || fail "$(<ctest.log)"
trace=$(find build/heddle-out -name '*.trace' | head -n 1)
build/scenarios show "$trace" >show.txt
grep -q ' counter.hpp:10' show.txt || fail "the place is not the project's: $(<show.txt)"
env -u LD_LIBRARY_PATH build/scenarios replay "$trace" >replay.txt || [[ $? == 1 ]] ||
  fail "replay: $(<replay.txt)"
