# Nothing in an execution looks at a clock, the environment, a locale or a hash table's order.
# shellcheck source=tests/layering/_banned.sh
source "$SOURCE_DIR/tests/layering/_banned.sh"
banned "$SOURCE_DIR"
