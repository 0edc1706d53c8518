# Each switch of the model is found alone, and nothing is found with none on: within few executions.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 matrix nfs --quiet --executions 200
prints '*switches: 18 of 18 found; fixed: 14 of 14 clean*'

exit "$status"
