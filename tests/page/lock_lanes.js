// A deadlock: each lock of the circle has a column that shows its holder and its waiter.
check("both locks have holders and waiters at the end", () => {
  const story = traces[0].story;
  const waited = story.locks.filter((lock) => lock.spans.some((span) => span.what === "waits"));
  equal(waited.length, 2);
  const heads = all("th.lock").map((head) => head.dataset.lock);
  for (const lock of waited) must(heads.includes(lock.name), `${lock.name} has no column`);
  const last = all("tr.row").pop();
  const columns = [...last.querySelectorAll("td.held")];
  for (const lock of waited) {
    const marks = [...columns[heads.indexOf(lock.name)].querySelectorAll("i")].map((mark) => mark.classList[0]).sort();
    equal(marks, ["holds", "waits"]);
  }
});
