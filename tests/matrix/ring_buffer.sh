# Each switch of the model is found alone, and nothing is found with none on: within few executions.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 matrix ring_buffer --quiet --executions 4000
prints '*switches: * found; fixed: * clean*'

exit "$status"
