# The sources are laid out and spelled as they should be, and the scripts are free of the usual
# mistakes. What takes minutes (clang-tidy, each header alone) is in nightly/lint.
for tool in git clang-format-19 codespell shellcheck; do
  command -v "$tool" >/dev/null || {
    echo "no $tool here"
    exit 77
  }
done
git -C "$SOURCE_DIR" rev-parse --git-dir >/dev/null 2>&1 || {
  echo "the sources are in no repository, which tells which files are ours"
  exit 77
}
exec "$SOURCE_DIR/dev" lint layout spelling scripts
