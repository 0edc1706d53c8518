"use strict";
// The traces of the page, and what is derived from them. A trace is as docs/trace.schema.json has
// it, with a label, the command that replays it, and the sources around its places.

const hues = 8;

/** Puts the readers of every store beside it, and marks what is hidden at first. */
function prepare(trace) {
  const story = trace.story;
  story.rows.forEach((row, index) => {
    row.index = index;
    row.readers = [];
    row.takers = [];
    row.outside = Boolean(story.contexts[row.context].is_outside);
    row.strikes = row.kind === "crash" || row.kind === "boot"; // a whole host
  });
  // The set-up's end alone tells nothing.
  const set_up = story.rows.filter((row) => row.context === 0 && !row.is_plain);
  if (set_up.length === 1 && set_up[0].mark === "ends") set_up[0].is_plain = true;
  let folded = false;
  for (const row of story.rows) {
    if (row.reads_from !== undefined) story.rows[row.reads_from].readers.push(row.index);
    if (row.handed_by !== undefined) story.rows[row.handed_by].takers.push(row.index);
    if (!row.is_plain) folded = Boolean(row.is_folded);
    row.folded = folded; // a plain access goes with the step that it follows
  }
  trace.opened = new Set(); // rows that the reader has unfolded
  trace.selected = last_numbered(story);
  return trace;
}

/** Where the reader begins: at what completes the finding, else at the end. */
function last_numbered(story) {
  let found = story.rows.length - 1;
  for (const row of story.rows) if (row.number) found = row.index;
  return found;
}

function hue(context) {
  return context === 0 ? 0 : 1 + ((context - 1) % (hues - 1));
}

/** Does row a come before row b in every schedule that keeps their order of locks and atomics? */
function comes_before(a, b) {
  if (a.context === b.context) return a.index < b.index;
  return Boolean(a.time) && a.index < b.index && a.time <= ((b.clock || [])[a.context] || 0);
}

function relation(row, selected) {
  if (row === selected) return "selected";
  if (comes_before(row, selected)) return "before";
  return comes_before(selected, row) ? "after" : "concurrent";
}

/** Locks that several contexts use, that somebody waits for, or that the finding is about. */
function is_telling(trace, lock) {
  const users = new Set(lock.spans.map((span) => span.context));
  users.delete(0);
  const numbered = trace.story.rows.some((row) =>
    row.number && (row.object === lock.name || (row.holds || []).includes(lock.name)));
  return users.size > 1 || numbered || lock.spans.some((span) => span.what === "waits");
}

/** Can a row of another execution stand for this one? Accesses and allocations that are no steps
 *  have rows only where a finding is about them. */
function is_comparable(row) {
  if (row.context === 0 && row.mark === "ends") return false; // it may be all that the set-up has
  return !row.is_plain && (row.is_step || !["read", "write", "allocate"].includes(row.kind));
}

/** The rows as items to show: a row, a run of at least three folded ones, or a gap. What lies well
 *  ahead of row `common` is one run: so two schedules that part there stand level. */
function items_of(trace, shows_plain, common) {
  const items = [];
  const in_common = trace.story.rows.filter((row) => row.index < common && is_comparable(row)).slice(0, -3);
  const alike_until = in_common.length > 0 ? in_common[in_common.length - 1].index : -1;
  let run = [];
  const end_run = () => {
    if (run.length >= 3 || (run.length > 0 && run[0].index <= alike_until)) items.push({ fold: run });
    else items.push(...run.map((row) => ({ row })));
    run = [];
  };
  for (const row of trace.story.rows) {
    if (row.is_plain && !shows_plain && !trace.opened.has(row.index)) continue;
    if (row.index < common && !is_comparable(row) && !trace.opened.has(row.index)) continue;
    const hidden = row.index < common ? row.index <= alike_until : row.folded;
    if (hidden && !trace.opened.has(row.index)) {
      run.push(row);
      continue;
    }
    end_run();
    items.push({ row });
  }
  end_run();
  return items.flatMap((item) => {
    const gap = (item.fold || [item.row]).reduce((sum, row) => sum + (row.gap || 0), 0);
    return gap > 0 ? [{ gap }, item] : [item];
  });
}

/** Makes a row visible wherever it is: with all that was folded together with it. */
function open_row(trace, index) {
  const rows = trace.story.rows;
  trace.opened.add(index);
  if (!rows[index].folded) return;
  for (const step of [-1, 1])
    for (let i = index; rows[i] && rows[i].folded; i += step)
      if (!rows[i].is_plain) trace.opened.add(i);
}

function open_fold(trace, run) {
  for (const row of run) trace.opened.add(row.index);
}

/** The row of each of two stories with which they begin to differ. */
function parting_rows(a, b) {
  const steps = (story) => story.rows.filter(is_comparable);
  // The first of a name has a number only where a second one comes later.
  const name = (story, row) => story.contexts[row.context].name.replace(/\.1$/, "");
  const same = (x, y) =>
    x && y && name(a, x) === name(b, y) && x.text === y.text && x.value === y.value;
  const [first, second] = [steps(a), steps(b)];
  let count = 0;
  while (same(first[count], second[count])) ++count;
  const row_of = (list, story) => (list[count] ? list[count].index : story.rows.length);
  return [row_of(first, a), row_of(second, b)];
}

/** Makes the rows visible where two stories part. */
function open_difference(a, b) {
  const parting = parting_rows(a.story, b.story);
  [a, b].forEach((trace, k) => {
    for (let i = parting[k]; i <= parting[k] + 1; ++i) if (trace.story.rows[i]) trace.opened.add(i);
  });
}

/** An element with attributes and children; text is never markup. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (name === "hue") element.style.setProperty("--hue", `var(--c${value})`);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

function number_badge(number) {
  return make("span", { class: "number", "aria-label": `access ${number} of the finding` }, String(number));
}

function file_of(place) {
  return place.slice(place.lastIndexOf("/") + 1);
}

function spoken_kind(kind) {
  const text = kind.replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}

/** Where a context runs, in words. */
function whereabouts(context, row) {
  if (context.is_outside) return "outside of the hosts";
  return `on ${context.host ? `${context.host}, ` : ""}cpu${row.cpu}`;
}

/** Is the detail of such findings what should hold? */
function is_expectation(kind) {
  return kind === "invariant" || kind === "liveness";
}

/** A row in a sentence: what screen readers say of it. */
function sentence_of(trace, row) {
  const context = trace.story.contexts[row.context];
  const does = row.text || { enters: "interrupts", leaves: "exits" }[row.mark] || "";
  const parts = [`step ${row.step}, ${context.name} ${whereabouts(context, row)}: ${does} ${row.value || ""}`.trim()];
  if (row.number) parts.push(`access ${row.number} of the finding`);
  if (row.switched) parts.push(row.switched);
  if (row.why) parts.push(row.why);
  return parts.join(", ");
}
