# Pieces of the determinism tests.

# fingerprints FILE COMMAND...: what it says of every scenario; it must find each deterministic.
fingerprints() {
  local file=$1 code=0
  shift
  "$@" >"$file" || code=$?
  if ((code != 0)); then
    printf '%s ends with %d:\n' "$*" "$code"
    grep --after-context=5 NONDETERMINISTIC "$file"
    return 1
  fi
}
