// Runs before the page is drawn, so that a dark counter never flashes white. Kept on the device: only how it looks.
(() => {
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.shortcuts = localStorage.getItem("shortcuts") === "off" ? "off" : "on";
})();
