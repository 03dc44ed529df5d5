"use strict";
// Writes amounts, and builds the elements of the page.

function count(number) {
  return number.toLocaleString("en-US");
}

// Write an amount of cents as dollars, to the cent and without rounding.
function exact(cents) {
  const sign = cents < 0 ? "\u2212" : "";
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}$${whole}.${digits.slice(-2)}`;
}

// Write an amount of cents as dollars in short form, for reading.
function spoken(cents) {
  const sign = cents < 0 ? "\u2212" : "";
  const usd = Math.abs(cents) / 100;
  if (usd >= 1e9) return `${sign}$${(usd / 1e9).toFixed(2)} billion`;
  if (usd >= 1e6) return `${sign}$${(usd / 1e6).toFixed(1)} million`;
  return `${sign}$${Math.round(usd).toLocaleString("en-US")}`;
}

// Write an amount of cents as dollars for an axis, or for the end of a line with fixed decimals.
function short(cents, decimals = 0) {
  const sign = cents < 0 ? "\u2212" : "";
  const usd = Math.abs(cents) / 100;
  const part = (unit) => (decimals ? (usd / unit).toFixed(decimals) : +(usd / unit).toFixed(1));
  if (usd >= 1e9) return `${sign}$${part(1e9)}bn`;
  if (usd >= 1e6) return `${sign}$${part(1e6)}m`;
  if (usd >= 1e3) return `${sign}$${part(1e3)}k`;
  return `${sign}$${Math.round(usd)}`;
}

// Split a word of the books: "VariationMargin" becomes "Variation margin".
function plain(kind) {
  if (kind === "PickOff") return "Stale quotes hit (PickOff)"; // the answer and the commands use the word PickOff
  const words = kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// Build an element, as in el("td", { class: "usd" }, "text", child, ...).
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Build a figure that opens the entries behind it.
function opener(text, open, label) {
  return el("button", { type: "button", class: "opener", onclick: open, "aria-label": label }, text);
}

// Build a table. A column is [heading, isNumber], and a cell is text or an element.
function table(caption, columns, rows, attributes = {}) {
  const head = el("tr", {}, ...columns.map(([name, number]) => el("th", { scope: "col", class: number ? "usd" : null }, name)));
  const body = rows.map((row) => {
    const cells = row.cells ?? row;
    return el(
      "tr",
      { class: row.class },
      ...cells.map((cell, i) =>
        i === 0
          ? el("th", { scope: "row", class: isDate(cell) ? "date" : null }, cell)
          : el("td", { class: columns[i][1] ? "usd" : isDate(cell) ? "date" : null }, cell ?? ""),
      ),
    );
  });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", attributes, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...body)),
  );
}

function isDate(cell) {
  return /^\d{4}-\d\d-\d\d$/.test(cell?.textContent ?? cell ?? "");
}

// Show the command that computes a figure, for a reader who has the run.
function query(command, note = "") {
  return el(
    "details",
    { class: "query" },
    el("summary", {}, "The command that shows these figures"),
    el("pre", { tabindex: "0" }, command),
    note ? el("p", {}, note) : null,
  );
}

function sqlOf(run, names) {
  const list = names.map((name) => `'${name}'`).join(", ");
  return (
    `moneytrail sql ${run} "SELECT date, narration, sum(units) * 0.01 AS usd FROM postings ` +
    `WHERE commodity = 'USD' AND account IN (${list}) GROUP BY seq, date, narration ORDER BY abs(usd) DESC"`
  );
}
