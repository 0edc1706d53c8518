# Fibers are clean under valgrind, which knows their stacks.
set -euo pipefail
tests=$(dirname "$HEDDLE")/heddle_tests_fiber
if ! command -v valgrind >/dev/null; then
  echo "skipped: valgrind is not installed"
  exit 0
fi
if ! [[ -x $tests ]] || nm -D "$tests" | grep -q __asan_ || ldd "$tests" | grep -q libasan; then
  echo "skipped: no build that valgrind can run"
  exit 0
fi
valgrind --quiet --error-exitcode=9 "$tests" \
  --gtest_filter='Fiber.GoesOnWhereItWasLeft:Fiber.PrepareForgets*:Fiber.LocalsLie*'
