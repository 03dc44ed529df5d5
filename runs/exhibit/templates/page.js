"use strict";
// Fills the page: first the answer, then the figures and pictures, then the proof.

function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children.filter(Boolean));
}

function showAnswer(figures) {
  const sentences = figures.answer.split(/(?<=\.) (?=[A-Z])/);
  const first = sentences.splice(0, 2).join(" ");
  fill("answer", el("p", { class: "lead" }, first), el("ul", {}, ...sentences.map((each) => el("li", {}, each))));
  fill("provenance", figures.provenance);
}

function showHeadline(figures, thread) {
  const { hole, claims, liquid } = figures.hole;
  const liquidTotal = Object.values(liquid).reduce((a, b) => a + b, 0);
  const books = thread.books;
  const figure = (name, cents, open) => el("div", { class: "figure" }, el("span", {}, name), opener(spoken(cents), open, `${name}: ${exact(cents)}. Open the entries behind this figure.`), el("small", {}, exact(cents)));
  fill(
    "headline",
    figure(hole > 0 ? "Missing: the hole" : "The hole (below zero: nothing is missing)", hole, () => thread.openHole()),
    figure("Owed to customers", claims, () => thread.openAccounts("Owed to customers", books.named((a) => a.hole === "claim"))),
    figure("Liquid assets of the group", liquidTotal, () => thread.openAccounts("Liquid assets", books.named((a) => a.hole === "liquid"))),
  );
}

function showSankey(figures, thread) {
  const bands = bandsOf(thread.books, figures);
  const open = (band) => thread.openBand(band);
  drawSankey(document.getElementById("sankey"), bands, figures, open);
  // A phone's screen is too narrow for the picture, so the table below the picture is open.
  document.getElementById("sankey-details").open = matchMedia("(max-width: 640px)").matches;
  fill("sankey-table", sankeyTable(bands, open), query(`moneytrail where ${figures.run} --all`, "A click on a band shows its accounts and the postings that it sums. Every posting of the group belongs to one band."));
}

function showTimeline(figures, books) {
  const marks = figures.key_days.map((each, i) => ({ ...each, number: i + 1, day: (Date.parse(each.day) / DAY_MS) - books.firstDay }));
  drawTimeline(document.getElementById("timeline"), books, figures, marks);
  fill("key-days", table("The days marked in the picture", [["No."], ["Day"], ["What"], ["Source"]], figures.key_days.map((each, i) => [String(i + 1), each.day, each.what, each.source])));
  fill(
    "milestones",
    table("Milestones", [["What"], ["First day"], ["Amount on that day", true], ["Days", true], ["On every day since"]], figures.milestones.map((m) => [m.what, m.day ?? "never", m.usd === null ? "" : exact(m.usd), count(m.days), m.continuous_since ?? ""])),
    query(`moneytrail timeline ${figures.run} --by day --table firsts`),
  );
}

function showCauses(figures, thread) {
  drawCauses(document.getElementById("causes"), thread.books);
  fill("causes-table", causesTable(thread.books, (kind) => thread.openKind(kind)), query(`moneytrail where ${figures.run} --by quarter --all`));
}

function showFirms(figures, thread) {
  const { house } = figures.parties;
  const classed = figures.firms.some((firm) => firm.class);
  const rows = [...figures.firms].sort((a, b) => b.edge_usd - a.edge_usd).map((firm) => [
    firm.firm,
    ...(classed ? [el("span", { class: "word" }, firm.class ?? "")] : []),
    firm.reaction_ms === null ? "" : String(firm.reaction_ms),
    exact(firm.edge_usd),
    exact(firm.house_fees_usd),
    exact(firm.house_withdrawals_usd - firm.house_deposits_usd),
    opener(exact(firm.house_claim_usd), () => thread.openAccounts(`Owed to ${firm.firm}`, [`Liabilities:${house}:Customers:${firm.firm}`]), `${firm.firm} is owed ${exact(firm.house_claim_usd)}; open the entries`),
    exact(firm.payable_usd),
  ]);
  const columns = [["Firm"], ...(classed ? [["Class"]] : []), ["Reaction, ms", true], ["Gained from stale quotes", true], ["Fees paid", true], ["Withdrew, less deposits", true], ["Still owed", true], ["Payable if all withdraw", true]];
  fill("firms", table(`Trading firms on ${house}`, columns, rows), query(`moneytrail firms ${figures.run} --all`));
}

function showDays(fills, thread) {
  const rows = fills.days.map(({ day, why }) => [opener(day, () => thread.openDay(day, why), `${day}: ${why}; open its entries`), why]);
  fill("days", table("Days whose fills are in this page", [["Day"], ["Reason for the choice"]], rows), query(`moneytrail day ${thread.figures.run} DATE`));
}

function showClaims(figures) {
  const { answer, rows } = figures.claims;
  const cells = rows.map(([number, says, value, verdict, why, command]) => [
    number,
    says,
    value ?? "",
    verdict,
    el("span", {}, why ? `${why} ` : "", command ? el("code", {}, command) : ""),
  ]);
  fill(
    "claims",
    el("p", {}, answer),
    el("details", {}, el("summary", {}, `All ${count(rows.length)} statements with their verdicts`), table("The statements of the thread in our words, and the verdicts of the books", [["No."], ["Statement"], ["Value", true], ["Verdict"], ["Why, and the command that shows it"]], cells)),
    query(`moneytrail claims ${figures.run} --table statements`, "Given: an input of the scenario decides the statement or affects it strongly, so the verdict proves little."),
  );
}

function showProof(proof) {
  const state = proof.holds ? "sealed" : "broken";
  document.body.dataset.proof = state;
  fill("seal", proof.holds ? "Checked just now in your browser: nothing has changed since the books were sealed." : "CHANGED: this page does not agree with its seal. Don't rely on it. The proof below lists the differences.");
  fill("proof", ...proof.lines.map((line) => el("li", { class: line.holds ? "holds" : "fails" }, `${line.holds ? "Holds" : "FAILS"}: ${line.said} ${line.found}`)));
}

// Paper has no buttons, so all tables are open when the page is printed.
function openForPrint() {
  const closed = [...document.querySelectorAll("section details:not(.query):not([open])")];
  const toggle = (open) => () => closed.forEach((details) => (details.open = open));
  toggle(true)();
  addEventListener("afterprint", toggle(false), { once: true });
}

async function run() {
  const proof = new Proof();
  try {
    if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) throw new Error("this browser is too old to hash and unpack the books");
    await testPieces(proof);
    const figures = blockJson("figures");
    showAnswer(figures);
    const [manifest, bookBytes, fillBytes] = await Promise.all(["manifest", "books", "fills"].map(unpacked));
    const decoder = new TextDecoder();
    // After a halt there are days without entries.
    const books = new Books(decoder.decode(bookBytes), figures.days.hole_usd.length);
    const fills = JSON.parse(decoder.decode(fillBytes));
    const thread = new Thread(books, figures, fills);
    globalThis.exhibit = { books, figures, fills, thread };
    showHeadline(figures, thread);
    showSankey(figures, thread);
    showTimeline(figures, books);
    showCauses(figures, thread);
    showSheet(figures, books);
    showFirms(figures, thread);
    showClaims(figures);
    showDays(fills, thread);
    await testSeal(proof, manifest, bookBytes, figures.provenance);
    testFigures(proof, books, figures);
    testFills(proof, books, fills);
  } catch (error) {
    proof.test("The page's data can be read.", false, String(error.message ?? error));
  }
  showProof(proof);
}

addEventListener("beforeprint", openForPrint);
run();
