// The list by keyboard: J and K (or the arrows) move, Enter opens, X ticks, F goes to the search, ? shows the keys.
// Focus moves to the product's own link, so that a screen reader reads it and Enter is the link's own Enter.
// Single letters keep quiet while somebody types and for whoever has switched them off in the menu.

const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox])";
const list = document.querySelector("[data-list]");
const rows = list ? [...list.querySelectorAll("[data-row]")] : [];
const ticks = [...document.querySelectorAll("[data-tick]")];
const all = document.querySelector("[data-tick-all]");
const told = document.querySelector("[data-ticked]");

function link(row) {
  return row.querySelector("th a");
}

function here() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

function move(step) {
  const from = here();
  const to = from < 0 ? (step > 0 ? 0 : rows.length - 1) : from + step;
  if (to < 0 || to >= rows.length) return;
  link(rows[to]).focus();
  rows[to].scrollIntoView({ block: "nearest" });
}

function count() {
  const ticked = ticks.filter((tick) => tick.checked).length;
  for (const tick of ticks) tick.closest("[data-row]").classList.toggle("catalog-ticked", tick.checked);
  if (all) {
    all.checked = ticked > 0 && ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  }
  if (told) told.textContent = ticked === 0 ? "Nothing ticked" : `${ticked} ticked`;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => {
    const box = here() < 0 ? null : rows[here()].querySelector("[data-tick]");
    if (box) box.click();
  },
  f: () => document.querySelector("[data-find]")?.focus(),
  "?": () => {
    const keys = document.querySelector("#keys");
    if (!keys) return;
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target instanceof Element && event.target.closest(TYPING)) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && here() >= 0) {
    event.preventDefault();
    move(arrow);
    return;
  }
  if (document.documentElement.dataset.shortcuts === "off") return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : ""];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const tick of ticks) tick.addEventListener("change", count);
if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    count();
  });
}
count(); // a browser that comes back to the page keeps its ticks
