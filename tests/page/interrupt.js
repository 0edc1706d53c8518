// A handler is inset in what it interrupts.
check("the rows of a handler are inset", () => {
  const story = traces[0].story;
  const handler = story.rows.filter((row) => story.contexts[row.context].level !== "task");
  must(handler.length > 2, "no handler ran");
  equal(handler[0].mark, "enters");
  equal(handler[handler.length - 1].mark, "leaves");
  for (const row of handler) {
    go_to(row.index);
    must(document.getElementById(`t0-${row.index}`).querySelector(".what.handler"), `row ${row.index} is not inset`);
  }
});
