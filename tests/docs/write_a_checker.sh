# docs/write-a-checker.md is what happens.
# shellcheck source=tests/docs/_page.sh
source "$SOURCE_DIR/tests/docs/_page.sh"
follow docs/write-a-checker.md
