// Two traces on one page.
check("each has a tab, and there is one for both", () => {
  equal(all('[role="tab"]').length, traces.length + 1);
  all('[role="tab"]')[1].click();
  equal(all(".schedule").map((section) => section.dataset.trace), ["t1"]);
  equal(current, traces[1]);
});
check("side by side both are shown, with what they have in common", () => {
  all('[role="tab"]')[2].click();
  equal(all(".schedule").map((section) => section.dataset.trace), ["t0", "t1"]);
  const common = common_rows(traces[0].story, traces[1].story);
  must(common < traces[0].story.rows.length, "they do not differ");
  go_to_in(traces[0], common);
  must(document.getElementById(`t0-${common}`).classList.contains("diverges"), "no mark where they part");
});
check("clicking into one makes it the one that is stepped through", () => {
  const row = one('[data-trace="t1"] tr.row');
  row.click();
  equal(current, traces[1]);
  press("j");
  equal(one('[data-trace="t1"] tr.row[aria-selected="true"]').dataset.row, all('[data-trace="t1"] tr.row')[1].dataset.row);
});
function go_to_in(trace, index) {
  activate(trace);
  go_to(index);
}
