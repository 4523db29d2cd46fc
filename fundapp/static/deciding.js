// The table of decisions adds up while it is filled in, as the server adds it when it is recorded.
"use strict";

for (const table of document.querySelectorAll("form.decisions")) {
  const rows = [...table.querySelectorAll("fieldset")];
  const whole = Number(table.dataset.money);
  const pounds = (pence) =>
    "£" +
    (pence / 100).toLocaleString("en-GB", {
      minimumFractionDigits: pence % 100 ? 2 : 0,
      maximumFractionDigits: 2,
    });
  // What the server would not read as an amount counts for nothing until it is mended.
  const pence = (text) => {
    const amount = text.trim().replace(/^£\s*/, "");
    if (!/^(\d{1,9}|\d{1,3}([, ]\d{3}){1,2})(\.\d{1,2})?$/.test(amount)) return 0;
    return Math.round(Number(amount.replace(/[, ]/g, "")) * 100);
  };
  // A row without fields takes what the server says.
  const takes = (row) => {
    const outcome = row.querySelector("select");
    if (!outcome) return Number(row.dataset.takes);
    return outcome.value === "award" ? pence(row.querySelector("input[name^='amount-']").value) : 0;
  };
  const write = () => {
    const running = Number(table.dataset.above);
    let here = 0;
    for (const row of rows) {
      here += takes(row);
      row.querySelector("[data-running]").textContent = pounds(running + here);
    }
    const taken = Number(table.dataset.elsewhere) + here;
    const left = whole - taken;
    table.querySelector("[data-taken]").textContent = pounds(taken - Number(table.dataset.others));
    const rest = table.querySelector("[data-rest]");
    rest.textContent = (left < 0 ? table.dataset.over : table.dataset.left).replace("{sum}", pounds(Math.abs(left)));
    rest.classList.toggle("over", left < 0);
  };
  table.addEventListener("input", write);
}
