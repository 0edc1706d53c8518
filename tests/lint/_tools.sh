# shellcheck shell=bash
# needs TOOL...: what looks at the sources is there, and so is the repository that tells which files
# are ours; else the test cannot be run here.
needs() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || {
      echo "no $tool here"
      exit 77
    }
  done
  git -C "$SOURCE_DIR" rev-parse --git-dir >/dev/null 2>&1 || {
    echo "the sources are in no repository"
    exit 77
  }
}
