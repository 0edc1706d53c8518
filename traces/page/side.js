"use strict";
// Beside the schedule: the selected step with its source, its calls and the ways not taken; below
// it the variables.

function link_to(trace, index, text) {
  return make("button", { class: "link", on: { click: () => go_to(index) } }, text);
}

function step_text(trace, index) {
  const row = trace.story.rows[index];
  return `${trace.story.contexts[row.context].name} at step ${row.step}`;
}

function excerpt(trace, frame, is_finding) {
  if (!frame) return undefined;
  const lines = (trace.sources || {})[frame.file] || {};
  const numbers = [];
  for (let line = frame.line - 4; line <= frame.line + 4; ++line)
    if (lines[line] !== undefined) numbers.push(line);
  const caption = make("figcaption", {}, make("b", {}, frame.function || "?"), ` ${frame.file}:${frame.line}`);
  if (numbers.length === 0)
    return make("figure", {}, caption, make("pre", {}, make("span", { "data-line": "" }, "the source is not at hand")));
  return make("figure", {}, caption, make("pre", { tabindex: 0, "aria-label": "Source" }, numbers.map((line) =>
    make("span", { "data-line": line, class: line === frame.line ? (is_finding ? "here accent" : "here") : undefined },
      lines[line] || " "))));
}

function calls(trace, row, shown) {
  const stack = row.stack || [];
  if (stack.length < 2) return [];
  return [make("h3", {}, "Calls, innermost first"), make("ol", { class: "calls" }, stack.map((id, depth) => {
    const frame = trace.story.frames[id];
    return make("li", {}, make("button", { class: "link", "aria-current": depth === shown ? "true" : undefined,
      on: { click: () => show_step(trace, depth) } }, frame.function || "?"),
    make("span", { class: "at" }, `${file_of(frame.file)}:${frame.line}`));
  }))];
}

/** The row at which it was chosen who takes the step of this row; undefined: nobody else could. */
function choice_row(trace, row) {
  return trace.story.rows.find((other) => other.step === row.step && (other.others || other.choices));
}

function others(trace, row) {
  const at = choice_row(trace, row);
  const list = ((at && at.others) || []).map((other) => {
    const frame = trace.story.frames[other.frame];
    return make("li", { hue: hue(other.context) },
      make("span", { class: "context" }, trace.story.contexts[other.context].name),
      make("code", {}, other.text),
      frame ? make("span", { class: "at" }, `${frame.file}:${frame.line}`) : undefined);
  });
  const body = list.length > 0 ? make("ul", { class: "others" }, list)
    : make("p", {}, row.context === 0 ? "Nobody: the set-up runs alone."
      : `Nobody: only ${trace.story.contexts[row.context].name} could go on.`);
  const chosen = ((at && at.choices) || []).map((choice) => make("p", {}, `Chosen in this step: ${choice}`));
  return [make("h3", {}, "What else could have run here"), body, ...chosen];
}

function order_of(trace, row) {
  if (!row.time) return [];
  const counts = { before: 0, after: 0, concurrent: 0, selected: 0 };
  for (const other of trace.story.rows) if (!other.is_plain) ++counts[relation(other, row)];
  const clock = (row.clock || []).map((time, context) => ({ time, context })).filter(({ time }) => time > 0);
  return [make("h3", {}, "Happens before, after, neither"),
    make("p", {}, `${counted(counts.before, "event")} before, ${counts.after} after, ${counts.concurrent} concurrent. Vector clock:`),
    make("ul", { class: "clock" }, clock.map(({ time, context }) => make("li", { hue: hue(context) },
      make("span", { class: "context" }, trace.story.contexts[context].name), " ", make("b", {}, String(time)))))];
}

function where_values_go(trace, row) {
  const parts = [];
  const rows = trace.story.rows;
  if (row.reads_from !== undefined)
    parts.push(make("p", {}, "It reads what ", link_to(trace, row.reads_from, `${step_text(trace, row.reads_from)} stored`), "."));
  if (row.readers.length > 0)
    parts.push(make("p", {}, "Read by ", row.readers.slice(0, 6).flatMap((reader, i) =>
      [i === 0 ? "" : ", ", link_to(trace, reader, step_text(trace, reader))]),
    row.readers.length > 6 ? ` and ${row.readers.length - 6} more` : "", "."));
  if (row.handed_by !== undefined)
    parts.push(make("p", {}, row.kind === "receive" ? "Sent by " : "Released by ", link_to(trace, row.handed_by, step_text(trace, row.handed_by)),
      rows[row.handed_by].index === row.index - 1 ? " just before." : "."));
  if (row.takers.length > 0)
    parts.push(make("p", {}, row.kind === "send" ? "Received by " : "Then taken by ",
      row.takers.flatMap((taker, i) => [i === 0 ? "" : ", ", link_to(trace, taker, step_text(trace, taker))]), "."));
  return parts;
}

/** @param depth  which of the calls to show the source of. */
function show_step(trace, depth) {
  const row = trace.story.rows[trace.selected];
  const context = trace.story.contexts[row.context];
  const frame = trace.story.frames[(row.stack || [])[depth]];
  const does = row.text || { enters: "interrupts", leaves: "exits" }[row.mark] || "";
  document.getElementById("step").replaceChildren(
    make("h2", { hue: hue(row.context) }, `Step ${row.step}`, make("span", { class: "context" }, context.name),
      make("small", {}, `${whereabouts(context, row)}${context.level === "task" || context.is_outside ? "" : `, ${context.level}`}${row.is_plain ? ", plain access" : ""}`)),
    make("div", { class: "does" }, `${does} ${row.value || ""}`.trim(), row.number ? number_badge(row.number) : undefined),
    ...(row.switched ? [make("p", { class: "why" }, row.switched)] : []),
    ...(row.why ? [make("p", { class: "why" }, row.why)] : []),
    ...(row.holds ? [make("p", {}, `Holds ${row.holds.join(", ")}.`)] : []),
    ...where_values_go(trace, row),
    ...[excerpt(trace, frame, Boolean(row.number))].filter(Boolean),
    ...calls(trace, row, depth), ...others(trace, row), ...order_of(trace, row));
  scroll_to_code(document.getElementById("step"));
}

/** The marked line of an excerpt may begin far to the right. */
function scroll_to_code(section) {
  const pre = section.querySelector("figure pre");
  const here = section.querySelector("figure .here");
  if (!here) return;
  const blank = here.textContent.search(/\S/) * 7.5;
  if (blank > pre.clientWidth / 2) pre.scrollLeft = blank - 40;
}

// ---- variables -------------------------------------------------------------------------------

let shows_all_variables = false;

/** Of interest from the start: what somebody stores to once the set-up is over. */
function is_live(trace, variable) {
  return variable.stores.some(({ row }) => trace.story.rows[row].context !== 0);
}

function value_at(variable, index) {
  let value = { value: variable.initial || "?", row: undefined };
  for (const store of variable.stores) if (store.row <= index) value = store;
  return value;
}

/** Long histories keep what is near the selected step. */
function history(trace, variable, now) {
  const at = variable.stores.indexOf(now);
  const from = Math.max(0, Math.min(at - 2, variable.stores.length - 6));
  const shown = variable.stores.slice(from, from + 6);
  const cell = make("td", { class: "history" });
  if (from > 0) cell.append(make("span", {}, "…"));
  else if (variable.initial) cell.append(make("span", {}, make("button",
    { class: now.row === undefined ? "now" : "past", tabindex: -1 }, variable.initial)));
  for (const store of shown) {
    const when = store === now ? "now" : variable.stores.indexOf(store) < at ? "past" : "future";
    cell.append(make("span", {}, make("button", { class: when, title: step_text(trace, store.row),
      on: { click: () => go_to(store.row) } }, store.value)));
  }
  if (from + 6 < variable.stores.length) cell.append(make("span", {}, "…"));
  return cell;
}

function show_values(trace) {
  const all = trace.story.variables;
  const shown = all.filter((variable) => shows_all_variables || is_live(trace, variable));
  const box = make("input", { type: "checkbox", "data-view": "variables",
    on: { change: () => { shows_all_variables = box.checked; show_values(trace); } } });
  box.checked = shows_all_variables;
  const body = shown.map((variable) => {
    const now = value_at(variable, trace.selected);
    const changed = now.row === trace.selected;
    return make("tr", { class: changed ? "changed" : undefined, "data-variable": variable.name },
      make("td", {}, variable.name, changed ? make("span", { class: "hidden" }, " changes here") : undefined),
      history(trace, variable, now));
  });
  document.getElementById("values").replaceChildren(
    make("div", { class: "bar-head" }, make("h2", {}, "Variables"),
      all.length > shown.length || shows_all_variables ? make("label", {}, box, "those of the set-up, too") : undefined),
    body.length > 0 ? make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "name"),
      make("th", { scope: "col" }, "values, now in bold"))), make("tbody", {}, body))
      : make("p", {}, "No variable that contexts share is stored to."));
}
