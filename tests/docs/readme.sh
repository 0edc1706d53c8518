# The README's section for other projects is what happens.
# shellcheck source=tests/docs/_page.sh
source "$SOURCE_DIR/tests/docs/_page.sh"
follow README.md
