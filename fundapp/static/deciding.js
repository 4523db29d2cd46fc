// The table of decisions adds up while it is filled in, as the server adds it when it is recorded. `money` is app.js's.
"use strict";

for (const table of document.querySelectorAll("form.decisions")) {
  const rows = [...table.querySelectorAll("fieldset")];
  const whole = Number(table.dataset.money);
  // A row without fields takes what the server says.
  const takes = (row) => {
    const outcome = row.querySelector("select");
    if (!outcome) return Number(row.dataset.takes);
    return outcome.value === "award" ? money.pence(row.querySelector("input[name^='amount-']").value) : 0;
  };
  const write = () => {
    const running = Number(table.dataset.above);
    let here = 0;
    for (const row of rows) {
      here += takes(row);
      row.querySelector("[data-running]").textContent = money.pounds(running + here);
    }
    const taken = Number(table.dataset.elsewhere) + here;
    const left = whole - taken;
    table.querySelector("[data-taken]").textContent = money.pounds(taken - Number(table.dataset.others));
    const rest = table.querySelector("[data-rest]");
    rest.textContent = (left < 0 ? table.dataset.over : table.dataset.left).replace("{sum}", money.pounds(Math.abs(left)));
    rest.classList.toggle("over", left < 0);
  };
  table.addEventListener("input", write);
}
