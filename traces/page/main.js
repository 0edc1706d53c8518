"use strict";
// Puts the page together, and moves through it: by keys, by the scrubber, by clicks.

const traces = JSON.parse(document.getElementById("traces").textContent).map(prepare);
traces.forEach((trace, i) => { trace.id = `t${i}`; });
let current = traces[0];
let beside = 0; // the trace that stands beside the first; 0: the current one stands alone

// ---- head ------------------------------------------------------------------------------------

/** "… at models/m.cpp:41 (add)" with the place set apart. */
function actor_parts(text) {
  const found = /^(.*) at (\S+:\d+) \((.*)\)$/.exec(text);
  if (!found) return [text];
  return [`${found[1]} in `, make("span", { class: "place", title: `${found[2]} (${found[3]})` }, `${found[3]}, ${file_of(found[2])}`)];
}

function cause(trace) {
  const finding = trace.story.finding;
  if (!finding) return undefined;
  const target = (number) => trace.story.rows.find((row) => row.number === number).index;
  return make("ol", { class: "cause", "aria-label": "Cause" }, finding.actors.map((actor) => make("li", {},
    actor.number ? make("button", { class: "number", "aria-label": `Go to access ${actor.number}`,
      on: { click: () => go_to(target(actor.number)) } }, String(actor.number)) : make("span", {}, "·"),
    make("span", {}, actor_parts(actor.text), actor.locks ? make("span", { class: "locks" }, `, ${actor.locks}`) : undefined))));
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : noun.endsWith("h") ? "es" : "s"}`;
}

function copy_button(text) {
  const button = make("button", { class: "quiet", on: { click: async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange(); // no clipboard from files: select it for the reader
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
  } } }, "Copy");
  return button;
}

/** Shows a trace beside the first one, both at where they part. */
function stand_beside(other) {
  beside = other;
  current = traces[0];
  const parting = parting_rows(traces[0].story, traces[other].story);
  [traces[0], traces[other]].forEach((trace, k) => {
    trace.opened.clear();
    trace.selected = Math.max(trace.selected, Math.min(parting[k], trace.story.rows.length - 1));
  });
  show_all();
}

function tabs() {
  if (traces.length < 2) return undefined;
  const tab = (label, is_selected, act) => make("button", { role: "tab", "aria-selected": String(is_selected), on: { click: act } }, label);
  return make("div", { class: "tabs", role: "tablist", "aria-label": "Executions" },
    traces.map((trace) => tab(trace.label, !beside && trace === current, () => { beside = 0; current = trace; show_all(); })),
    traces.slice(1).map((trace, i) => tab(traces.length > 2 ? `Beside ${trace.label}` : "Side by side", beside === i + 1,
      () => stand_beside(i + 1))));
}

/** From which step on nothing helps any more. */
function turn_line(trace) {
  if (!trace.turn) return undefined;
  const { step, text } = trace.turn;
  const row = step === undefined ? undefined : trace.story.rows.find((row) => row.step >= step && !row.is_plain);
  return make("p", { class: "hint" }, make("b", {}, "Turning point "),
    row ? [make("button", { class: "link", on: { click: () => go_to(row.index) } }, `step ${step}`), ": "] : "", text);
}

function show_top() {
  const story = current.story;
  const finding = story.finding;
  const facts = [counted(story.steps, "step"), counted(story.switches, "switch"), counted(story.preemptions, "preemption"),
    counted(story.interrupts, "interrupt"), story.faults ? counted(story.faults, "fault") : "", current.strategy, `seed ${current.seed}`, `execution ${current.execution}`];
  document.getElementById("top").replaceChildren(
    make("p", { class: "eyebrow" }, [current.scenario, current.variant, current.workload].filter(Boolean).join(" · ")),
    make("h1", {}, make("span", { class: finding ? "kind" : undefined }, finding ? spoken_kind(finding.kind) + (is_expectation(finding.kind) ? " does not hold" : "") : "No finding"),
      finding && finding.detail ? make("span", { class: "detail" }, ` · ${finding.detail}`) : undefined),
    ...[cause(current)].filter(Boolean),
    ...(finding && finding.hint ? [make("p", { class: "hint" }, make("b", {}, "Hint "), finding.hint)] : []),
    ...[turn_line(current)].filter(Boolean),
    make("p", { class: "meta" }, facts.filter(Boolean).map((fact) => make("span", {}, fact))),
    make("div", { class: "command" }, make("code", {}, current.command), copy_button(current.command)),
    ...[tabs()].filter(Boolean));
}

// ---- moving ----------------------------------------------------------------------------------

function activate(trace) {
  if (current === trace) return;
  current = trace;
  show_top();
}

/** The rows that are shown now, by their numbers. */
function shown_rows() {
  return [...document.querySelectorAll(`[data-trace="${current.id}"] tr.row`)].map((row) => Number(row.dataset.row));
}

function select(index, focus) {
  current.selected = index;
  const section = document.querySelector(`[data-trace="${current.id}"]`);
  mark_order(current, section);
  draw_arrows(current, section);
  show_step(current, 0);
  show_values(current);
  show_position();
  const element = document.getElementById(`${current.id}-${index}`);
  for (const row of section.querySelectorAll("tr.row")) row.tabIndex = -1;
  element.tabIndex = 0;
  if (focus) {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }
}

/** To a row that may be folded away. */
function go_to(index) {
  if (!document.getElementById(`${current.id}-${index}`)) {
    open_row(current, index);
    show();
  }
  select(index, true);
}

function move(by) {
  const rows = shown_rows();
  const at = rows.indexOf(current.selected);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  if (next !== undefined) select(next, true);
}

function to_numbered(direction) {
  const numbered = current.story.rows.filter((row) => row.number).map((row) => row.index);
  const next = direction > 0 ? numbered.find((index) => index > current.selected)
    : numbered.reverse().find((index) => index < current.selected);
  if (next !== undefined) go_to(next);
}

const keys = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  Home: () => move(-Infinity), End: () => move(Infinity),
  n: () => to_numbered(1), N: () => to_numbered(-1),
  o: () => { const { reads_from } = current.story.rows[current.selected]; if (reads_from !== undefined) go_to(reads_from); },
  p: () => flip("plain"), l: () => flip("locks"), a: () => flip("arrows"),
};

function flip(name) {
  view[name] = !view[name];
  show();
}

function on_key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea") && event.key.length > 1) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// ---- scrubber --------------------------------------------------------------------------------

function show_position() {
  const rows = shown_rows();
  const slider = document.querySelector("#scrubber input");
  const row = current.story.rows[current.selected];
  slider.max = rows.length - 1;
  slider.value = rows.indexOf(current.selected);
  slider.setAttribute("aria-valuetext", sentence_of(current, row));
  document.querySelector("#scrubber output").textContent = `step ${row.step} of ${current.story.steps}`;
}

function make_scrubber() {
  const slider = make("input", { type: "range", min: 0, "aria-label": "Selected event",
    on: { input: () => select(shown_rows()[slider.value], true) } });
  document.getElementById("scrubber").replaceChildren(
    make("button", { class: "quiet", "aria-label": "Event before", on: { click: () => move(-1) } }, "‹"),
    make("button", { class: "quiet", "aria-label": "Next event", on: { click: () => move(1) } }, "›"),
    slider, make("output"),
    make("span", { class: "keys" }, make("kbd", {}, "j"), " ", make("kbd", {}, "k"), " move  ",
      make("kbd", {}, "n"), " next access of the finding  ", make("kbd", {}, "o"), " origin of the value"));
}

// ---- all -------------------------------------------------------------------------------------

/** Draws the schedules anew, and keeps what is selected, also when it has gone out of sight. */
function show() {
  const shown = beside ? [traces[0], traces[beside]] : [current];
  if (beside) open_difference(traces[0], traces[beside]);
  document.getElementById("schedules").replaceChildren(
    make("div", { class: "options", style: beside ? "grid-column:1/-1" : undefined },
      toggle("plain accesses", "plain", "p"), toggle("all locks", "locks", "l"),
      toggle("all arrows", "arrows", "a"), legend()),
    ...shown.map(schedule_of));
  document.querySelector("table.rows tbody").id = "rows";
  if (beside) mark_difference(traces[0], traces[beside]);
  for (const trace of shown) {
    if (!document.getElementById(`${trace.id}-${trace.selected}`)) {
      open_row(trace, trace.selected);
      return show();
    }
    if (trace === current) continue;
    const section = document.querySelector(`[data-trace="${trace.id}"]`);
    mark_order(trace, section);
    draw_arrows(trace, section);
  }
  return select(current.selected);
}

function show_all() {
  document.body.classList.toggle("beside", Boolean(beside));
  show_top();
  show();
}

if (current.story.rows.length === 0) {
  show_top();
  document.getElementById("schedules").append("Nothing happened in this execution.");
} else {
  make_scrubber();
  show_all();
  addEventListener("keydown", on_key);
  addEventListener("resize", () => {
    for (const section of document.querySelectorAll("[data-trace]"))
      draw_arrows(traces.find((trace) => trace.id === section.dataset.trace), section);
  });
}
