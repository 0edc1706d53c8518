// What holds on every page, of the trace that it shows first.
const story = traces[0].story;

check("it needs no network", () => {
  equal(all("[src], link, iframe, img").length, 0);
  must(one('meta[http-equiv="Content-Security-Policy"]').content.startsWith("default-src 'none'"), "no policy");
});
check("it says what was found, and how to replay it", () => {
  must(one("h1").textContent.toLowerCase().includes(story.finding.kind.replaceAll("_", " ")), one("h1").textContent);
  equal(all(".cause li").length, story.finding.actors.length);
  must(one(".command code").textContent.startsWith("heddle replay "), "no command");
});
check("every CPU has a column, every host a head above its own, every row a label", () => {
  const hosts = [...new Set(story.lanes.map((lane) => lane.host).filter(Boolean))];
  equal(all("thead th.host").map((head) => head.textContent), hosts);
  for (const head of all("thead th.host"))
    equal(head.colSpan, story.lanes.filter((lane) => lane.host === head.textContent).length);
  equal(all("thead th").map((head) => head.textContent).filter((text) => /^cpu\d+$/.test(text)),
    story.lanes.map((lane) => `cpu${lane.cpu}`));
  must(all("tr.row").length > 1, "hardly any rows");
  for (const row of all("tr.row")) must(/^step \d+, .+ (on (.+, )?cpu\d+|outside of the hosts): ./.test(row.getAttribute("aria-label")), row.getAttribute("aria-label"));
});
check("long text loses its middle, not a member's name at its end", () => {
  const row = one("tr.row .what .text");
  const long = long_text(`load ${"very_".repeat(30)}long.member`);
  row.replaceWith(long);
  const cut = long.querySelector(".cut");
  must(cut.scrollWidth > cut.clientWidth, "it fits");
  equal(long.lastElementChild.textContent, ".member");
  must(long.lastElementChild.getBoundingClientRect().right <= long.getBoundingClientRect().right + 1, "the end is cut");
  equal(long.textContent, long.title);
  long.replaceWith(row);
});
check("each row is in the column of its CPU", () => {
  for (const row of all("tr.row")) {
    equal(row.querySelectorAll("td.own").length, 1);
    equal(Number(row.querySelector("td.own").dataset.cpu), story.rows[row.dataset.row].cpu);
  }
});
check("the numbered rows are shown and numbered", () => {
  const numbered = story.rows.filter((row) => row.number);
  must(numbered.length > 0, "nothing is numbered");
  for (const row of numbered)
    equal(document.getElementById(`t0-${row.index}`).querySelector(".number").textContent, String(row.number));
});
check("it begins at the finding", () => equal(selected_row(), Math.max(...story.rows.filter((row) => row.number).map((row) => row.index))));
check("j and k move by a row that is shown, and stop at the ends", () => {
  press("Home");
  const rows = all("tr.row").map((row) => Number(row.dataset.row));
  equal(selected_row(), rows[0]);
  press("k");
  equal(selected_row(), rows[0]);
  press("j");
  equal(selected_row(), rows[1]);
  press("ArrowUp");
  equal(selected_row(), rows[0]);
  press("End");
  equal(selected_row(), rows[rows.length - 1]);
  equal(document.activeElement.dataset.row, String(rows[rows.length - 1]));
});
check("n goes to the next access of the finding", () => {
  press("Home");
  const numbered = story.rows.filter((row) => row.number && row.index > selected_row()).map((row) => row.index);
  press("n");
  equal(selected_row(), numbered[0]);
});
check("the scrubber moves, and is moved", () => {
  const slider = one("#scrubber input");
  slider.value = 1;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  equal(selected_row(), Number(all("tr.row")[1].dataset.row));
  press("j");
  equal(slider.value, "2");
  must(slider.getAttribute("aria-valuetext").startsWith("step "), slider.getAttribute("aria-valuetext"));
});
check("the panel tells of the selected step, with its source", () => {
  for (const row of story.rows.filter((row) => row.number && row.stack)) {
    go_to(row.index);
    must(one("#step h2").textContent.startsWith(`Step ${row.step}`), one("#step h2").textContent);
    must(one("#step h2").textContent.includes(story.contexts[row.context].name), "another context");
    const frame = story.frames[row.stack[0]];
    equal(one("figure .here").dataset.line, String(frame.line));
    equal(all("#step .calls li").length, row.stack.length > 1 ? row.stack.length : 0);
  }
});
check("a call shows its own source", () => {
  const row = story.rows.find((row) => (row.stack || []).length > 1);
  go_to(row.index);
  all("#step .calls button")[1].click();
  equal(one("figure .here").dataset.line, String(story.frames[row.stack[1]].line));
});
check("the ways not taken are told", () => {
  const row = story.rows.find((row) => row.others && !row.is_plain);
  if (!row) return;
  go_to(row.index);
  equal(all("#step .others .context").map((name) => name.textContent), row.others.map((other) => story.contexts[other.context].name));
});
check("where there was no choice, it says so", () => {
  const row = story.rows.find((row) => row.context !== 0 && !row.is_plain &&
    !story.rows.some((other) => other.step === row.step && (other.others || other.choices)));
  if (!row) return;
  go_to(row.index);
  equal(all("#step .others").length, 0);
  must(one("#step").textContent.includes(`Nobody: only ${story.contexts[row.context].name} could go on.`), one("#step").textContent);
});
check("every lock that is told of has a column with its holders and waiters", () => {
  const locks = story.locks.filter((lock) => is_telling(traces[0], lock));
  equal(all("th.lock").map((head) => head.dataset.lock), locks.map((lock) => lock.name));
  const rows = all("tr.row").slice(0, 40);
  for (const element of rows) {
    const cells = [...element.querySelectorAll("td.held")];
    locks.forEach((lock, k) => {
      const spans = lock.spans.filter((span) => span.from <= Number(element.dataset.row) && Number(element.dataset.row) <= span.to);
      equal([...cells[k].querySelectorAll("i")].map((mark) => mark.classList[0]), spans.map((span) => span.what));
    });
  }
});
check("it tells of the turning point, or that there is none", () => {
  if (!traces[0].turn) return;
  const { step } = traces[0].turn;
  must(one("#top").textContent.includes("Turning point"), one("#top").textContent);
  equal(all("tr.turn").length, step === undefined ? 0 : 1);
  if (step === undefined) return;
  const after = one("tr.turn").nextElementSibling;
  must(after && !after.classList.contains("turn"), "nothing comes after it");
});
check("a reader without eyes finds everything named", () => {
  for (const element of all("button, input, [role]"))
    must((element.getAttribute("aria-label") || element.textContent || (element.labels && element.labels[0] && element.labels[0].textContent) || "").trim() !== "",
      `${element.outerHTML.slice(0, 80)} has no name`);
  equal(one("html").lang, "en");
  must(one("#step").getAttribute("aria-live") === "polite", "the selected step is not announced");
});
check("light and dark both have their colours", () => {
  const schemes = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule.conditionText && rule.conditionText.includes("prefers-color-scheme: dark"));
  equal(schemes.length, 1);
  equal(one('meta[name="color-scheme"]').content, "light dark");
});
check("all colours of text can be read on all colours that lie below it", () => {
  const light = (hex) => {
    const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const all_rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const roots = all_rules.flatMap((rule) => rule.cssRules && rule.conditionText ? [...rule.cssRules] : [rule])
    .filter((rule) => rule.selectorText === ":root");
  equal(roots.length, 2);
  for (const root of roots)
    for (const text of ["ink", "soft", "faint", "accent", ...[...Array(8).keys()].map((i) => `c${i}`)])
      for (const below of ["paper", "raised", "sunken", "chosen", "accent-soft"]) {
        const [a, b] = [text, below].map((name) => root.style.getPropertyValue(`--${name}`).trim());
        must(contrast(a, b) >= 4.5, `${text} ${a} on ${below} ${b}: ${contrast(a, b)}`);
      }
});
check("nothing sticks out of the window, nor number out of the schedule", () => {
  must(document.documentElement.scrollWidth <= innerWidth, `the page is ${document.documentElement.scrollWidth} wide`);
  for (const badge of all("tr.row .number")) {
    const lanes = badge.closest("tr").querySelectorAll("td.lane");
    must(badge.getBoundingClientRect().right <= lanes[lanes.length - 1].getBoundingClientRect().right,
      "a number is beyond the lanes");
  }
});
check("past and future step back", () => {
  go_to(story.rows.find((row) => row.number).index);
  const look = (order) => {
    const row = one(`tr.row.${order}:not(.numbered) .text`);
    return row ? getComputedStyle(row).opacity : undefined;
  };
  for (const order of ["before", "after"]) must([undefined, "0.72"].includes(look(order)), `${order}: ${look(order)}`);
  must([undefined, "1"].includes(look("concurrent")), `concurrent: ${look("concurrent")}`);
});
check("every shown row is before, after or concurrent with the selected one", () => {
  go_to(story.rows.find((row) => row.number).index);
  const at = story.rows[selected_row()];
  for (const row of all("tr.row")) {
    const other = story.rows[row.dataset.row];
    const own = other === at ? "selected" : other.context === at.context ? (other.index < at.index ? "before" : "after")
      : other.index < at.index && other.time <= ((at.clock || [])[other.context] || 0) ? "before"
        : other.index > at.index && at.time <= ((other.clock || [])[at.context] || 0) ? "after" : "concurrent";
    must(row.classList.contains(own), `row ${other.index} is not ${own}`);
  }
});
check("a fold opens", () => {
  const fold = one("tr.fold button");
  if (!fold) return;
  const before = all("tr.row").length;
  fold.click();
  must(all("tr.row").length >= before + 3, "nothing came to light");
});
check("a value leads to the store that it came from", () => {
  const row = story.rows.find((row) => row.reads_from !== undefined && !row.is_plain);
  if (!row) return;
  go_to(row.index);
  document.getElementById(`t0-${row.index}`).querySelector("button.value").click();
  equal(selected_row(), row.reads_from);
  must(one("#step").textContent.includes("Read by"), "the store does not tell its readers");
  const drawn = all("svg.arrows path[data-to]").map((path) => Number(path.dataset.to));
  must(drawn.includes(row.index), "no arrow to the read");
});
check("variables change where they are stored to, and are marked there", () => {
  const variable = story.variables.find((variable) => is_live(traces[0], variable));
  if (!variable) return;
  const store = variable.stores[variable.stores.length - 1];
  go_to(store.row);
  const shown = all("#values tr.changed").map((row) => row.dataset.variable);
  must(shown.includes(variable.name), `${variable.name} is not among ${shown}`);
  const row = all("#values tr.changed").find((row) => row.dataset.variable === variable.name);
  equal(row.querySelector(".now").textContent, store.value);
});
check("plain accesses come and go", () => {
  if (!story.rows.some((row) => row.is_plain && !row.folded)) return;
  const before = all("tr.row.plain").length;
  press("p");
  must(all("tr.row.plain").length > before, "none came");
  press("p");
});
check("a hidden row stays reachable by a link", () => {
  const hidden = story.rows.filter((row) => !document.getElementById(`t0-${row.index}`));
  for (const row of [hidden.find((row) => row.is_plain), hidden.find((row) => row.folded), hidden.pop()]) {
    if (!row) continue;
    go_to(row.index);
    equal(selected_row(), row.index);
  }
});
