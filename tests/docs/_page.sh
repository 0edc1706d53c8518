# Follows a page of docs/ in a folder outside of heddle's tree, as its reader would.
#   follow PAGE
set -euo pipefail
command -v python3 >/dev/null || exit 77
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
unset CXXFLAGS LDFLAGS GITHUB_ACTIONS CLICOLOR_FORCE GTEST_TOTAL_SHARDS SLURM_ARRAY_TASK_ID
export CMAKE_PREFIX_PATH=$HEDDLE_PREFIX CMAKE_GENERATOR=Ninja COLUMNS=100

follow() {
  python3 "$SOURCE_DIR/tests/docs/_snippets.py" "$SOURCE_DIR/$1" "$project"
}
