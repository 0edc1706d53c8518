# Other builds of the same sources say the same of every scenario. HEDDLE_OTHERS names them, with
# colons between: another compiler, another optimisation level. Without it there is nothing to compare.
# shellcheck source=tests/determinism/_compare.sh
source "$SOURCE_DIR/tests/determinism/_compare.sh"

[[ -n ${HEDDLE_OTHERS:-} ]] || { echo 'HEDDLE_OTHERS is not set: only this build exists'; exit 0; }
fingerprints "$HEDDLE" this.txt || exit 1
status=0
IFS=: read -ra others <<<"$HEDDLE_OTHERS"
for other in "${others[@]}"; do
  fingerprints "$other" other.txt || { status=1; continue; }
  diff this.txt other.txt || { echo "$other has other fingerprints"; status=1; }
done
exit "$status"
