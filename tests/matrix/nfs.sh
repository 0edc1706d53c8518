# Each switch of the model is found alone, nothing is found with none on, and the designs guarantee
# what models/nfs/README.md says: within few executions.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 matrix nfs --quiet --executions 300 --json matrix.json
prints '*switches: 59 of 59 found; fixed: 35 of 35 clean*'

broken=$(jq --raw-output '[.guarantees[] | select(.broken) | .design + " " + .property]
  | unique | .[]' matrix.json)
expected='B-idle-expiry L1
B-idle-expiry S1
B-idle-expiry S2
D-mount-table S2
posted L1
posted L2
posted L3
posted S1
posted S2
posted S3
posted S4'
[[ $broken == "$expected" ]] || complain "the designs break: $broken"
jq --exit-status '[.guarantees[] | .design] | unique == ["A-administrator", "B-idle-expiry",
  "D-mount-table", "fixed", "posted"]' matrix.json >jq.txt ||
  complain "the designs are $(jq '[.guarantees[] | .design] | unique' matrix.json)"

exit "$status"
