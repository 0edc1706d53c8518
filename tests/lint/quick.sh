# The sources are laid out and spelled as they should be, and the scripts are free of the usual
# mistakes. What takes minutes (clang-tidy, each header alone) is in nightly/lint.
# shellcheck source=tests/lint/_tools.sh
source "$SOURCE_DIR/tests/lint/_tools.sh"

needs git clang-format-19 codespell shellcheck
exec "$SOURCE_DIR/dev" lint layout spelling scripts
