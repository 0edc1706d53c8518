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
check_page 1400 use_after_free.html every_page.js
show race.html "$corpus/lu_ref/read_while_refs_come_and_go/REF-17-data_race.trace"
check_page 500 race.html every_page.js data_race.js
show deadlock.html \
  "$corpus/loop/open_races_remove_of_later_kernels/LOOP-10-deadlock.trace"
check_page 1400 deadlock.html lock_lanes.js
show interrupt.html "$corpus/lu_ref/softirq_adder/REF-5-lock_order.trace"
check_page 1400 interrupt.html interrupt.js

# A run writes a page beside each trace, with the trace as it was found where that was larger.
expect 0 run canary/lost_update --html --quiet
mapfile -t pages < <(find heddle-out -name '*.html')
((${#pages[@]} > 0)) || complain "no page was written: $out"
for page in "${pages[@]}"; do
  [[ -f ${page%.html}.trace && $out == *"page: $page"* ]] || complain "$page: $out"
done
check_page 1400 "${pages[0]}" two_traces.js

exit "$status"
