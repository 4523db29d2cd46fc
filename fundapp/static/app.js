// Adds to pages that already work without it: a live count under long answers, sums that add up as they are written.
"use strict";

// Money as the server writes and reads it; the scripts of single pages, which come later, use it too.
const money = {
  pounds: (pence) =>
    "£" +
    (pence / 100).toLocaleString("en-GB", {
      minimumFractionDigits: pence % 100 ? 2 : 0,
      maximumFractionDigits: 2,
    }),
  // What the server would not read as an amount counts for nothing until it is mended.
  pence: (text) => {
    const amount = text.trim().replace(/^£\s*/, "");
    if (!/^(\d{1,9}|\d{1,3}([, ]\d{3}){1,2})(\.\d{1,2})?$/.test(amount)) return 0;
    return Math.round(Number(amount.replace(/[, ]/g, "")) * 100);
  },
};

for (const box of document.querySelectorAll("textarea[data-count]")) {
  const words = document.getElementById(box.dataset.count);
  if (!words) continue;
  const most = box.maxLength > 0 ? box.maxLength : Number(box.dataset.most);
  const count = box.dataset.unit === "words" ? (text) => text.split(/\s+/).filter(Boolean).length : (text) => text.length;
  const write = () => {
    const used = count(box.value);
    const over = words.dataset.over && used > most;
    const said = over ? words.dataset.over : words.dataset.words;
    words.textContent = said
      .replace("{used}", used.toLocaleString("en-GB"))
      .replace("{most}", most.toLocaleString("en-GB"))
      .replace("{over}", (used - most).toLocaleString("en-GB"));
    words.classList.toggle("over", Boolean(over));
  };
  box.addEventListener("input", write);
  write();
}

// Lines of money add up while they are written, as the server adds them when they are saved.
for (const lines of document.querySelectorAll("[data-adds-up]")) {
  const total = lines.querySelector("[data-sum]");
  const bar = lines.querySelector(".placed .ink-fill");
  const words = lines.querySelector(".placed p");
  const asked = Number(lines.dataset.asked || 0);
  const write = () => {
    const boxes = [...lines.querySelectorAll('input[name^="pounds-"]')];
    const sum = boxes.reduce((all, box) => all + money.pence(box.value), 0);
    total.textContent = money.pounds(sum);
    if (!bar || !asked) return;
    bar.setAttribute("width", Math.min(100, (sum / asked) * 100) + "%");
    const said = sum === asked ? lines.dataset.exactly : sum < asked ? lines.dataset.left : lines.dataset.over;
    words.textContent = said.replace("{sum}", money.pounds(Math.abs(asked - sum)));
  };
  lines.addEventListener("input", write);
  write();
}

// The button says what the chosen answer does: a radio carries the words, the button the group's name.
for (const button of document.querySelectorAll("button[data-follows]")) {
  const label = button.querySelector("span");
  const choices = document.querySelectorAll(`input[type=radio][name="${button.dataset.follows}"]`);
  const write = () => {
    const chosen = [...choices].find((choice) => choice.checked);
    if (chosen && chosen.dataset.does && label) label.textContent = chosen.dataset.does;
  };
  for (const choice of choices) choice.addEventListener("change", write);
  write();
}

// A mark's own words stand under its scale.
for (const scale of document.querySelectorAll("fieldset.rubric")) {
  const said = scale.querySelector("[data-anchor-said]");
  if (!said) continue;
  const write = () => {
    const mark = scale.querySelector("input:checked");
    said.textContent = mark ? mark.dataset.anchor : "";
    said.hidden = !said.textContent;
  };
  scale.addEventListener("change", write);
  window.addEventListener("pageshow", write);
  write();
}

// The total adds up as marks are chosen, as the server adds it when they are sent.
for (const form of document.querySelectorAll("[data-scores]")) {
  const scales = [...form.querySelectorAll("fieldset[data-share]")];
  const whole = form.querySelector("[data-whole]");
  const TOP = 5;
  const PARTS = 2520; // of a point: a whole number of them on every scale from 1 to 10
  const chosen = (scale) => scale.querySelector("input:checked");
  const write = () => {
    const given = scales.filter(chosen);
    if (given.length < scales.length) {
      whole.textContent = whole.dataset.some.replace("{given}", given.length);
      return;
    }
    const weight = scales.reduce((all, scale) => all + Number(scale.dataset.share), 0);
    const parts = scales.reduce(
      (all, scale) =>
        all + Number(scale.dataset.share) * Number(chosen(scale).value) * TOP * (PARTS / Number(scale.dataset.top)),
      0,
    );
    const hundredths = Math.floor((200 * parts + weight * PARTS) / (2 * weight * PARTS));
    whole.textContent = whole.dataset.all.replace("{points}", (hundredths / 100).toFixed(2));
  };
  form.addEventListener("change", write);
  window.addEventListener("pageshow", write);
  write();
}
