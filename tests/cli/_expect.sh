# Pieces of the command line's tests. A test sources this, calls expect for each thing that must
# hold, and ends with `exit "$status"`.
status=0

complain() {
  printf 'FAILED: %s\n' "$*"
  # shellcheck disable=SC2034  # the tests end with it
  status=1
}

# run ARGUMENT...: runs heddle; leaves $code, $out and $err. It must not be killed by a signal, nor
# take over five minutes.
run() {
  code=0
  timeout --kill-after=5 300 "$HEDDLE" "$@" >stdout.txt 2>stderr.txt || code=$?
  out=$(<stdout.txt)
  err=$(<stderr.txt)
  ((code != 124 && (code < 128 || code == 130))) || complain "heddle $* ended with $code: $err"
}

# expect CODE ARGUMENT...: runs heddle, which must end with this code.
expect() {
  local expected=$1
  shift
  run "$@"
  ((code == expected)) || complain "heddle $*: exit $code instead of $expected: $out $err"
}

# refuse CODE TEXT ARGUMENT...: heddle must say TEXT in one sentence on stderr, print nothing, and
# write nothing.
refuse() {
  local expected=$1 text=$2
  shift 2
  rm -f stdout.txt stderr.txt
  local before after
  before=$(ls -A)
  expect "$expected" "$@"
  [[ -z $out ]] || complain "heddle $*: prints $out"
  [[ $err == "heddle: "* ]] || complain "heddle $*: says $err"
  [[ $err == *"$text"* ]] || complain "heddle $*: does not say '$text' but $err"
  (($(wc -l <stderr.txt) == 1)) || complain "heddle $*: says more than a line: $err"
  rm -f stdout.txt stderr.txt
  after=$(ls -A)
  [[ $before == "$after" ]] || complain "heddle $*: leaves behind: $after"
}

# prints PATTERN: the last run's stdout matches the glob.
prints() {
  # shellcheck disable=SC2053
  [[ $out == $1 ]] || complain "stdout is not like '$1' but: $out"
}
