# docs/properties.md is what happens.
# shellcheck source=tests/docs/_page.sh
source "$SOURCE_DIR/tests/docs/_page.sh"
follow docs/properties.md
