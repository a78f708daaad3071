// A draft is saved by itself: <form data-autosave action="..."> posts what it holds shortly after a change.
// What is typed stays in the page and nowhere else: a shared tablet keeps no patient's words. When the connection is
// lost the page says so, keeps trying, and asks before it is closed.
// data-refresh="#advice" names the parts of the page to load anew after a save.

const QUIET_MS = 800;
const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
const drafts = new Set();

class Draft {
  constructor(form) {
    this.form = form;
    this.changes = 0; // counts up; what was saved is compared with it
    this.saved = 0;
    this.tries = 0;
    this.timer = null;
    this.running = null;
    // On the document: a field may belong to the form (form="...") and stand outside it.
    for (const kind of ["input", "change"]) {
      document.addEventListener(kind, (event) => event.target.form === form && event.target.name && this.changed());
    }
  }

  get dirty() {
    return this.changes !== this.saved;
  }

  changed() {
    this.changes += 1;
    this.later(QUIET_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  save() {
    clearTimeout(this.timer);
    this.running ??= this.send().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async send() {
    const sending = this.changes;
    const body = new FormData(this.form);
    body.delete("form_token"); // that one is for the button
    this.say("saving", "Saving…");
    let answer;
    try {
      answer = await fetch(this.form.action, {
        method: "POST",
        body,
        headers: { "X-Autosave": "1", Accept: "application/json", "X-CSRFToken": csrf() },
        redirect: "manual",
      });
    } catch {
      return this.lost();
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return this.done(sending, told);
    if (answer.status === 409) return this.conflict(told);
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      return this.say("lost", "Not saved: nobody is signed in. Press Save: you sign in and it is kept.");
    }
    if (answer.status >= 500) return this.lost();
    return this.say("lost", `Not saved: ${told.error?.message ?? "something here cannot be read. Press Save to see what."}`);
  }

  async done(sending, told) {
    this.saved = sending;
    this.tries = 0;
    if (told.version !== undefined) {
      for (const input of document.querySelectorAll("input[name=version]")) input.value = told.version;
    }
    this.say("saved", told.saved_at ? `Draft saved ${told.saved_at}` : "Draft saved");
    if (this.dirty) this.later(QUIET_MS);
    else await this.refresh();
  }

  lost() {
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    this.say("lost", "Not saved: connection lost. It is still here; trying again.");
    this.later(wait);
  }

  conflict(told) {
    this.say("conflict", "Not saved: somebody else changed this. ", told.conflict ?? location.href);
  }

  async refresh() {
    const parts = this.form.dataset.refresh;
    if (!parts) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Autosave": "1" }, redirect: "error" });
      if (!answer.ok || this.dirty) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll(`${parts}, #top-state`)) {
        const next = part.id && fresh.getElementById(part.id);
        if (!next || part.contains(document.activeElement)) continue;
        const open = new Set([...part.querySelectorAll("details[open] > summary")].map((each) => each.textContent));
        part.replaceWith(next);
        for (const summary of next.querySelectorAll("details > summary")) {
          if (open.has(summary.textContent)) summary.parentElement.open = true;
        }
      }
      for (const box of this.form.querySelectorAll("[data-combobox]")) {
        const twin = fresh.getElementById(box.querySelector("textarea").id)?.closest("[data-combobox]");
        box.dataset.known = twin?.dataset.known ?? "[]";
        box.dispatchEvent(new Event("known"));
      }
    } catch {
      // The draft is saved; the advice is a step behind and says its own time.
    }
  }

  say(state, words, href = null) {
    for (const place of document.querySelectorAll("[data-save-state]")) {
      place.dataset.state = state;
      place.textContent = words;
      if (href) {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = "Look at both";
        place.append(link);
      }
    }
  }
}

function csrf() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

for (const form of document.querySelectorAll("form[data-autosave]")) drafts.add(new Draft(form));

// A button pressed while a draft is on its way waits for it, so that nobody meets a conflict with herself.
document.addEventListener("submit", (event) => {
  const busy = [...drafts].filter((draft) => draft.form === event.target ? draft.running : draft.running || draft.dirty);
  for (const draft of drafts) clearTimeout(draft.timer);
  if (!busy.length || event.target.dataset.waited) {
    for (const draft of drafts) draft.leaving = true;
    return;
  }
  event.preventDefault();
  event.target.dataset.waited = "yes";
  const { submitter } = event;
  Promise.all(busy.map((draft) => (draft.running ? draft.running.then(() => draft.dirty && draft.form !== event.target && draft.save()) : draft.save())))
    .finally(() => event.target.requestSubmit(submitter));
});

window.addEventListener("online", () => {
  for (const draft of drafts) if (draft.dirty) draft.save();
});
window.addEventListener("beforeunload", (event) => {
  if ([...drafts].some((draft) => draft.dirty && !draft.leaving)) event.preventDefault();
});
