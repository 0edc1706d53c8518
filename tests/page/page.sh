# Pages in a browser without a window: traces of the corpus that differ in what they show.
# shellcheck source=tests/cli/_expect.sh
source "$SOURCE_DIR/tests/cli/_expect.sh"
# shellcheck source=tests/page/_browser.sh
source "$SOURCE_DIR/tests/page/_browser.sh"
corpus=$SOURCE_DIR/traces/corpus

# show PAGE TRACE...: writes the page, which must be small.
show() {
  local page=$1 size
  shift
  expect 0 show "$@" --format html -o "$page"
  size=$(stat --format=%s "$page")
  ((size < 300000)) || complain "$page has $size bytes"
}

show use_after_free.html "$corpus/loop/close_races_remove/LOOP-3-use_after_free.trace"
add_page 1400 use_after_free.html every_page.js two_traces.js
show race.html "$corpus/lu_ref/read_while_refs_come_and_go/REF-17-data_race.trace"
add_page 500 race.html every_page.js data_race.js
show deadlock.html \
  "$corpus/loop/open_races_remove_of_later_kernels/LOOP-10-deadlock.trace"
add_page 1400 deadlock.html lock_lanes.js
show interrupt.html "$corpus/lu_ref/softirq_adder/REF-5-lock_order.trace"
add_page 1400 interrupt.html interrupt.js

# The other models.
show buffer.html "$corpus/ring_buffer/resize_under_iterator/RB-1-data_race.trace"
add_page 500 buffer.html every_page.js data_race.js
show debug.html "$corpus/dynamic_debug/two_resizers/DDRB-8-invariant.trace"
add_page 1400 debug.html every_page.js
show test_run.html "$corpus/bpf_test_run/two_on_a_cpu/h-data_race.trace"
add_page 1400 test_run.html every_page.js data_race.js

# Hosts that go down, and messages between them. (Other findings are no harm.)
"$HEDDLE" run 'nfs/client*' --variant posted --executions 20 --quiet --trace-dir hosts \
  >run.txt 2>&1 || true
hosts=$(grep --files-with-matches -r ' crashes$' hosts | sort | head -n 1)
[[ -n $hosts ]] || complain "no trace has a host that crashes: $(<run.txt)"
show hosts.html "$hosts"
add_page 1400 hosts.html every_page.js hosts.js

# A run writes a page beside each trace, with the trace as it was found where that was larger.
expect 0 run canary/lost_update --html --quiet
mapfile -t written < <(find heddle-out -name '*.html' | sort)
((${#written[@]} > 0)) || complain "no page was written: $out"
for page in "${written[@]}"; do
  [[ -f ${page%.html}.trace && $out == *"page: $page"* ]] || complain "$page: $out"
done
lost=$(grep --files-with-matches '^finding invariant' -r heddle-out)
grep --quiet '"label":"as found"' "${lost%.trace}.html" || complain 'the page has not what was found'
add_page 1400 "${lost%.trace}.html" two_traces.js

check_pages
exit "$status"
