// Adds to pages that already work without it: a live count under long answers.
"use strict";

for (const box of document.querySelectorAll("textarea[data-count]")) {
  const words = document.getElementById(box.dataset.count);
  if (!words) continue;
  const most = box.maxLength > 0 ? box.maxLength : Number(box.dataset.most);
  const write = () => {
    const used = box.value.length.toLocaleString("en-GB");
    words.textContent = words.dataset.words.replace("{used}", used).replace("{most}", most.toLocaleString("en-GB"));
  };
  box.addEventListener("input", write);
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
