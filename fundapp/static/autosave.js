// Keeps what is typed into a question or a review: on the device at once, with the service as soon as there is signal.
// The page works without it. What is kept here belongs to one person (data-whose) and goes when the service has it.
"use strict";

// On the pages of the whole bid: which answers this device still keeps, with the way to each.
(() => {
  const list = document.querySelector("[data-keeping-list]");
  if (!list) return;
  const prefix = `fund:${list.dataset.whose}:${list.dataset.bid}:`;
  const found = new Map();
  try {
    for (let place = 0; place < localStorage.length; place += 1) {
      const key = localStorage.key(place);
      if (!key.startsWith(prefix)) continue;
      const entry = JSON.parse(localStorage.getItem(key));
      if (entry && entry.page && entry.label) found.set(entry.page, entry.label);
    }
  } catch (refused) { return; }
  if (!found.size) return;
  const device = matchMedia("(pointer: coarse)").matches ? list.dataset.phone : list.dataset.computer;
  const heading = list.querySelector("strong");
  heading.textContent = heading.textContent.replace("{device}", device);
  for (const [page, label] of found) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = page;
    link.textContent = label;
    item.append(link);
    list.querySelector("ul").append(item);
  }
  list.hidden = false;
})();

(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch || !window.Promise || !window.URLSearchParams) return;

  const PAUSE = 2000;
  const WAITS = [4000, 8000, 15000, 30000, 60000];
  const PATIENCE = 15000;
  const MOST_KEEPALIVE = 60000;
  const CARRIED = ["csrf_token", "revision", "before", "whose", "seen"];

  // A question's box may be named as a part of the form is (before, submit …): the form's own are asked for.
  const data = Reflect.get(HTMLElement.prototype, "dataset", form);
  const elements = Reflect.get(HTMLFormElement.prototype, "elements", form);
  const above = (block) => Element.prototype.before.call(form, block);
  const into = (box) => Element.prototype.append.call(form, box);
  const go = () => HTMLFormElement.prototype.submit.call(form);

  const words = document.getElementById("keeping").dataset;
  const device = matchMedia("(pointer: coarse)").matches ? words.phone : words.computer;
  const prefix = `fund:${data.whose}:${data.bid}:${data.question}:`;
  const own = prefix + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

  // -- the line beside the button -------------------------------------------------------------------

  const line = document.createElement("p");
  line.className = "keeping-line";
  line.setAttribute("role", "status");
  line.setAttribute("aria-live", "polite");
  const rows = form.querySelectorAll(".actions, [data-keeping-line]");
  if (rows.length) rows[rows.length - 1].after(line); else into(line);

  const say = (text, link) => {
    const said = text.replace("{device}", device);
    if (line.dataset.said === said) return;
    line.dataset.said = said;
    line.textContent = said;
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.rel = "noopener";
      anchor.textContent = words.signIn;
      line.append(" ", anchor);
    }
  };

  // -- what stands in the form ----------------------------------------------------------------------

  const valuesOf = (box, initial) => {
    if (box.type === "checkbox" || box.type === "radio") {
      return (initial ? box.defaultChecked : box.checked) ? [box.value] : [];
    }
    if (box.tagName === "SELECT") {
      const options = Array.from(box.options);
      const chosen = options.filter((option) => (initial ? option.defaultSelected : option.selected));
      if (chosen.length || box.multiple) return chosen.map((option) => option.value);
      return options.length ? [options[0].value] : [];
    }
    return [initial ? box.defaultValue : box.value];
  };

  const boxes = () => Array.from(elements).filter((box) => box.name && !box.disabled
    && !CARRIED.includes(box.name) && box.name !== "go" && !["submit", "button", "file", "fieldset"].includes(box.type));

  const read = (initial) => boxes().reduce((found, box) =>
    found.concat(valuesOf(box, initial).map((value) => [box.name, value])), []);

  const written = (initial) => JSON.stringify(read(initial));
  const alike = (fields) => JSON.stringify(fields.filter((field) => field[1].trim())
    .map((field) => [field[0], field[1].trim()]));

  const put = (fields) => {
    for (const box of boxes()) {
      const given = fields.filter((field) => field[0] === box.name).map((field) => field[1]);
      if (box.type === "checkbox" || box.type === "radio") box.checked = given.includes(box.value);
      else if (box.tagName === "SELECT") Array.from(box.options).forEach((option) => { option.selected = given.includes(option.value); });
      else box.value = given.length ? given[0] : "";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  // What a kept field reads as: the words of a choice and not its code.
  const reads = (name, value) => {
    const box = boxes().find((one) => one.name === name && (one.tagName === "SELECT" || !["radio", "checkbox"].includes(one.type) || one.value === value));
    if (!box) return value;
    if (box.tagName === "SELECT") {
      const option = Array.from(box.options).find((one) => one.value === value);
      return option ? option.textContent.trim() : value;
    }
    if (box.dataset.says) return box.dataset.says;
    if (box.type !== "radio" && box.type !== "checkbox") return value;
    return box.labels && box.labels.length ? box.labels[0].textContent.trim() : value;
  };

  const linesOf = (fields) => {
    const lines = new Map();
    for (const [name, value] of fields) {
      if (!value.trim()) continue;
      const numbered = name.match(/-(\d+)$/);
      const key = numbered ? numbered[1] : `${name} ${value}`;
      lines.set(key, (lines.has(key) ? `${lines.get(key)}: ` : "") + reads(name, value));
    }
    return Array.from(lines.values()).join("\n").split("\n").filter((text) => text.trim());
  };

  const paragraphs = (place, lines) => {
    for (const text of lines) {
      const paragraph = document.createElement("p");
      paragraph.className = "kept";
      paragraph.textContent = text;
      place.append(paragraph);
    }
  };

  // -- what the device keeps ------------------------------------------------------------------------

  const label = document.querySelector("h1").textContent.trim();

  let keeps = true;

  const store = (text) => {
    try {
      localStorage.setItem(own, JSON.stringify({ fields: JSON.parse(text), at: Date.now(), page: data.page, label }));
      keeps = true;
    } catch (refused) {
      keeps = false;
      forget(own); // an older text under this name would be taken for the newest
    }
  };

  const forget = (key) => {
    try { localStorage.removeItem(key); } catch (refused) { keeps = false; }
  };

  const entries = () => {
    const found = [];
    try {
      for (let place = 0; place < localStorage.length; place += 1) {
        const key = localStorage.key(place);
        if (!key.startsWith(prefix) || key === own) continue;
        try {
          const entry = JSON.parse(localStorage.getItem(key));
          if (Array.isArray(entry.fields)) found.push({ key, at: entry.at, fields: entry.fields });
        } catch (unreadable) { forget(key); }
      }
    } catch (refused) { keeps = false; }
    return found.sort((one, other) => one.at - other.at);
  };

  try {
    localStorage.setItem(`${own}?`, "");
    localStorage.removeItem(`${own}?`);
  } catch (refused) { keeps = false; }

  // -- saving ---------------------------------------------------------------------------------------

  const page = {
    saved: data.stands === "saved" ? written(true) : null, // the very text that the service has
    refused: null, // the very text that it cannot read
    conflict: data.stands === "conflict",
    stopped: false,
    sending: null,
    timer: 0,
    fails: 0,
    leaving: false,
  };

  const carried = (name) => elements.namedItem(name);
  const unsaved = () => written(false) !== page.saved;

  const later = (after) => {
    clearTimeout(page.timer);
    page.timer = setTimeout(() => { send(); }, after);
  };

  const changed = () => {
    if (page.leaving) return;
    const text = written(false);
    if (text === page.saved) {
      forget(own);
      return;
    }
    store(text);
    if (!keeps && !line.dataset.said) say(words.unkept);
    if (!page.stopped && !page.conflict) later(PAUSE);
  };

  const post = (fields, more) => {
    const body = new URLSearchParams();
    for (const [name, value] of fields) body.append(name, value);
    for (const name of CARRIED) if (carried(name)) body.append(name, carried(name).value);
    for (const name of Object.keys(more)) body.append(name, more[name]);
    const options = { method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" } };
    if (body.toString().length < MOST_KEEPALIVE) options.keepalive = true; // it goes out though the page is left
    let stop = 0;
    if (window.AbortController) {
      const control = new AbortController();
      options.signal = control.signal;
      stop = setTimeout(() => control.abort(), PATIENCE);
    }
    return fetch(data.autosave, options)
      .then((answer) => answer.json().catch(() => ({})).then((told) => ({ status: answer.status, told })))
      .finally(() => clearTimeout(stop));
  };

  const again = () => {
    page.fails += 1;
    later(WAITS[Math.min(page.fails, WAITS.length) - 1]);
  };

  // What became of it: saved, conflict, refused (the service's own page says why), out, stopped, waiting.
  const heard = (status, told, text, renewed, chosen) => {
    if (status === 200 && told.saved) {
      page.saved = text;
      page.fails = 0;
      page.refused = null;
      carried("revision").value = told.revision;
      carried("before").value = told.mark;
      say(words.saved.replace("{at}", told.at));
      if (unsaved()) later(PAUSE); else forget(own);
      return "saved";
    }
    if (status === 400 && told.expired && !renewed) {
      document.querySelectorAll("input[name=csrf_token]").forEach((box) => { box.value = told.csrf_token; });
      return attempt(chosen, true);
    }
    if (status === 409 && told.conflict) {
      both(told);
      return "conflict";
    }
    if (status === 422 && told.unreadable) {
      page.refused = text;
      say(words.unreadable.replace("{why}", told.unreadable.map((problem) => problem.words).join(" ")));
      return "refused";
    }
    if (status === 413) {
      page.refused = text;
      say(words.long);
      return "refused";
    }
    if (status === 401) {
      say(words.out, told.sign_in);
      page.fails = WAITS.length;
      again();
      return "out";
    }
    if (status === 403 || status === 404 || status === 410) {
      page.stopped = true;
      say(words.stopped.replace("{why}", told.words || ""));
      return "stopped";
    }
    say(keeps ? words.busy : words.signalUnkept);
    again();
    return "waiting";
  };

  const attempt = (chosen, renewed) => {
    const text = written(false);
    return post(JSON.parse(text), {}).then(
      (answer) => heard(answer.status, answer.told, text, renewed, chosen),
      () => {
        say(keeps ? words.signal : words.signalUnkept);
        again();
        return "waiting";
      },
    );
  };

  // One at a time; `chosen`: somebody pressed a button, so what was refused before is tried once more.
  const send = (chosen) => {
    clearTimeout(page.timer);
    if (page.sending) return page.sending.then(() => (unsaved() ? send(chosen) : "saved"));
    if (!unsaved()) return Promise.resolve("saved");
    if (page.stopped) return Promise.resolve("stopped");
    if (!chosen && (page.conflict || written(false) === page.refused)) return Promise.resolve("waiting");
    const settled = (end) => { page.sending = null; return end; };
    page.sending = attempt(chosen, false).then(settled, (fault) => { settled(); throw fault; });
    return page.sending;
  };

  // -- both are shown -------------------------------------------------------------------------------

  const both = (told) => {
    page.conflict = true;
    carried("revision").value = told.revision;
    carried("before").value = told.mark;
    document.querySelectorAll(".keeping-both").forEach((old) => old.remove());
    const block = document.createElement("div");
    block.className = "keeping-both";
    block.tabIndex = -1;
    block.append(document.getElementById("keeping-both").content.cloneNode(true));
    paragraphs(block.querySelector("[data-theirs]"), told.theirs);
    block.querySelector("[data-empty]").hidden = told.theirs.length > 0;
    block.querySelector("[data-mine]").addEventListener("click", () => {
      page.conflict = false;
      block.remove();
      first().focus();
      send(true);
    });
    block.querySelector("[data-other]").addEventListener("click", () => {
      page.leaving = true;
      forget(own);
      location.replace(data.page);
    });
    above(block);
    say(words.both);
  };

  const first = () => boxes()[0] || form;

  // -- what was kept before this page was opened -----------------------------------------------------

  const show = (entry) => {
    const block = document.createElement("div");
    block.className = "keeping-kept";
    block.append(document.getElementById("keeping-kept").content.cloneNode(true));
    const heading = block.querySelector("strong");
    heading.textContent = heading.textContent.replace("{device}", device);
    paragraphs(block.querySelector("[data-typed]"), linesOf(entry.fields));
    block.querySelector("[data-use]").addEventListener("click", () => use(entry, block));
    block.querySelector("[data-away]").addEventListener("click", () => {
      forget(entry.key);
      block.remove();
      first().focus();
    });
    above(block);
  };

  const use = (entry, block) => {
    const names = boxes().map((box) => box.name);
    if (entry.fields.some((field) => field[1].trim() && !names.includes(field[0])) && !location.search.includes("lines=40")) {
      // It has more lines than this page: the page with the most lines takes it.
      try { sessionStorage.setItem("fund:use", entry.key); } catch (refused) { return; }
      page.leaving = true;
      location.replace(`${data.page}?lines=40`);
      return;
    }
    put(entry.fields);
    changed();
    if (keeps) forget(entry.key);
    if (block) block.remove();
    first().focus();
    send(true);
  };

  const remembered = () => {
    let used = "";
    try {
      used = sessionStorage.getItem("fund:use") || "";
      sessionStorage.removeItem("fund:use");
    } catch (refused) { used = ""; }
    for (const entry of entries()) {
      if (entry.key === used) {
        use(entry);
      } else if (alike(entry.fields) === alike(read(false))) {
        forget(entry.key);
        if (page.saved === null) store(written(false));
      } else {
        // It may be saved and read otherwise than it was typed (1,200.00 for 1200): the service tells.
        post(entry.fields, { look: "yes" }).then(
          (answer) => {
            if (answer.status === 200 && answer.told.mark === carried("before").value) forget(entry.key);
            else show(entry);
          },
          () => show(entry),
        );
      }
    }
  };

  // -- when ------------------------------------------------------------------------------------------

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", () => { if (unsaved() && !page.leaving) send(); });
  window.addEventListener("online", () => { page.fails = 0; send(); });
  window.addEventListener("focus", () => { if (page.fails) send(); });
  document.addEventListener("visibilitychange", () => {
    if (page.leaving) return;
    if (document.visibilityState === "hidden") send();
    else if (page.fails) send();
  });
  window.addEventListener("pagehide", () => { if (!page.leaving) send(); });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    page.leaving = false;
    form.querySelectorAll("input[data-pressed]").forEach((box) => box.remove());
  });
  window.addEventListener("beforeunload", (event) => {
    if (!page.leaving && !keeps && unsaved()) event.preventDefault();
  });

  // The button saves first and goes on when the service has it, so that no dead page comes where there is no signal.
  form.addEventListener("submit", (event) => {
    if (page.leaving) return;
    if (!unsaved() || page.stopped) {
      page.leaving = true;
      return;
    }
    event.preventDefault();
    const pressed = event.submitter || (document.activeElement && document.activeElement.form === form ? document.activeElement : null);
    page.conflict = false;
    send(true).then((end) => {
      if (end === "conflict") {
        document.querySelector(".keeping-both").focus();
        return;
      }
      if (end === "waiting") return;
      page.leaving = true;
      if (pressed && pressed.name) {
        const box = document.createElement("input");
        box.type = "hidden";
        box.name = pressed.name;
        box.value = pressed.value;
        box.dataset.pressed = "yes";
        into(box);
      }
      go();
    });
  });

  remembered();
  if (!keeps) say(words.unkept);
  if (unsaved()) changed(); // a browser put back what it remembered, or the service could not take it
})();
