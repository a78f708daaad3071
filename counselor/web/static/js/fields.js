// Fields that are nicer to touch with JavaScript; without it they are plain lists that send the same.

// Routes in order: tap to add at the end, tap again to take out. The lists stay in the form and are what is sent.
for (const picker of document.querySelectorAll("[data-routes]")) {
  const selects = [...picker.querySelectorAll("select")];
  const tiles = [...picker.querySelectorAll("[data-route]")];
  const chosen = () => [...new Set(selects.map((select) => select.value).filter(Boolean))];

  const show = (order) => {
    for (const tile of tiles) {
      const place = order.indexOf(tile.dataset.route) + 1;
      tile.setAttribute("aria-pressed", String(place > 0));
      tile.querySelector("[data-place]").textContent = place || "";
    }
  };
  for (const tile of tiles) {
    tile.addEventListener("click", () => {
      const order = chosen();
      const route = tile.dataset.route;
      const next = order.includes(route) ? order.filter((other) => other !== route) : [...order, route];
      selects.forEach((select, place) => (select.value = next[place] ?? ""));
      show(next);
      selects[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  picker.querySelector(".route-selects").hidden = true;
  picker.querySelector(".route-tiles").hidden = false;
  show(chosen());
}

// A safety topic stays marked as open until somebody has asked.
for (const topic of document.querySelectorAll(".asked")) {
  topic.addEventListener("change", (event) => {
    if (event.target.type === "radio") topic.classList.toggle("asked-open", event.target.value === "");
  });
}
