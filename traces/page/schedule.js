"use strict";
// The schedule: a table with a row for each event, a column for each CPU and each lock, and arrows
// over it. Geometry is read off the table once it is laid out.

const svg_space = "http://www.w3.org/2000/svg";
const view = { plain: false, locks: false, arrows: false };

function lane_header(lane) {
  return make("th", { scope: "col" }, `cpu${lane.cpu}`);
}

/** A row of heads above those of the CPUs: each host above its own. Nothing where there are none. */
function host_headers(lanes, columns_after) {
  if (!lanes.some((lane) => lane.host)) return [];
  const groups = [];
  for (const lane of lanes) {
    const last = groups[groups.length - 1];
    if (last && last.host === lane.host) ++last.count;
    else groups.push({ host: lane.host, count: 1 });
  }
  return [make("tr", { class: "hosts" }, make("td", { colspan: 2 }),
    groups.map(({ host, count }) => make("th", { scope: "colgroup", colspan: count, class: "host" }, host || "")),
    make("td", { colspan: columns_after }))];
}

/** A cell over all CPUs, for what is on none. */
function outside_cell(trace, row) {
  const cell = make("td", { class: "lane own outside", colspan: trace.story.lanes.length, "data-cpu": row.cpu });
  cell.append(what_happens(trace, row, false));
  return cell;
}

function lane_cells(trace, row) {
  return row.outside ? [outside_cell(trace, row)] : trace.story.lanes.map((lane) => lane_cell(trace, lane, row));
}

function turn_element(trace, columns) {
  return make("tr", { class: "turn" }, make("td", { colspan: 2 }), make("td", { colspan: columns - 2 },
    make("span", {}, "Turning point: from here on it always fails")));
}

/** The end of a long name tells most. */
function lock_header(lock) {
  const letters = 15;
  const short = lock.name.length > letters ? `…${lock.name.slice(1 - letters)}` : lock.name;
  return make("th", { scope: "col", class: "lock", title: `${lock.name}: who holds it, who waits`,
    "aria-label": lock.name, "data-lock": lock.name }, make("span", {}, short));
}

/** Which span covers a row; of a lock there may be two: a holder and somebody who waits. */
function spans_at(spans, index) {
  return spans.filter((span) => span.from <= index && index <= span.to);
}

function lane_cell(trace, lane, row) {
  const own = lane.cpu === row.cpu;
  const cell = make("td", { class: own ? "lane own" : "lane", "data-cpu": lane.cpu });
  const is_handler = (context) => trace.story.contexts[context].level !== "task";
  for (const span of spans_at(lane.spans, row.index)) {
    const bar = make("span", { class: `bar ${span.what}`, hue: hue(span.context) });
    if (own && row.context === span.context && row.mark === "starts") bar.classList.add("starts");
    if (own && row.context === span.context && row.mark === "ends") bar.classList.add("ends");
    cell.append(bar);
    const under = is_handler(span.context) ? task_below(lane, span) : undefined;
    if (under !== undefined) cell.append(make("span", { class: "bar under", hue: hue(under) }));
  }
  if (own) cell.append(what_happens(trace, row, is_handler(row.context)));
  return cell;
}

/** The task that a handler has interrupted: who was on the CPU before it and is there after it. */
function task_below(lane, span) {
  const at = lane.spans.indexOf(span);
  for (let i = at - 1; i >= 0; --i)
    if (lane.spans[i].what !== "handles")
      return lane.spans.slice(at).some((later) => later.context === lane.spans[i].context)
        ? lane.spans[i].context : undefined;
  return undefined;
}

/** Text that may be too long: its middle goes first, as a member's name at its end tells most. */
function long_text(text) {
  const at = text.lastIndexOf(".");
  const keeps_end = at > 8 && text.length - at < 26 && !text.includes(" ", at);
  return make("span", { class: "text", title: text },
    make("span", { class: "cut" }, keeps_end ? text.slice(0, at) : text), keeps_end ? make("span", {}, text.slice(at)) : undefined);
}

function what_happens(trace, row, in_handler) {
  const what = make("span", { class: in_handler ? "what handler" : "what", hue: hue(row.context) });
  what.style.maxWidth = `var(--room-${row.outside ? "all" : row.cpu})`;
  const names = !row.strikes && (["starts", "resumes", "enters", "leaves"].includes(row.mark) || row.names);
  if (names) what.append(make("span", { class: "name" }, trace.story.contexts[row.context].name));
  const text = row.text || { enters: "interrupts", leaves: "exits" }[row.mark] || "";
  what.append(long_text(text));
  if (row.value && row.reads_from !== undefined)
    what.append(make("button", { class: "value", tabindex: -1, title: "Go to the store that it came from",
      on: { click: (event) => { event.stopPropagation(); go_to(row.reads_from); } } }, row.value));
  else if (row.value) what.append(make("span", { class: "value", title: row.value }, row.value));
  if (row.number) what.append(number_badge(row.number));
  return what;
}

function lock_cell(lock, row) {
  const cell = make("td", { class: "held" });
  spans_at(lock.spans, row.index).forEach((span, order) => {
    const mark = make("i", { class: span.what, hue: hue(span.context) });
    if (span.from === row.index) mark.classList.add("first");
    if (span.to === row.index) mark.classList.add("last");
    if (order > 0) mark.classList.add("second");
    cell.append(mark);
  });
  return cell;
}

function why_cell(trace, row) {
  const cell = make("td", { class: "why" });
  const finding = trace.story.finding;
  if (finding && row.index === last_numbered(trace.story))
    cell.append(make("span", { class: "wrong" }, `✗ ${spoken_kind(finding.kind).toLowerCase()}`), " ");
  if (row.switched) cell.append(make("span", { class: "switch" }, row.switched), " ");
  if (row.why) cell.append(row.why, " ");
  if (row.place) cell.append(make("span", { class: "place" }, file_of(row.place)));
  cell.title = cell.textContent;
  return cell;
}

function row_element(trace, row, locks, previous_step) {
  const classes = ["row"];
  if (row.number) classes.push("numbered");
  if (row.is_plain) classes.push("plain");
  if (row.is_preemption && row.switched) classes.push("preempts");
  if (row.strikes) classes.push("strikes");
  return make("tr", {
    class: classes.join(" "), id: `${trace.id}-${row.index}`, "data-row": row.index, tabindex: -1,
    "aria-selected": "false", "aria-label": sentence_of(trace, row),
    on: { click: () => { activate(trace); select(row.index); } },
  },
  make("td", { class: "when" }, row.step === previous_step ? "" : String(row.step)),
  make("td", { class: "order" }),
  lane_cells(trace, row),
  locks.map((lock) => lock_cell(lock, row)),
  why_cell(trace, row));
}

/** A row for a run of rows. What happens beside it goes on through it. */
function fold_element(trace, run, locks) {
  const names = [...new Set(run.map((row) => trace.story.contexts[row.context].name))].join(", ");
  const first = run[0].step;
  const last = run[run.length - 1].step;
  const steps = first === last ? `step ${first}` : `steps ${first} to ${last}`;
  const row = run[run.length - 1];
  const at = { ...row, mark: "goes_on", text: "", value: "", number: 0, names: false };
  const button = make("button", { "aria-expanded": "false",
    on: { click: () => { open_fold(trace, run); show(); } } }, `⋯ ${run.length} events of ${names}, ${steps}`);
  const cells = lane_cells(trace, at);
  cells.find((cell) => cell.classList.contains("own")).querySelector(".what").replaceChildren(button);
  return make("tr", { class: "fold" }, make("td"), make("td"), cells,
    locks.map((lock) => lock_cell(lock, at)), make("td"));
}

function toggle(label, name, key) {
  const input = make("input", { type: "checkbox", "data-view": name,
    on: { change: () => { view[name] = input.checked; show(); } } });
  input.checked = view[name];
  return make("label", { title: `key ${key}` }, input, label);
}

function legend() {
  return make("span", { class: "legend", "aria-hidden": "true" },
    make("span", {}, make("b", {}, "↑"), "before the selected step"),
    make("span", {}, make("b", {}, "↓"), "after"),
    make("span", {}, make("b", {}, "∥"), "concurrent"));
}

function gap_element(gap, columns) {
  return make("tr", { class: "gap" }, make("td", { colspan: columns }, `${gap} events are left out here`));
}

function name_first_shown(items) {
  const on_cpu = new Map();
  for (const { row, fold, gap } of items) {
    if (gap) on_cpu.clear();
    if (fold) for (const hidden of fold) on_cpu.delete(hidden.cpu);
    if (!row) continue;
    if (row.outside) {
      row.names = true;
      continue;
    }
    row.names = on_cpu.get(row.cpu) !== row.context;
    on_cpu.set(row.cpu, row.context);
  }
}

/** How wide the rows of each lane would like to be, in pixels: by their letters. */
function wanted_widths(trace, items) {
  const letter = 7.6;
  const wanted = new Map(trace.story.lanes.map((lane) => [lane.cpu, 120]));
  for (const { row } of items) {
    if (!row || row.outside) continue;
    const context = trace.story.contexts[row.context];
    const letters = (row.names ? context.name.length + 1 : 0) + (row.text || "").length + (row.value || "").length + 2;
    const own = 44 + (context.level === "task" ? 0 : 12) + (row.number ? 24 : 0) + letters * letter;
    wanted.set(row.cpu, Math.max(wanted.get(row.cpu), Math.min(own, 340)));
  }
  return trace.story.lanes.map((lane) => wanted.get(lane.cpu));
}

/** The widths of the lanes, which share what is left of the page. Where that is too little, text
 *  of all but the last one goes on over the lanes beside it. */
function lane_widths(trace, items, others) {
  const wanted = wanted_widths(trace, items);
  const page = document.getElementById("schedules").clientWidth;
  const room = (beside ? (page - 28) / 2 : page) - others;
  const sum = wanted.reduce((all, width) => all + width, 0);
  if (sum <= room) return wanted.map((width) => Math.floor(width * Math.min(room / sum, 1.4)));
  const last = wanted.length - 1;
  const least = page < 700 ? 150 : 80; // where one scrolls sideways anyhow there is room for text
  const of_last = Math.min(wanted[last], Math.max(2 * least, room * 0.45));
  const share = (room - of_last) / (sum - wanted[last]);
  return wanted.map((width, i) => Math.floor(i === last ? of_last : Math.max(least, width * share)));
}

/** The whole schedule of a trace, as a section. */
function schedule_of(trace) {
  const story = trace.story;
  const partner = beside ? (trace === traces[0] ? traces[beside] : traces[0]) : undefined;
  const locks = story.locks.filter((lock) => view.locks || is_telling(trace, lock));
  const items = items_of(trace, view.plain, partner ? parting_rows(story, partner.story)[0] : 0);
  name_first_shown(items);
  const others = 64 + 22 * locks.length + 170;
  const widths = lane_widths(trace, items, others);
  const body = make("tbody");
  const columns = 3 + story.lanes.length + locks.length;
  let step;
  let turn = trace.turn && !beside ? trace.turn.step : undefined;
  for (const { row, fold, gap } of items) {
    if (turn !== undefined && !gap && (row || fold[fold.length - 1]).step >= turn) {
      body.append(turn_element(trace, columns));
      turn = undefined;
    }
    if (gap) body.append(gap_element(gap, columns));
    else body.append(fold ? fold_element(trace, fold, locks) : row_element(trace, row, locks, step));
    step = row ? row.step : undefined;
  }
  const table = make("table", { class: "rows", role: "grid", "aria-label": "Events, one a row" },
    make("colgroup", {}, make("col", { style: "width:44px" }), make("col", { style: "width:20px" }),
      widths.map((width) => make("col", { style: `width:${width}px` })),
      locks.map(() => make("col", { style: "width:22px" })), make("col")),
    make("thead", {}, host_headers(story.lanes, locks.length + 1), make("tr", {}, make("th", { scope: "col" }, "step"),
      make("th", { scope: "col" }, make("span", { class: "hidden" }, "order")),
      story.lanes.map((lane) => lane_header(lane)), locks.map(lock_header),
      make("th", { scope: "col" }, "why, where"))), body);
  table.style.minWidth = `${others + widths.reduce((all, width) => all + width, 0)}px`;
  // How far the text of each lane may go: to the end of the last one.
  const room_from = (i) => `${widths.slice(i).reduce((all, width) => all + width, 0) - 42}px`;
  table.style.setProperty("--room-all", room_from(0));
  story.lanes.forEach((lane, i) => table.style.setProperty(`--room-${lane.cpu}`, room_from(i)));
  const arrows = document.createElementNS(svg_space, "svg");
  arrows.setAttribute("class", "arrows");
  arrows.setAttribute("aria-hidden", "true");
  const at_end = story.rows_left_out - story.rows.reduce((sum, row) => sum + (row.gap || 0), 0);
  if (at_end > 0) body.append(gap_element(at_end, columns));
  return make("section", { class: "schedule", "data-trace": trace.id },
    beside ? make("h2", {}, trace.label) : undefined, make("div", { class: "frame" }, arrows, table));
}

// ---- arrows ----------------------------------------------------------------------------------

/** Where a row's bar is, and where its text ends, in the frame; undefined for what is not shown. */
function anchor(trace, frame, index) {
  const element = document.getElementById(`${trace.id}-${index}`);
  if (!element) return undefined;
  const row = trace.story.rows[index];
  const own = element.querySelector("td.own");
  const cell = own.getBoundingClientRect();
  const last = own.querySelector(".what").lastElementChild.getBoundingClientRect();
  const origin = frame.getBoundingClientRect();
  const inset = trace.story.contexts[row.context].level === "task" ? 19 : 31;
  const shift = frame.scrollLeft - origin.left;
  return { x: cell.left + shift + inset, end: last.right + shift + 4, y: cell.top - origin.top + cell.height / 2 };
}

/** Within a lane it bows to the left; to another lane it leaves and arrives where that one is. */
function arrow_path(a, b) {
  if (Math.abs(a.x - b.x) < 30) {
    const bow = Math.min(16, 6 + Math.abs(b.y - a.y) / 12);
    return `M${a.x - 3} ${a.y} C${a.x - bow} ${a.y} ${b.x - bow} ${b.y} ${b.x - 3} ${b.y}`;
  }
  const goes_right = b.x > a.x;
  const from = goes_right ? a.end : a.x - 3;
  const to = goes_right ? b.x - 4 : b.end;
  const bow = Math.max(24, Math.abs(to - from) * 0.4) * (goes_right ? 1 : -1);
  return `M${from} ${a.y} C${from + bow} ${a.y} ${to - bow} ${b.y} ${to} ${b.y}`;
}

function arrow(trace, frame, from, to, kind) {
  const a = anchor(trace, frame, from);
  const b = anchor(trace, frame, to);
  if (!a || !b) return;
  const path = document.createElementNS(svg_space, "path");
  path.setAttribute("d", arrow_path(a, b));
  path.setAttribute("class", kind);
  path.setAttribute("data-from", from);
  path.setAttribute("data-to", to);
  const is_finding = kind.includes("finding");
  if (!kind.includes("unordered"))
    path.setAttribute("marker-end", is_finding ? "url(#head-finding)" : "url(#head)");
  frame.querySelector("svg.arrows").append(path);
}

function arrow_heads(svg) {
  for (const [id, name] of [["head", ""], ["head-finding", "finding"]]) {
    const marker = document.createElementNS(svg_space, "marker");
    const attributes = { id, class: name, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7,
      markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" };
    for (const [key, value] of Object.entries(attributes)) marker.setAttribute(key, value);
    const tip = document.createElementNS(svg_space, "path");
    tip.setAttribute("d", "M0 0.5 L7.5 4 L0 7.5 Z");
    marker.append(tip);
    svg.append(marker);
  }
}

/** Of the selected row: where its value comes from and goes to. Of the finding: what has no order. */
function draw_arrows(trace, section) {
  const frame = section.querySelector(".frame");
  const svg = frame.querySelector("svg.arrows");
  const table = frame.querySelector("table");
  svg.replaceChildren();
  svg.setAttribute("width", table.offsetWidth);
  svg.setAttribute("height", table.offsetHeight);
  arrow_heads(svg);
  const rows = trace.story.rows;
  for (const row of rows)
    if (row.kind === "receive" && row.handed_by !== undefined) arrow(trace, frame, row.handed_by, row.index, "message");
  if (view.arrows)
    for (const row of rows)
      for (const [from, kind] of [[row.reads_from, "all"], [row.handed_by, "all hands"]])
        if (from !== undefined && rows[from].context !== row.context) arrow(trace, frame, from, row.index, kind);
  const numbered = rows.filter((row) => row.number);
  if (trace.story.finding && trace.story.finding.kind === "data_race" && numbered.length === 2)
    arrow(trace, frame, numbered[0].index, numbered[1].index, "finding unordered");
  const selected = rows[trace.selected];
  if (!selected) return;
  if (selected.reads_from !== undefined) arrow(trace, frame, selected.reads_from, selected.index, "reads");
  if (selected.handed_by !== undefined && selected.kind !== "receive") arrow(trace, frame, selected.handed_by, selected.index, "hands");
  for (const reader of selected.readers) arrow(trace, frame, selected.index, reader, "reads");
}

const order_marks = { before: "↑", after: "↓", concurrent: "∥", selected: "" };

/** Shades by happens-before, and says so for those who do not see it. */
function mark_order(trace, section) {
  const selected = trace.story.rows[trace.selected];
  section.querySelector("table").classList.toggle("ordered", Boolean(selected.time));
  for (const element of section.querySelectorAll("tr.row")) {
    const row = trace.story.rows[element.dataset.row];
    const order = selected.time ? relation(row, selected) : "";
    element.classList.remove("before", "after", "concurrent", "selected");
    if (order) element.classList.add(order);
    element.setAttribute("aria-selected", String(row === selected));
    element.querySelector("td.order").textContent = order_marks[order] || "";
    element.setAttribute("aria-label", sentence_of(trace, row) +
      (order && order !== "selected" ? `, ${order === "concurrent" ? "concurrent with" : order} the selected step` : ""));
  }
}

/** Beside each other: what both begin with steps back, and a line stands where they part. */
function mark_difference(first, second) {
  const parting = parting_rows(first.story, second.story);
  [first, second].forEach((trace, k) => {
    for (const element of document.querySelectorAll(`[data-trace="${trace.id}"] tr.row`)) {
      const index = Number(element.dataset.row);
      element.classList.toggle("same", index < parting[k]);
      element.classList.toggle("diverges", index === parting[k]);
    }
  });
}
