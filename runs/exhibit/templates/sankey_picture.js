"use strict";
// Draws sources, the two companies, and uses. A band is the sum of the postings on some accounts.

// List the bands: { from, to, side, title, names, cents }, with cents above zero.
//
// The debts between the two companies are one band. Each other posting belongs to one of the other
// bands: debts to a class of customers, cash on an account, or a cause in one company.
function bandsOf(books, figures) {
  const { house, maker } = figures.parties;
  const last = books.days - 1;
  const bands = [];
  for (const entity of [house, maker]) {
    const groups = new Map();
    for (const account of books.accounts) {
      if (account.entity !== entity || !account.hole || account.hole === "group" || account.hole === "in-kind") continue;
      const title = bandTitle(account, figures);
      if (!groups.has(title)) groups.set(title, { hole: account.hole, names: [] });
      groups.get(title).names.push(account.name);
    }
    for (const [title, { hole, names }] of groups) {
      const cents = names.reduce((sum, name) => sum + books.balance(name, last), 0);
      if (cents > 0) bands.push({ from: entity, to: title, side: hole === "liquid" ? "left" : "use", title, names, cents, entity });
      if (cents < 0) bands.push({ from: title, to: entity, side: hole === "claim" ? "claim" : "source", title, names, cents: -cents, entity });
    }
  }
  const within = books.named((account) => account.entity === house && account.hole === "group");
  const cents = within.reduce((sum, name) => sum + books.balance(name, last), 0);
  if (cents) {
    const [from, to] = cents > 0 ? [house, maker] : [maker, house];
    bands.push({ from, to, side: "within", title: `${from} to ${to}`, names: within, cents: Math.abs(cents), entity: house });
  }
  const right = (band) => band.side === "use" || band.side === "left";
  return bands.sort((a, b) => right(a) - right(b) || (a.entity === b.entity ? b.cents - a.cents : a.entity === house ? -1 : 1));
}

function bandTitle(account, figures) {
  const { retail, firms, lead, other_makers: makers } = figures.parties;
  if (account.hole === "claim") {
    if (account.rest === retail) return "Owed to retail customers";
    if (firms.includes(account.rest)) return "Owed to trading firms";
    return account.rest === makers ? "Owed to other makers" : `Owed to ${account.rest}`;
  }
  if (account.hole === "liquid") {
    if (account.kind === "Cash") return `Cash left at ${account.entity}`;
    return account.rest === lead ? `Left on deposit at ${lead}` : `Left: ${account.kind} ${account.rest}`;
  }
  return account.kind === "Opening" ? "Own money at the start" : plain(account.kind);
}

function sentenceOf(band) {
  const amount = exact(band.cents);
  if (band.side === "claim") return `${band.title} by ${band.entity}: ${amount}`;
  if (band.side === "within") return `From ${band.title}: ${amount}`;
  if (band.side === "left") return `${band.title}: ${amount}`;
  return band.side === "use" ? `${band.entity} used ${amount}: ${band.title}` : `${band.entity} received ${amount}: ${band.title}`;
}

function drawSankey(box, bands, figures, open) {
  const { house, maker } = figures.parties;
  // If a title is on both sides, it has two nodes.
  const key = (band, end) => (band[end] === house || band[end] === maker ? band[end] : `${end}:${band[end]}`);
  const ids = [...new Set(bands.flatMap((band) => [key(band, "from"), key(band, "to")]))];
  const nodes = ids.map((id) => ({ id, name: id.replace(/^(from|to):/, "") }));
  const links = bands.map((band) => ({ source: key(band, "from"), target: key(band, "to"), value: band.cents, band }));
  const rows = Math.max(bands.filter((b) => b.side === "use" || b.side === "left").length, bands.filter((b) => b.side === "claim" || b.side === "source").length);
  const width = 1080;
  const height = Math.max(380, rows * 34);
  const room = 265; // for labels on each side
  const layout = d3.sankey().nodeId((node) => node.id).nodeWidth(12).nodePadding(20).nodeSort(null)
    .nodeAlign((node, n) => (node.id.startsWith("from:") ? 0 : node.id.startsWith("to:") ? n - 1 : node.id === house ? 1 : n - 2))
    .extent([[room, 24], [width - room, height - 12]]);
  layout({ nodes, links });
  placeCompanies(nodes, house, maker);
  layout.update({ nodes, links });
  const svg = d3.select(box).append("svg").attr("viewBox", `0 0 ${width} ${height}`)
    .attr("role", "group").attr("aria-label", "Sources, the group, and uses. Every band is a button.");
  svg.append("g").attr("class", "bands").selectAll("path").data(links).join("path")
    .attr("d", ribbon).attr("class", (link) => `band ${link.band.side}`)
    .attr("tabindex", 0).attr("role", "button").attr("aria-label", (link) => sentenceOf(link.band))
    .on("click", (_, link) => open(link.band))
    .on("keydown", (event, link) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open(link.band);
      }
    })
    .append("title").text((link) => sentenceOf(link.band));
  const node = svg.append("g").selectAll("g").data(nodes).join("g");
  node.append("rect").attr("x", (n) => n.x0).attr("y", (n) => n.y0).attr("width", 12)
    .attr("height", (n) => Math.max(1.5, n.y1 - n.y0)).attr("class", "node");
  const onLeft = (n) => n.id.startsWith("from:");
  const within = (n) => n.id === house || n.id === maker;
  const label = node.append("text").attr("class", "label")
    .attr("x", (n) => (within(n) ? (n.x0 + n.x1) / 2 : onLeft(n) ? n.x0 - 7 : n.x1 + 7))
    .attr("y", (n) => (within(n) ? Math.max(10, n.y0 - 4) : (n.y0 + n.y1) / 2 + 4))
    .attr("text-anchor", (n) => (within(n) ? "middle" : onLeft(n) ? "end" : "start"));
  label.append("tspan").attr("class", (n) => (within(n) ? "company" : null)).text((n) => n.name);
  label.filter((n) => !within(n)).append("tspan").attr("class", "amount").text((n) => ` ${spoken(n.value)}`);
}

// Draw a band as an area, so that a steep band is as wide as a flat band.
function ribbon({ source, target, y0, y1, width }) {
  const [left, right, half] = [source.x1, target.x0, Math.max(1.2, width) / 2];
  const middle = (left + right) / 2;
  return (
    `M${left},${y0 - half}C${middle},${y0 - half} ${middle},${y1 - half} ${right},${y1 - half}` +
    `V${y1 + half}C${middle},${y1 + half} ${middle},${y0 + half} ${left},${y0 + half}Z`
  );
}

// Place each company beside its own sources and uses, and the maker below all uses of the house.
function placeCompanies(nodes, house, maker) {
  const node = (id) => nodes.find((each) => each.id === id);
  const middle = (side) => (d3.min(side, (each) => each.y0) + d3.max(side, (each) => each.y1)) / 2;
  const [first, second] = [node(house), node(maker)];
  const sources = nodes.filter((each) => each.id.startsWith("from:"));
  const uses = second.sourceLinks.map((link) => link.target);
  const move = (company, y) => {
    company.y1 += y - company.y0;
    company.y0 = y;
  };
  const bottom = d3.max([first, second, ...nodes], (each) => each.y1);
  const own = first.sourceLinks.map((link) => link.target).filter((each) => each !== second);
  if (sources.length) move(first, Math.max(24, middle(sources) - (first.y1 - first.y0) / 2));
  if (uses.length) {
    const size = second.y1 - second.y0;
    const under = own.length ? d3.max(own, (each) => each.y1) + 20 : 24;
    move(second, Math.max(24, Math.min(bottom - size, Math.max(under, middle(uses) - size / 2))));
  }
  for (const each of nodes) {
    each.sourceLinks.sort((a, b) => a.target.y0 - b.target.y0);
    each.targetLinks.sort((a, b) => a.source.y0 - b.source.y0);
  }
}

function sankeyTable(bands, open) {
  const sides = { claim: "source", source: "source", within: "within the group", use: "use", left: "money left" };
  const order = ["claim", "source", "within", "use", "left"];
  const sorted = [...bands].sort((a, b) => order.indexOf(a.side) - order.indexOf(b.side) || b.cents - a.cents);
  return table(
    "Every band with its exact amount",
    [["Band"], ["Side"], ["From"], ["To"], ["Amount", true]],
    sorted.map((band) => [band.title, sides[band.side], band.from, band.to, opener(exact(band.cents), () => open(band), sentenceOf(band))]),
  );
}
