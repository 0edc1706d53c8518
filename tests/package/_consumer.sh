# Pieces of the tests of other people's projects. Each is a project outside of heddle's tree, with
# its sources in $PWD and no compiler launcher or flag but its own.
set -euo pipefail

# A folder of its own, gone at the end.
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"
unset CXXFLAGS LDFLAGS
export CMAKE_PREFIX_PATH=$HEDDLE_PREFIX

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

# Writes a class with a lock, and what it is tested with.
write_sources() {
  cat >counter.hpp <<'EOF'
#pragma once
#include <mutex>
template <class Mutex = std::mutex>
class Counter {
 public:
  void add() {
    const std::lock_guard hold(mutex_);
    ++value_;
  }
  void add_without_lock() { ++value_; }
  int value() const { return value_; }

 private:
  Mutex mutex_;
  int value_ = 0;
};
EOF
  cat >scenarios.cpp <<'EOF'
#include "heddle.hpp"
#include "heddle/sync.hpp"
#include "counter.hpp"
using namespace heddle;
using Tested = Counter<sync::mutex>;
template <void (Tested::*add)()>
void two_adders(World& world, DefectBits) {
  auto& counter = world.variable<Tested>("counter");
  for (int i = 0; i < 2; ++i) world.task("adder", Cpu{0}, [&counter] { (counter.*add)(); });
  world.finally([&] { world.expect(counter.value() == 2, "both are counted"); });
}
HEDDLE_SCENARIO("counter/locked", two_adders<&Tested::add>);
HEDDLE_SCENARIO("counter/plain", two_adders<&Tested::add_without_lock>)
    .always_finds(FindingKind::data_race);
EOF
}
