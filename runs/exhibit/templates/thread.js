"use strict";
// Shows a panel that leads from a figure to its entries, and from an entry to its fills.

const SHOWN = 40; // rows of a list, until the reader asks for more
const SUMS = 12; // lines of a table of sums

class Thread {
  constructor(books, figures, fills) {
    Object.assign(this, { books, figures, fills });
    this.panel = document.getElementById("thread");
    this.path = []; // what was opened: { title, build }
    document.getElementById("thread-close").addEventListener("click", () => this.close());
    document.getElementById("thread-back").addEventListener("click", () => this.back());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden) this.close();
    });
  }

  // Open the first view of a path.
  start(title, build) {
    if (this.panel.hidden) this.opener = document.activeElement;
    this.path = [];
    this.go(title, build);
  }

  go(title, build) {
    this.path.push({ title, build });
    this._show();
  }

  back() {
    if (this.path.length > 1) {
      this.path.pop();
      this._show();
    } else this.close();
  }

  close() {
    this.panel.hidden = true;
    document.body.classList.remove("pulled");
    if (this.opener?.isConnected) this.opener.focus();
  }

  _show() {
    const { title, build } = this.path[this.path.length - 1];
    document.getElementById("thread-path").textContent = this.path.map((view) => view.title).join(" › ");
    document.getElementById("thread-body").replaceChildren(el("h2", { tabindex: "-1" }, title), ...build().filter(Boolean));
    document.body.classList.add("pulled");
    this.panel.hidden = false;
    this.panel.scrollTop = 0;
    this.panel.querySelector("h2").focus();
  }

  // Show the hole, and each cause of the hole.
  openHole() {
    const { books, figures } = this;
    const last = books.days - 1;
    this.start("The hole", () => {
      const kinds = Object.entries(books.kinds(last)).filter(([, cents]) => cents).sort((a, b) => b[1] - a[1]);
      const rows = kinds.map(([kind, cents]) => [plain(kind), figures.about[kind] ?? "", opener(exact(cents), () => this.openKind(kind, false), `${plain(kind)}: ${exact(cents)}; open the entries`)]);
      rows.push({ class: "total", cells: ["The hole", "", exact(books.hole(last))] });
      return [
        el("p", {}, `Customers are owed ${exact(books.claims(last))}. The group has ${exact(books.part("liquid", last))} in liquid assets. The difference is ${exact(books.hole(last))}, the hole. If the hole is below zero, nothing is missing. The sum of all causes equals the hole, with uses of money above zero and sources below zero.`),
        table("The hole by cause", [["Cause"], ["What it is"], ["Amount", true]], rows),
        query(`moneytrail where ${figures.run} --table hole-by-kind`),
      ];
    });
  }

  openKind(kind, isFirst = true) {
    const names = this.books.named((account) => account.hole === "cause" && account.kind === kind);
    this.openAccounts(plain(kind), names, isFirst, this.figures.about[kind]);
  }

  openBand(band) {
    this.openAccounts(band.title, band.names, true, this.figures.about[this.books.accounts.find((a) => a.name === band.names[0]).kind], sentenceOf(band));
  }

  // Show all postings on some accounts: by counterparty, then one by one.
  openAccounts(title, names, isFirst = true, about = "", said = "") {
    const build = () => this._accounts(names, about, said);
    if (isFirst) this.start(title, build);
    else this.go(title, build);
  }

  _accounts(names, about, said) {
    const { books, figures } = this;
    const postings = books.postings(names);
    const entries = entryAmounts(postings);
    const total = entries.reduce((sum, each) => sum + each.cents, 0);
    return [
      said ? el("p", {}, `${said}.`) : null,
      about ? el("p", {}, `What it is: ${about}.`) : null,
      el("p", {}, `${entries.length === 1 ? "1 entry sums" : `${count(entries.length)} entries sum`} to ${exact(total)}. An amount above zero is a use of money or an asset. An amount below zero is a source of money or a debt.`),
      sumsTable("By counterparty: the party or the pool that each posting names", "Party", postings, (each) => books.partyOf(each)),
      sumsTable("By type of entry", "Type", postings, (each) => books.tagOf(each)),
      entriesTable(this, entries, "The entries, the largest first"),
      query(sqlOf(figures.run, names), "In the group's own books, similar entries of a day are summed into one entry. The command lists the single entries. Their sums are the same."),
    ];
  }

  // Show one entry of the books, and its fills if they are on the page.
  openEntry(number) {
    const entry = this.books.entry(number);
    this.go(`Entry ${entry.seq}`, () => {
      const rows = this.fills.entries[entry.seq];
      return [
        el("p", { class: "sentence" }, `${entry.date}: ${entry.narration}.`),
        el("pre", { tabindex: "0", class: "entry" }, entry.text),
        rows ? this._fills(entry, rows) : fillsElsewhere(entry),
        query(`moneytrail trail ${this.figures.run} --seq ${entry.seq}`),
      ];
    });
  }

  _fills(entry, rows) {
    const largest = [...rows].sort((a, b) => Math.abs(b[3]) - Math.abs(a[3]) || a[0] - b[0]);
    const edge = rows.reduce((sum, row) => sum + row[3], 0);
    const list = el("div");
    growingTable(list, "The single fills, the largest first", [["Time (UTC)"], ["What happened"], ["Taker's gain", true]], largest, (row) => [
      clock(row[1]),
      opener(row[2], () => this.openFill(entry, row), `Fill ${row[0]}: ${row[2]}`),
      exact(row[3]),
    ]);
    return el("div", {}, el("p", {}, `${count(rows.length)} fills. The takers' gains sum to ${exact(edge)}${fillsAgree(entry, rows) ? ", and agree with the entry to the cent." : ", WHICH DOES NOT AGREE WITH THE ENTRY."}`), list);
  }

  openFill(entry, row) {
    const [seq, time, sentence, edge, fee] = row;
    this.go(`Fill ${seq}`, () => [
      el("p", { class: "sentence" }, `${sentence}.`),
      table("This fill", [["What"], ["Figure", true]], [
        ["Time (UTC)", `${entry.date} ${clock(time)}`],
        ["Taker's gain at that moment", exact(edge)],
        ["Fee that the taker paid", exact(fee)],
        ["Entry that sums it up", String(entry.seq)],
      ]),
      el("p", {}, this.figures.provenance),
      query(`moneytrail trail ${this.figures.run} --seq ${seq}`),
    ]);
  }

  // Show the entries of a day whose fills are on the page.
  openDay(day, why) {
    this.start(`${day}`, () => {
      const entries = Object.keys(this.fills.entries)
        .map((seq) => this.books.entryOfSeq(Number(seq)))
        .filter((entry) => entry && entry.date === day);
      return [
        el("p", {}, `${day}: ${why}.`),
        table("Entries of this day that open their single fills", [["Entry"], ["Fills", true]], entries.map((entry) => [opener(entry.narration, () => this.openEntry(entry.number)), count(this.fills.entries[entry.seq].length)])),
        query(`moneytrail day ${this.figures.run} ${day}`),
      ];
    });
  }
}

// Sum the postings of each entry, the largest first.
function entryAmounts(postings) {
  const byEntry = new Map();
  for (const posting of postings) byEntry.set(posting.entry, (byEntry.get(posting.entry) ?? 0) + posting.cents);
  return [...byEntry].map(([entry, cents]) => ({ entry, cents })).sort((a, b) => Math.abs(b.cents) - Math.abs(a.cents) || a.entry - b.entry);
}

// Sum the postings on some accounts by a word, and show the largest sums first.
function sumsTable(caption, heading, postings, wordOf) {
  const sums = new Map();
  for (const posting of postings) {
    const word = wordOf(posting);
    const sum = sums.get(word) ?? { cents: 0, times: 0 };
    sum.cents += posting.cents;
    sum.times += 1;
    sums.set(word, sum);
  }
  const found = [...sums].sort((a, b) => Math.abs(b[1].cents) - Math.abs(a[1].cents));
  const rows = found.slice(0, SUMS).map(([word, { cents, times }]) => [word, count(times), exact(cents)]);
  const rest = found.slice(SUMS).map(([, sum]) => sum);
  if (rest.length) rows.push([`${rest.length} others`, count(d3.sum(rest, (sum) => sum.times)), exact(d3.sum(rest, (sum) => sum.cents))]);
  return table(caption, [[heading], ["Postings", true], ["Amount", true]], rows);
}

function entriesTable(thread, entries, caption) {
  const box = el("div");
  growingTable(box, caption, [["Day"], ["What happened"], ["Amount", true]], entries, ({ entry, cents }) => {
    const found = thread.books.entry(entry);
    const mark = thread.fills.entries[found.seq] ? " (opens single fills)" : "";
    return [found.date, opener(found.narration + mark, () => thread.openEntry(entry), `Entry ${found.seq}: ${found.narration}`), exact(cents)];
  });
  return box;
}

// Show the first rows of a long list, and more rows after a click.
function growingTable(box, caption, columns, items, rowOf, shown = SHOWN) {
  const more = items.length > shown ? el("button", { type: "button", onclick: () => growingTable(box, caption, columns, items, rowOf, 5 * shown) }, `Show more (${count(items.length - shown)} rows are hidden)`) : null;
  box.replaceChildren(table(caption, columns, items.slice(0, shown).map(rowOf)), ...(more ? [more] : []));
}

function fillsElsewhere(entry) {
  if (!entry.meta.fills) return null;
  return el("p", {}, `This entry sums up ${count(Number(entry.meta.fills))} fills that are not on this page. The command below lists them.`);
}

function clock(time_us) {
  return new Date(time_us / 1000).toISOString().slice(11, 23);
}
