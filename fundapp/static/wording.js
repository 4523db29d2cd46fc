// Adds to the page of a letter's words: placeholders that go in on a press, and the letter as it is being typed.
"use strict";

for (const list of document.querySelectorAll(".placeholders[data-box]")) {
  const box = document.getElementById(list.dataset.box);
  for (const code of list.querySelectorAll("code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = code.textContent;
    button.setAttribute("aria-label", list.dataset.puts.replace("{name}", code.textContent));
    button.addEventListener("click", () => {
      box.setRangeText(button.textContent, box.selectionStart, box.selectionEnd, "end");
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    code.replaceWith(button);
  }
}

// Read as a page of its own, where no handler and no script of it ever runs.
const read = (text) => new DOMParser().parseFromString(text, "text/html").body.childNodes;

for (const form of document.querySelectorAll("form[data-look]")) {
  const seen = form.querySelector("[data-seen]");
  const wrong = form.querySelector("[data-wrong]");
  if (!seen) continue;
  const PAUSE = 400; // ms without a key, then the letter follows
  let waiting = 0;
  let asked = null;
  const look = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const given = await fetch(form.dataset.look, { method: "POST", body: new FormData(form), signal: asked.signal });
      const text = await given.text();
      if (given.ok && !given.redirected) {
        seen.replaceChildren(...read(text));
        wrong.textContent = "";
      } else if (given.status === 422) {
        wrong.replaceChildren(...read(text));
      }
    } catch (trouble) {
      // Without a line the letter stays as it was, and the button asks again.
      if (!(trouble instanceof TypeError) && trouble.name !== "AbortError") throw trouble;
    }
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  const button = form.querySelector('button[value="look"]');
  button.hidden = true;
}
