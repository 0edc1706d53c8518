# Other builds of the same sources say the same of every scenario. HEDDLE_OTHERS names their
# heddle_fingerprints, with colons between: another compiler, another optimisation level. Without it
# there is nothing to compare.
# shellcheck source=tests/determinism/_compare.sh
source "$SOURCE_DIR/tests/determinism/_compare.sh"

[[ -n ${HEDDLE_OTHERS:-} ]] || { echo 'HEDDLE_OTHERS is not set: only this build exists'; exit 77; }
fingerprints this.txt "$HEDDLE" check-determinism || exit 1
status=0
IFS=: read -ra others <<<"$HEDDLE_OTHERS"
for other in "${others[@]}"; do
  fingerprints other.txt "$other" || { status=1; continue; }
  diff this.txt other.txt || { echo "$other has other fingerprints"; status=1; }
done
exit "$status"
