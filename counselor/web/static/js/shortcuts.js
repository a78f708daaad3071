// One key presses the button or follows the link that carries it: <button data-key="S">. "/" goes to the search box.
// Not while typing, and not at all for whoever has switched them off in the menu.

const TYPING = "textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])";

function visible(element) {
  return element.getClientRects().length > 0 && !element.disabled && element.getAttribute("aria-disabled") !== "true";
}

function carrier(key) {
  const wanted = key.toUpperCase();
  return [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key.toUpperCase() === wanted && visible(element),
  );
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
  if (event.key.length !== 1 || document.documentElement.dataset.shortcuts === "off") return;
  if (event.target instanceof Element && event.target.closest(TYPING)) return;
  const element = carrier(event.key);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
});
