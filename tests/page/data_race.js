// The two accesses of a data race are concurrent, and joined by a line.
check("a line joins the accesses, and they are concurrent", () => {
  const [first, second] = traces[0].story.rows.filter((row) => row.number);
  go_to(second.index);
  const line = one("svg.arrows path.unordered");
  equal([line.dataset.from, line.dataset.to], [String(first.index), String(second.index)]);
  must(document.getElementById(`t0-${first.index}`).classList.contains("concurrent"), "they are ordered");
});
