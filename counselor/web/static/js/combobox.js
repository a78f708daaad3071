// Type-ahead for a list of terms. The <textarea> stays in the form, one term on each line, and is what is sent; here
// it becomes chips with an input that asks the knowledge while one types. Keys: arrows, Enter, Escape, Backspace.
// The text goes in the body of a POST, never into an address. What the knowledge does not know may still be entered.

const WAIT_MS = 160;
let serial = 0;

class Combobox {
  constructor(box) {
    this.box = box;
    this.text = box.querySelector("textarea");
    this.learn();
    this.terms = this.text.value.split("\n").map((line) => line.trim()).filter(Boolean);
    this.options = [];
    this.active = -1;
    this.asked = 0;
    this.build();
    this.showChips();
  }

  // What the terms were taken for, as the server last told.
  learn() {
    this.known = new Map(JSON.parse(this.box.dataset.known || "[]").map((row) => [row.said, row]));
  }

  build() {
    const id = `combo-${(serial += 1)}`;
    const label = this.box.querySelector("label");
    this.chips = element("ul", { class: "combo-chips" });
    this.input = element("input", {
      type: "text", id: `${id}-input`, role: "combobox", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`, placeholder: this.text.dataset.add,
    });
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (this.text.hasAttribute(name)) this.input.setAttribute(name, this.text.getAttribute(name));
    }
    this.list = element("ul", { class: "combo-list", id: `${id}-list`, role: "listbox", "aria-label": label.textContent.trim(), hidden: "" });
    this.status = element("div", { class: "visually-hidden", role: "status" });
    const holder = element("div", { class: "combo-input" }, this.input);
    if (this.text.dataset.comboKey) {
      this.input.dataset.key = this.text.dataset.comboKey;
      holder.append(element("kbd", { "aria-hidden": "true" }, this.text.dataset.comboKey));
    }
    holder.append(this.list);
    label.htmlFor = this.input.id;
    this.text.hidden = true;
    this.box.append(this.chips, holder, this.status);
    if (this.text.autofocus && document.activeElement?.closest("[data-focus]") === null) this.input.focus();

    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.commit());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus where it is
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options[Number(option.dataset.at)]);
    });
    this.box.addEventListener("known", () => {
      this.learn();
      this.showChips();
    });
    this.box.closest("form")?.addEventListener("submit", () => this.commit(), { capture: true });
  }

  key(event) {
    const open = !this.list.hidden && this.options.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) return this.look();
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const count = this.options.length + 1; // one more place: the text as typed
      this.mark(((this.active + 1 + step + count) % count) - 1);
    } else if (event.key === "Enter" && (this.input.value.trim() || open)) {
      event.preventDefault();
      if (open && this.active >= 0) this.choose(this.options[this.active]);
      else this.add(this.input.value);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && !this.input.value && this.terms.length) {
      event.preventDefault();
      this.edit(this.terms.length - 1);
    }
  }

  // "oxycodone, klon 0.5 mg": what is asked for is "klon"; what stood before it and the strength stay as typed.
  typed() {
    const cut = this.input.value.lastIndexOf(",") + 1;
    const before = this.input.value.slice(0, cut).trim();
    const [, name, rest] = this.input.value.slice(cut).trim().match(/^(.*?)(\s+[.\d].*)?$/);
    return { before, name, rest: rest?.trim() ?? "" };
  }

  look() {
    clearTimeout(this.timer);
    const text = this.typed().name;
    if (text.length < 2 || !this.box.dataset.lookup) return this.close();
    this.timer = setTimeout(() => this.ask(text), WAIT_MS);
  }

  async ask(text) {
    const mine = (this.asked += 1);
    let rows = [];
    try {
      const answer = await fetch(this.box.dataset.lookup, {
        method: "POST",
        headers: {
          "Content-Type": "application/json", Accept: "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]')?.content ?? "",
        },
        body: JSON.stringify({ kind: this.box.dataset.combobox, text }),
      });
      if (answer.ok) rows = (await answer.json()).matches ?? [];
    } catch {
      rows = []; // without suggestions one can still type
    }
    if (mine !== this.asked || document.activeElement !== this.input || !this.input.value.trim()) return;
    this.open(rows);
  }

  open(rows) {
    this.options = rows;
    this.active = -1;
    this.list.replaceChildren(
      ...rows.map((row, at) =>
        element("li", { class: "combo-option", role: "option", id: `${this.list.id}-${at}`, "data-at": at, "aria-selected": "false" },
          element("b", {}, row.name), element("span", {}, row.meaning ?? ""))),
    );
    if (!rows.length) {
      this.list.append(element("li", { class: "combo-note", role: "presentation" },
        "Not in the word list. Enter keeps it as it was said."));
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.list.scrollIntoView({ block: "nearest" });
    this.status.textContent = rows.length ? `${rows.length} suggestions` : "Not in the word list";
  }

  mark(at) {
    this.active = at;
    for (const option of this.list.querySelectorAll("[role=option]")) {
      const on = Number(option.dataset.at) === at;
      option.setAttribute("aria-selected", String(on));
      if (on) option.scrollIntoView({ block: "nearest" });
    }
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
  }

  close() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.list.replaceChildren();
    this.options = [];
    this.mark(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  choose(row) {
    const { before, rest } = this.typed();
    this.add([before, row.name, rest].filter(Boolean).join(" "));
  }

  add(words) {
    const term = words.replaceAll(/\s+/g, " ").trim();
    this.input.value = "";
    this.close();
    if (!term || this.terms.includes(term)) return;
    this.terms.push(term);
    this.changed(`${term} added`);
  }

  commit() {
    this.close();
    if (this.input.value.trim()) this.add(this.input.value);
  }

  remove(at) {
    const [term] = this.terms.splice(at, 1);
    this.changed(`${term} removed`);
    this.input.focus();
  }

  edit(at) {
    const [term] = this.terms.splice(at, 1);
    this.changed("");
    this.input.value = term;
    this.input.focus();
    this.look();
  }

  changed(words) {
    this.text.value = this.terms.join("\n");
    this.showChips();
    this.status.textContent = words;
    this.text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  showChips() {
    this.chips.hidden = !this.terms.length;
    this.chips.replaceChildren(...this.terms.map((term, at) => this.chip(term, at)));
  }

  chip(term, at) {
    const row = this.known.get(term);
    const words = element("button", { type: "button", class: "combo-words", title: "Change" }, element("b", {}, term));
    if (row?.meaning && row.meaning.toLowerCase() !== term.toLowerCase()) words.append(element("span", {}, row.how === "spelling" ? `${row.meaning}?` : row.meaning));
    const parts = [words];
    const tag = { spelling: ["care", "confirm spelling"], unrecognised: ["unchecked", "not checked"], unassessed: ["unchecked", "not assessed"], brand: ["plain", "brand"], class: ["plain", "class"] }[row?.how];
    if (tag) parts.push(element("span", { class: `tag tag-${tag[0]}` }, tag[1]));
    const cross = element("button", { type: "button", class: "combo-remove", "aria-label": `Remove ${term}` }, "×");
    words.addEventListener("click", () => this.edit(at));
    cross.addEventListener("click", () => this.remove(at));
    return element("li", { class: `combo-chip${row ? ` combo-${row.how}` : ""}` }, ...parts, cross);
  }
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

for (const box of document.querySelectorAll("[data-combobox]")) new Combobox(box);
