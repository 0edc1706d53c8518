# Pieces of the determinism tests.

# fingerprints BINARY FILE: what the binary says of every scenario; it must find each deterministic.
fingerprints() {
  local code=0
  "$1" check-determinism >"$2" || code=$?
  if ((code != 0)); then
    printf '%s check-determinism ends with %d:\n' "$1" "$code"
    grep --after-context=5 NONDETERMINISTIC "$2"
    return 1
  fi
}
