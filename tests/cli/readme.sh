# What the README says its example prints is what it prints.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"

expect 0 run example/statistics --no-trace
page=$(sed -n '/^example\/statistics  /,/^```$/p' "$SOURCE_DIR/README.md" | sed '$d')
[[ -n $page ]] || complain 'the README shows no output of example/statistics'
[[ $out == *"$page"* ]] || complain "the README shows
$page
where heddle prints
$out"

exit "$status"
