// Several traces on one page: the one that fails, what it was made from, the nearest passing one.
const passing = traces.findIndex((trace) => trace.label === "nearest passing");

check("each has a tab, and there is one for each that stands beside the first", () => {
  equal(all('[role="tab"]').length, 2 * traces.length - 1);
  all('[role="tab"]')[1].click();
  equal(all(".schedule").map((section) => section.dataset.trace), ["t1"]);
  equal(current, traces[1]);
});
check("side by side both are shown, and stand level where they part", () => {
  for (let other = 1; other < traces.length; ++other) {
    all('[role="tab"]')[traces.length - 1 + other].click();
    equal(all(".schedule").map((section) => section.dataset.trace), ["t0", `t${other}`]);
    const parting = parting_rows(traces[0].story, traces[other].story);
    const heights = [traces[0], traces[other]].map((trace, k) => {
      must(parting[k] < trace.story.rows.length, "they do not differ");
      const row = document.getElementById(`${trace.id}-${parting[k]}`);
      must(row && row.classList.contains("diverges"), "no mark where they part");
      const rows = [...row.parentElement.children].filter((element) => !element.classList.contains("turn"));
      return rows.indexOf(row);
    });
    equal(heights[0], heights[1]);
  }
});
check("clicking into one makes it the one that is stepped through", () => {
  all('[role="tab"]')[traces.length].click();
  const row = one('[data-trace="t1"] tr.row');
  row.click();
  equal(current, traces[1]);
  press("j");
  equal(one('[data-trace="t1"] tr.row[aria-selected="true"]').dataset.row, all('[data-trace="t1"] tr.row')[1].dataset.row);
});
check("the nearest passing one goes without the finding, and parts where the turning point is", () => {
  must(passing > 0, "there is none");
  const finding = traces[passing].story.finding;
  must(!finding || finding.fingerprint !== traces[0].story.finding.fingerprint, "it has the finding");
  const row = traces[0].story.rows[parting_rows(traces[0].story, traces[passing].story)[0]];
  must(row.step >= traces[0].turn.step - 1, `they part at step ${row.step}, ahead of ${traces[0].turn.step}`);
});
