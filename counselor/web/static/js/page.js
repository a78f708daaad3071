// Small comforts of every page: menus that close, folds that follow the width, printing, and the two preferences.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector("[data-focus]")?.focus();

// A menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A fold is open where there is room for it. On a tablet it starts as its page says: <details class="fold" data-folded>.
const roomy = window.matchMedia("(min-width: 1100px)");
function follow() {
  for (const fold of document.querySelectorAll("details.fold")) {
    fold.open = roomy.matches || !("folded" in fold.dataset);
    fold.querySelector("summary").tabIndex = roomy.matches ? -1 : 0; // nothing to fold where there is room
  }
}
roomy.addEventListener("change", follow);
follow();

// What an error points at may lie inside something closed.
function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = target && target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  if (target) target.scrollIntoView({ block: "nearest" });
}
window.addEventListener("hashchange", reveal);
reveal();

const THEMES = { "": "as the device", dark: "dark", light: "bright" };
for (const button of document.querySelectorAll("[data-preference]")) {
  button.hidden = false;
  const root = document.documentElement;
  const say = () => {
    const words = button.querySelector("[data-words]");
    words.textContent = button.dataset.preference === "theme" ? THEMES[root.dataset.theme ?? ""] : root.dataset.shortcuts;
  };
  button.addEventListener("click", () => {
    if (button.dataset.preference === "theme") {
      const order = Object.keys(THEMES);
      const next = order[(order.indexOf(root.dataset.theme ?? "") + 1) % order.length];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      localStorage.setItem("theme", next);
    } else {
      root.dataset.shortcuts = root.dataset.shortcuts === "off" ? "on" : "off";
      localStorage.setItem("shortcuts", root.dataset.shortcuts);
    }
    say();
  });
  say();
}
