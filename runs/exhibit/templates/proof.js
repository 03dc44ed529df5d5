"use strict";
// Reads the page's data, and tests that no byte of the data, the scripts and the style was changed.

function blockText(name) {
  return document.getElementById(`block-${name}`).textContent;
}

function blockJson(name) {
  return JSON.parse(blockText(name));
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(text) {
  return new TextEncoder().encode(text);
}

// Unpack a block: base64, then gzip.
async function unpacked(name) {
  const packed = Uint8Array.from(atob(blockText(name)), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Write JSON as the program that seals a run writes it: sorted keys, ASCII, a space after , and :
function sealedJson(value) {
  if (Array.isArray(value)) return `[${value.map(sealedJson).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const pairs = Object.keys(value).sort().map((key) => `${sealedText(key)}: ${sealedJson(value[key])}`);
    return `{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? sealedText(value) : JSON.stringify(value);
}

function sealedText(text) {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// Compute the chain of months. A month's link is the hash of the previous link and the month's files.
async function chainOf(files) {
  const months = {};
  for (const name of Object.keys(files).sort()) {
    const month = name.slice(name.lastIndexOf("/") + 1).slice(0, 7);
    if (/^\d{4}-\d{2}$/.test(month)) (months[month] ??= []).push(`${name} ${files[name]}`);
  }
  const links = {};
  let link = "";
  for (const month of Object.keys(months).sort()) {
    link = await sha256(bytesOf([link, ...months[month]].join("\n")));
    links[month] = link;
  }
  return links;
}

class Proof {
  constructor() {
    this.lines = [];
  }

  // Record a test, and whether it holds.
  test(said, holds, found = "") {
    this.lines.push({ said, holds: Boolean(holds), found });
  }

  get holds() {
    return this.lines.length > 0 && this.lines.every((line) => line.holds);
  }
}

// Hash each part of the page: the blocks of data, the scripts and the style.
async function testPieces(proof) {
  const element = document.getElementById("contents");
  const text = element.textContent;
  proof.test(
    "The list of the page's parts has the hash that the page states.",
    (await sha256(bytesOf(text))) === element.dataset.sha256,
  );
  const hashes = JSON.parse(text);
  const changed = [];
  for (const [name, hash] of Object.entries(hashes)) {
    const piece = document.getElementById(`block-${name}`);
    if (!piece || (await sha256(bytesOf(piece.textContent))) !== hash) changed.push(name);
  }
  proof.test(
    `Each of the page's ${Object.keys(hashes).length} parts has the hash in this list.`,
    changed.length === 0,
    changed.length ? `changed: ${changed.join(", ")}` : "",
  );
}

// Compare the manifest with its own seal, and the books with the manifest.
async function testSeal(proof, manifestBytes, bookBytes, provenance) {
  const manifest = JSON.parse(new TextDecoder().decode(manifestBytes));
  const { seal, ...content } = manifest;
  const digits = (await sha256(manifestBytes)).slice(0, 12);
  proof.test(`The run's seal is ${digits}, as the line below the answer says.`, provenance.includes(`seal ${digits},`));
  proof.test("The manifest without its seal has the hash that the seal states.", (await sha256(bytesOf(sealedJson(content)))) === seal);
  const chain = await chainOf(manifest.files);
  proof.test(
    `The chain of ${Object.keys(chain).length} months has no break.`,
    sealedJson(chain) === sealedJson(manifest.chain),
  );
  const hash = await sha256(bookBytes);
  proof.test(
    "The books in this page are the sealed books, byte for byte.",
    manifest.files["group.beancount"] === hash,
    `SHA-256 ${hash}`,
  );
}

// Sum the books, and compare the sums with the figures on the page.
function testFigures(proof, books, figures) {
  const unbalanced = books.unbalanced();
  proof.test(
    `Each of ${count(books.size)} entries balances in dollars, in the books of each company.`,
    unbalanced === 0,
    unbalanced ? `${count(unbalanced)} do not balance` : "",
  );
  const last = books.days - 1;
  const kinds = books.kinds(last);
  const sum = Object.values(kinds).reduce((a, b) => a + b, 0);
  const hole = books.hole(last);
  proof.test(
    `The hole is ${exact(hole)}: claims less liquid assets, and also the sum of all causes.`,
    hole === sum && hole === figures.hole.hole && books.claims(last) === figures.hole.claims,
  );
  const names = new Set([...Object.keys(kinds), ...Object.keys(figures.hole.kinds)]);
  const wrong = [...names].filter((kind) => (kinds[kind] ?? 0) !== (figures.hole.kinds[kind] ?? 0));
  proof.test("The sum of each cause is the figure that the program computed.", wrong.length === 0, wrong.join(", "));
  const off = figures.days.hole_usd.filter((cents, day) => books.hole(day) !== cents).length;
  proof.test("The hole at the end of each day is the figure that the program computed.", off === 0, off ? `${count(off)} days differ` : "");
}

// Sum the single fills on the page, entry by entry.
function testFills(proof, books, fills) {
  const wrong = [];
  let total = 0;
  for (const [seq, rows] of Object.entries(fills.entries)) {
    total += rows.length;
    if (!fillsAgree(books.entryOfSeq(Number(seq)), rows)) wrong.push(seq);
  }
  proof.test(
    `${count(total)} single fills sum to their ${count(Object.keys(fills.entries).length)} entries.`,
    wrong.length === 0,
    wrong.length ? `wrong entries: ${wrong.join(", ")}` : "",
  );
}

function fillsAgree(entry, rows) {
  if (!entry || (Number(entry.meta.fills) !== rows.length && !entry.meta.entries)) return false;
  const edge = rows.reduce((sum, row) => sum + row[3], 0);
  const fee = rows.reduce((sum, row) => sum + row[4], 0);
  const moved = entry.postings.filter((posting) => posting.commodity === "USD");
  if (entry.tag === "hedging") {
    const cost = moved.filter((posting) => posting.account.startsWith("Expenses:"));
    return cost.reduce((sum, posting) => sum + posting.cents, 0) === fee - edge;
  }
  const lost = moved.filter((posting) => /^Income:.*:(PickOff|Spread|Liquidation)$/.test(posting.account));
  const fees = moved.filter((posting) => /^Income:.*:Fees$/.test(posting.account));
  return (
    // The losses of other makers are in the books of these makers, which are not on the page.
    (lost.length === 0 || lost.reduce((sum, posting) => sum + posting.cents, 0) === edge) &&
    fees.reduce((sum, posting) => sum + posting.cents, 0) === -fee
  );
}
