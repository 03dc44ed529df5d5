"use strict";
// Shows the balance sheets of both companies, and their sum, at the end of any day.

const SIDES = { Assets: "Assets", Liabilities: "Debts", Equity: "Own money", Result: "Result to date" };

// Sum the companies' accounts by side and kind: { side, kind, usd: [house, maker, both] }.
//
// As in the program, tokens are at cost, and the sum of both companies excludes the debts between
// them.
function sheetLines(books, figures, day) {
  const { house, maker } = figures.parties;
  const lines = new Map();
  for (const account of books.accounts) {
    const side = account.root === "Income" || account.root === "Expenses" ? "Result" : account.root;
    const cents = sheetCents(books, figures, account, day) + 0;
    if (!cents) continue;
    const kind = account.kind === "Claims" ? `On deposit at ${account.rest}` : side === "Result" ? "Income less costs" : plain(account.kind);
    const key = `${side}:${kind}`;
    if (!lines.has(key)) lines.set(key, { side, kind, usd: [0, 0, 0] });
    const { usd } = lines.get(key);
    usd[account.entity === house ? 0 : 1] += cents;
    if (account.hole !== "group") usd[2] += cents;
  }
  const order = Object.keys(SIDES);
  return [...lines.values()].sort((a, b) => order.indexOf(a.side) - order.indexOf(b.side) || b.usd[2] - a.usd[2]);
}

function sheetCents(books, figures, account, day) {
  const cents = books.balance(account.name, day);
  const isHeld = figures.held.includes(account.kind);
  if (isHeld && account.root !== "Equity") {
    return Math.max(books.balance(`Equity:${account.name.slice(account.root.length + 1)}`, day), 0);
  }
  if (isHeld) return Math.max(-cents, 0);
  return account.root === "Assets" ? cents : -cents;
}

function sheetTable(books, figures, day) {
  const { house, maker } = figures.parties;
  const lines = sheetLines(books, figures, day);
  const rows = [];
  const totals = {};
  for (const [side, said] of Object.entries(SIDES)) {
    const own = lines.filter((line) => line.side === side);
    totals[side] = [0, 1, 2].map((i) => own.reduce((sum, line) => sum + line.usd[i], 0));
    rows.push(...own.map((line) => [`${said}: ${line.kind}`, ...line.usd.map(exact)]));
    if (own.length > 1) rows.push({ class: "total", cells: [`${said}, total`, ...totals[side].map(exact)] });
  }
  const open = [0, 1, 2].map((i) => totals.Assets[i] - totals.Liabilities[i] - totals.Equity[i] - totals.Result[i]);
  rows.push({ class: "total", cells: ["Assets less debts, own money and result (must be 0.00)", ...open.map(exact)] });
  return table(`Balance sheets at the end of ${books.date(day)}`, [["Line"], [house, true], [maker, true], ["Both together", true]], rows);
}

function showSheet(figures, books) {
  const slider = document.getElementById("sheet-day");
  const picker = document.getElementById("sheet-date");
  const last = books.days - 1;
  slider.max = last;
  [picker.min, picker.max] = [books.date(0), books.date(last)];
  const show = (day) => {
    slider.value = day;
    picker.value = books.date(day);
    slider.setAttribute("aria-valuetext", books.date(day));
    const standing = `On ${books.date(day)} customers were owed ${exact(books.claims(day))}, and the group had ${exact(books.part("liquid", day))} in liquid assets. The hole was ${exact(books.hole(day))}. With tokens at market prices and ventures, the group's net worth was ${exact(figures.days.net_at_mark_usd[day])}.`;
    fill("sheet", el("p", {}, standing), sheetTable(books, figures, day), query(`moneytrail solvency ${figures.run} ${books.date(day)} --all`));
  };
  slider.addEventListener("input", () => show(Number(slider.value)));
  picker.addEventListener("change", () => {
    const day = Date.parse(picker.value) / DAY_MS - books.firstDay;
    if (day >= 0 && day <= last) show(day);
  });
  show(last);
}
