# Everything that `./dev lint` looks at, of all files: takes about half an hour.
# shellcheck source=tests/lint/_tools.sh
source "$SOURCE_DIR/tests/lint/_tools.sh"

needs git clang-format-19 clang-tidy-19 codespell shellcheck
exec "$SOURCE_DIR/dev" lint --all
