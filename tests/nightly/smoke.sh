# The smoke suite as shipped: everything is as expected.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run --suite smoke --quiet
prints '*scenarios: * as expected, 0 not, 0 inconclusive*'

exit "$status"
