# Every scenario's executions are the same in two processes, and again in a third and fourth, with
# another environment and another place on the stack.
# shellcheck source=tests/determinism/_compare.sh
source "$SOURCE_DIR/tests/determinism/_compare.sh"

fingerprints first.txt "$HEDDLE" check-determinism || exit 1
(($(wc -l <first.txt) > 1)) || { echo 'there are no scenarios'; exit 1; }
LC_ALL=C TZ=Asia/Tokyo PADDING=$(head -c 50000 /dev/zero | tr '\0' x) \
  fingerprints second.txt "$HEDDLE" check-determinism || exit 1
diff first.txt second.txt || { echo 'two runs have different fingerprints'; exit 1; }
