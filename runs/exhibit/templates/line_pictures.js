"use strict";
// Draws two pictures over time: claims and liquid assets, and the hole by cause.

const PICTURE = { width: 1080, height: 400, top: 18, right: 250, bottom: 30, left: 70 };
const DASHES = ["", "7 3", "2 3", "10 3 2 3", "1 2", "14 4", "4 2 1 2", "6 6"];
const LABEL_GAP = 16;
const MARK_SIZE = 18;

// Draw lines over days. A line is { name, values, class }, and its name is at its right end.
function drawLines(box, books, lines, label, marks = []) {
  const { width, top, right, bottom, left } = PICTURE;
  const x = d3.scaleLinear([0, Math.max(1, books.days - 1)], [left, width - right]);
  const levels = levelsOf(marks.map((mark) => x(mark.day)));
  const room = marks.length ? MARK_SIZE * (1 + d3.max(levels)) : 0;
  const height = PICTURE.height + room;
  const above = top + room;
  const all = lines.flatMap((line) => d3.extent(line.values));
  const y = d3.scaleLinear(d3.extent([0, ...all]), [height - bottom, above]).nice();
  const svg = d3.select(box).append("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", label);
  drawAxes(svg, books, x, y, width - right, height - bottom);
  marks.forEach((mark, i) => drawMark(svg, x(mark.day), top + MARK_SIZE * levels[i], height - bottom, mark.number));
  const path = d3.line().x((_, day) => x(day)).y((value) => y(value));
  const ends = spread(lines.map((line) => y(line.values[line.values.length - 1])), above, height - bottom);
  lines.forEach((line, i) => {
    svg.append("path").attr("class", `line ${line.class ?? ""}`).attr("d", path(line.values))
      .attr("stroke-dasharray", line.class ? "" : DASHES[i % DASHES.length]).attr("data-hue", i % 8);
    svg.append("text").attr("class", "label").attr("x", width - right + 22).attr("y", ends[i] + 4).attr("data-hue", i % 8)
      .text(`${line.name} ${short(line.values[line.values.length - 1], 1)}`);
    svg.append("line").attr("class", "leader").attr("x1", width - right + 2).attr("x2", width - right + 19)
      .attr("y1", y(line.values[line.values.length - 1])).attr("y2", ends[i]);
  });
}

function drawAxes(svg, books, x, y, right, bottom) {
  for (const value of y.ticks(6)) {
    svg.append("line").attr("class", value === 0 ? "zero" : "grid").attr("x1", x(0)).attr("x2", right).attr("y1", y(value)).attr("y2", y(value));
    svg.append("text").attr("class", "tick").attr("x", x(0) - 8).attr("y", y(value) + 4).attr("text-anchor", "end").text(short(value));
  }
  const time = d3.scaleUtc([new Date(books.firstDay * DAY_MS), new Date((books.firstDay + Math.max(1, books.days - 1)) * DAY_MS)], [x(0), right]);
  const format = books.days > 90 ? d3.utcFormat("%b %Y") : d3.utcFormat("%-d %b");
  const ticks = books.days > 8 ? time.ticks(7) : time.ticks(d3.utcDay);
  for (const tick of ticks) {
    svg.append("text").attr("class", "tick").attr("x", time(tick)).attr("y", bottom + 20).attr("text-anchor", "middle").text(format(tick));
  }
}

// Place marks that would touch each other at different heights.
function levelsOf(places) {
  return places.reduce((levels, place, i) => {
    levels.push(i && place - places[i - 1] < MARK_SIZE ? levels[i - 1] + 1 : 0);
    return levels;
  }, []);
}

// Mark a day with a number in a circle. The list below the picture explains the number.
function drawMark(svg, x, y, bottom, number) {
  svg.append("line").attr("class", "mark").attr("x1", x).attr("x2", x).attr("y1", y).attr("y2", bottom);
  svg.append("circle").attr("class", "mark").attr("cx", x).attr("cy", y).attr("r", 8);
  svg.append("text").attr("class", "mark").attr("x", x).attr("y", y + 4).attr("text-anchor", "middle").text(number);
}

// Move labels apart, so that no two overlap.
function spread(wanted, top, bottom) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  let last = top - LABEL_GAP;
  for (const i of order) last = placed[i] = Math.max(placed[i], last + LABEL_GAP);
  let next = bottom + LABEL_GAP;
  for (const i of [...order].reverse()) next = placed[i] = Math.min(placed[i], next - LABEL_GAP);
  return placed;
}

function byDay(books, value) {
  return Array.from({ length: books.days }, (_, day) => value(day));
}

function drawTimeline(box, books, figures, marks) {
  const lines = [
    { name: "Owed to customers", values: byDay(books, (day) => books.claims(day)), class: "claims" },
    { name: "Liquid assets", values: byDay(books, (day) => books.part("liquid", day)), class: "liquid" },
    { name: "The hole", values: byDay(books, (day) => books.hole(day)), class: "hole" },
    { name: "Net worth at mark", values: figures.days.net_at_mark_usd, class: "net" },
  ];
  drawLines(box, books, lines, "Claims of customers, liquid assets, the hole and net worth at market prices, day by day. The table below has the key dates.", marks);
}

const CAUSES_MAX = 7; // the most lines that a reader can distinguish

// Choose the causes with the largest amounts, and sum all others in one line.
function causeLines(books) {
  const names = Object.keys(books.kinds(books.days - 1));
  const kinds = byDay(books, (day) => books.kinds(day));
  const series = names.map((name) => ({ name, values: kinds.map((of) => of[name] ?? 0) }));
  const reach = (line) => d3.max(line.values, Math.abs);
  series.sort((a, b) => reach(b) - reach(a));
  const moved = series.filter((line) => reach(line) > 0);
  const most = moved.length === CAUSES_MAX + 1 ? moved.length : CAUSES_MAX; // a single other cause has its own line
  const shown = moved.slice(0, most).map((line) => ({ ...line, name: line.name === "Opening" ? "Own money" : plain(line.name) }));
  const rest = moved.slice(most);
  if (rest.length) {
    shown.push({ name: `${rest.length} others`, values: byDay(books, (day) => d3.sum(rest, (line) => line.values[day])) });
  }
  return shown;
}

function drawCauses(box, books) {
  drawLines(box, books, causeLines(books), "The hole by cause, day by day. Uses are above zero, sources below. The table below has the exact figures.");
}

// Return the last day of each period in a table: years for a long life, days for a short run.
function periodEnds(books) {
  const length = books.days > 800 ? 4 : books.days > 90 ? 7 : 10;
  const ends = new Map();
  for (let day = 0; day < books.days; day++) ends.set(books.date(day).slice(0, length), day);
  return [...ends].slice(-12);
}

function causesTable(books, open) {
  const ends = periodEnds(books);
  const last = books.kinds(books.days - 1);
  const names = Object.keys(last).filter((kind) => last[kind] || ends.some(([, day]) => books.kinds(day)[kind]));
  names.sort((a, b) => last[b] - last[a]);
  const rows = names.map((kind) => [
    plain(kind),
    ...ends.slice(0, -1).map(([, day]) => exact(books.kinds(day)[kind] ?? 0)),
    opener(exact(last[kind]), () => open(kind), `${plain(kind)}: open the entries`),
  ]);
  rows.push({ class: "total", cells: ["The hole", ...ends.map(([, day]) => exact(books.hole(day)))] });
  return table("The hole by cause at the end of each period, summed from the first day", [["Cause"], ...ends.map(([name]) => [name, true])], rows);
}
