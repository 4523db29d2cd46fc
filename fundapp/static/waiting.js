// Adds to a page that waits for the worker: it looks again by itself, until there is nothing left to wait for.
"use strict";

const waits = document.querySelector("[data-waits][id]");
if (waits) {
  const FIRST = 2000; // ms until the first look, then ever longer
  const MOST = 15000;
  let part = waits;
  let pause = FIRST;
  const look = async () => {
    if (document.visibilityState === "visible" && !part.contains(document.activeElement)) {
      try {
        const given = await fetch(location.pathname, { headers: { Accept: "text/html" } });
        if (!given.ok || given.redirected) return;
        const page = new DOMParser().parseFromString(await given.text(), "text/html");
        const fresh = page.getElementById(part.id);
        if (!fresh) return;
        if (fresh.innerHTML !== part.innerHTML) {
          part.replaceChildren(...fresh.childNodes);
          part.dataset.waits = fresh.dataset.waits;
          pause = FIRST;
        }
      } catch (trouble) {
        // Without a line the page stays as it was, and its link asks again.
        if (!(trouble instanceof TypeError)) throw trouble;
      }
    }
    soon();
  };
  const soon = () => {
    if (part.dataset.waits !== "yes") return;
    setTimeout(look, pause);
    pause = Math.min(pause * 1.4, MOST);
  };
  soon();
}
