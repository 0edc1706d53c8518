// What checks of a page are written with. Each is a name and a function that throws.
const checks = [];
function check(name, holds) { checks.push({ name, holds }); }
function must(holds, what) { if (!holds) throw new Error(what); }
function equal(found, expected) {
  must(JSON.stringify(found) === JSON.stringify(expected), `${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
function press(key) {
  (document.activeElement || document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
function selected_row() { return Number(one('tr.row[aria-selected="true"]').dataset.row); }
const thrown = [];
addEventListener("error", (event) => thrown.push(event.message));

addEventListener("load", () => {
  const wrong = [];
  for (const { name, holds } of checks) {
    try { holds(); } catch (error) { wrong.push(`${name}: ${error.message}`); }
  }
  wrong.push(...thrown);
  if (checks.length === 0) wrong.push("there are no checks");
  const verdict = wrong.length === 0 ? `all hold: ${checks.length}` : wrong.join("\n");
  parent.postMessage({ page: page_number, verdict }, "*");
});
