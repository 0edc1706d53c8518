// Hosts: what strikes them goes across all lanes, messages are arrows from sender to receiver.
const hosts_story = traces[0].story;

check("there are several hosts", () => must(new Set(hosts_story.lanes.map((lane) => lane.host)).size > 1, "one host"));
check("what is on no CPU goes across all lanes, and has none of its own", () => {
  const outside = all("tr.row").filter((row) => hosts_story.contexts[hosts_story.rows[row.dataset.row].context].is_outside);
  must(outside.length > 0, "nothing is outside of the hosts");
  for (const row of outside) equal(row.querySelector("td.own").colSpan, hosts_story.lanes.length);
  const cpus = hosts_story.contexts.filter((context) => !context.is_outside).map((context) => context.cpu);
  for (const lane of hosts_story.lanes) must(cpus.includes(lane.cpu), `cpu${lane.cpu} is nobody's`);
});
check("each message that was received is an arrow from its sender", () => {
  const drawn = all("svg.arrows path.message").map((path) => `${path.dataset.from} ${path.dataset.to}`);
  const shown = (index) => document.getElementById(`t0-${index}`);
  const expected = hosts_story.rows.filter((row) => row.kind === "receive" && row.handed_by !== undefined && shown(row.index) && shown(row.handed_by));
  must(expected.length > 0, "no message was received");
  equal(drawn, expected.map((row) => `${row.handed_by} ${row.index}`));
  for (const row of expected) equal(hosts_story.rows[row.handed_by].kind, "send");
});
check("a message leads to where it was sent, and from there to where it was received", () => {
  const row = hosts_story.rows.find((row) => row.kind === "receive" && row.handed_by !== undefined);
  go_to(row.index);
  const sent = all("#step button.link").find((button) => button.parentElement.textContent.startsWith("Sent by"));
  sent.click();
  equal(selected_row(), row.handed_by);
  must(one("#step").textContent.includes("Received by"), "the sender does not tell who received it");
});
