# Pieces of the tests of projects that have heddle's sources as a part of their own build. The
# compiling of heddle is most of the cost, so the daily tests end when the project is configured.

# write_project HOW: HOW is the CMake code that brings heddle in.
write_project() {
  write_sources
  cat >CMakeLists.txt <<EOF
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
enable_testing()
$1
heddle_add_scenarios(scenarios SOURCES scenarios.cpp)
add_executable(product product.cpp)
EOF
  echo 'int main() { return 0; }' >product.cpp
}

# What a clone of the sources holds, changed files as they are now.
copy_sources() {
  mkdir -p "$1"
  (cd "$SOURCE_DIR" && find . -name build -prune -o -name .git -prune -o -type f -print0 |
    tar --null -T - -cf -) | tar -xf - -C "$1"
}

# Configures, and looks at what came with it: no tests, no benchmarks, no models, no program of
# heddle's, nothing installed, no flag on the project's own code, no option without the prefix.
configure_project() {
  cmake -S . -B build -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >configure.log 2>&1 || {
    cat configure.log
    fail 'to configure'
  }
  if grep '"file"' build/compile_commands.json |
    grep -E '/(tests|bench|models|families|properties|examples)/'; then
    fail 'the project builds what is only for heddle itself'
  fi
  if grep '"command".*product.cpp' build/compile_commands.json |
    grep -E -- '-fsanitize|-Wall|-march|heddle'; then
    fail 'the product is compiled with flags of heddle'
  fi
  if sed -n 's/^\([A-Za-z_]*\):BOOL=.*/\1/p' build/CMakeCache.txt |
    grep -vE '^(HEDDLE_|CMAKE_|FETCHCONTENT_)'; then
    fail 'an option has no prefix'
  fi
  if grep -rq --include=cmake_install.cmake 'file(INSTALL' build; then
    fail 'heddle is installed with the project'
  fi
}

build_and_test() {
  cmake --build build --target scenarios >build.log || {
    tail -50 build.log
    fail 'the build'
  }
  ctest --test-dir build -L heddle --output-on-failure --no-tests=error
}
