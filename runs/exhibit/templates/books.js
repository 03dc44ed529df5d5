"use strict";
// Reads the group's own books from their sealed text. All dollars are whole cents.

const DAY_MS = 86400000;
const DATE_AND_FLAG = '2022-05-09 * "'.length;
const NOBODY = "not named";

// A list of numbers that grows.
class Numbers {
  constructor(Type) {
    this.values = new Type(1 << 16);
    this.length = 0;
  }

  push(value) {
    if (this.length === this.values.length) {
      const larger = new this.values.constructor(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}

class Books {
  constructor(text, days = 0) {
    this.text = text;
    this._leastDays = days;
    this.accounts = []; // { name, root, entity, kind, rest, hole, about }
    this._codes = new Map();
    this._start = new Numbers(Int32Array); // where an entry's text begins
    this._end = new Numbers(Int32Array);
    this._day = new Numbers(Int32Array);
    this._entryOf = new Numbers(Int32Array); // the entry of each posting in dollars
    this._accountOf = new Numbers(Int32Array);
    this._cents = new Numbers(Float64Array);
    this._after = new Numbers(Int32Array); // where the text continues after a posting
    this._read();
    this._sum();
  }

  get size() {
    return this._start.length;
  }

  _read() {
    const text = this.text;
    let entry = -1;
    let opened = null;
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
      const first = text.charCodeAt(at);
      if (first >= 48 && first <= 57) {
        entry = -1;
        opened = null;
        const flag = text[at + 11];
        if (flag === "*") {
          this._start.push(at);
          this._end.push(end);
          this._day.push(this._dayNumber(text.slice(at, at + 10)));
          entry = this.size - 1;
        } else if (text.startsWith("open ", at + 11)) {
          opened = this._open(text.slice(at + 16, end).split(" ")[0]);
        }
      } else if (first === 32 && entry >= 0) {
        this._end.values[entry] = end;
        const third = text.charCodeAt(at + 2);
        if (third >= 65 && third <= 90) this._posting(entry, at + 2, end);
      } else if (first === 32 && opened) {
        const found = /^ {2}(hole|about): "(.*)"/.exec(text.slice(at, end));
        if (found) opened[found[1]] = found[2];
      } else {
        entry = -1;
        opened = null;
      }
      at = end + 1;
    }
  }

  _dayNumber(date) {
    if (date !== this._lastDate) {
      this._lastDate = date;
      const day = Date.parse(date) / DAY_MS;
      this.firstDay ??= day;
      this._lastDay = day - this.firstDay;
    }
    return this._lastDay;
  }

  _open(name) {
    const [root, entity, kind, ...rest] = name.split(":");
    const account = { name, root, entity, kind, rest: rest.join(":"), hole: "", about: "" };
    this._codes.set(name, this.accounts.length);
    this.accounts.push(account);
    return account;
  }

  _posting(entry, at, end) {
    const text = this.text;
    if (!text.endsWith(" USD", end)) return;
    const space = text.indexOf(" ", at);
    const number = text.slice(space, end - 4).trim();
    this._entryOf.push(entry);
    this._accountOf.push(this._codes.get(text.slice(at, space)));
    this._cents.push(Number(number.replace(".", "")));
    this._after.push(end + 1);
  }

  // Compute the balance of each account at the end of each day, and list the account's postings.
  _sum() {
    const postings = this._cents.length;
    this.days = Math.max(this._leastDays, (this._day.values[this.size - 1] ?? 0) + 1);
    this._balances = this.accounts.map(() => new Float64Array(this.days));
    this._of = this.accounts.map(() => []);
    for (let i = 0; i < postings; i++) {
      const account = this._accountOf.values[i];
      this._balances[account][this._day.values[this._entryOf.values[i]]] += this._cents.values[i];
      this._of[account].push(i);
    }
    for (const balance of this._balances) {
      for (let day = 1; day < this.days; day++) balance[day] += balance[day - 1];
    }
  }

  // Count the entries that do not balance in the books of each company.
  unbalanced() {
    let wrong = 0;
    let sums = new Map();
    const close = () => {
      if ([...sums.values()].some((cents) => cents !== 0)) wrong++;
      sums = new Map();
    };
    for (let i = 0; i < this._cents.length; i++) {
      if (i && this._entryOf.values[i] !== this._entryOf.values[i - 1]) close();
      const { entity } = this.accounts[this._accountOf.values[i]];
      sums.set(entity, (sums.get(entity) ?? 0) + this._cents.values[i]);
    }
    close();
    return wrong;
  }

  date(day) {
    return new Date((this.firstDay + day) * DAY_MS).toISOString().slice(0, 10);
  }

  balance(name, day) {
    const code = this._codes.get(name);
    return code === undefined ? 0 : this._balances[code][day];
  }

  // Sum the accounts that have a given part in the hole: claim, liquid or cause.
  part(hole, day) {
    let cents = 0;
    this.accounts.forEach((account, code) => {
      if (account.hole === hole) cents += this._balances[code][day];
    });
    return cents;
  }

  claims(day) {
    return -this.part("claim", day) + 0;
  }

  hole(day) {
    return this.claims(day) - this.part("liquid", day);
  }

  // Return the total of each cause at the end of a day: uses above zero, sources below.
  kinds(day) {
    const kinds = {};
    this.accounts.forEach((account, code) => {
      if (account.hole === "cause") kinds[account.kind] = (kinds[account.kind] ?? 0) + this._balances[code][day];
    });
    return kinds;
  }

  named(test) {
    return this.accounts.filter(test).map((account) => account.name);
  }

  // List the postings on some accounts, each with its entry, account and cents.
  postings(names) {
    const found = [];
    for (const name of names) {
      for (const i of this._of[this._codes.get(name)] ?? []) {
        found.push({ entry: this._entryOf.values[i], account: name, cents: this._cents.values[i], i });
      }
    }
    return found;
  }

  dayOf(entry) {
    return this._day.values[entry];
  }

  // Return the party on the other side of a posting: the posting's party, or else the entry's payee.
  partyOf(posting) {
    const after = this._after.values[posting.i];
    if (this.text.startsWith("    party: ", after)) {
      return JSON.parse(this.text.slice(after + 11, this.text.indexOf("\n", after)));
    }
    // The payee ends at the next quotation mark, unless the payee contains a backslash.
    const from = this._start.values[posting.entry] + DATE_AND_FLAG;
    const to = this.text.indexOf('"', from);
    const payee = this.text.slice(from, to);
    if (payee.includes("\\")) return this._head(posting.entry).payee || NOBODY;
    return this.text[to + 2] === '"' ? payee : NOBODY;
  }

  _head(entry) {
    const start = this._start.values[entry];
    const line = this.text.slice(start, this.text.indexOf("\n", start));
    const strings = line.match(/"(?:[^"\\]|\\.)*"/g).map((string) => JSON.parse(string));
    return {
      payee: strings.length > 1 ? strings[0] : "",
      narration: strings[strings.length - 1],
      tag: / #(\S+)/.exec(line.slice(line.lastIndexOf('"')))?.[1] ?? "",
    };
  }

  tagOf(posting) {
    const start = this._start.values[posting.entry];
    const line = this.text.slice(start, this.text.indexOf("\n", start));
    return / #(\S+)/.exec(line.slice(line.lastIndexOf('"')))?.[1] ?? "no tag";
  }

  // Read an entry: its text, date, number, metadata and postings.
  entry(number) {
    const text = this.text.slice(this._start.values[number], this._end.values[number]);
    const meta = {};
    const postings = [];
    for (const line of text.split("\n").slice(1)) {
      const posting = /^ {2}([A-Z]\S*) +(\S+) (\S+)$/.exec(line);
      const note = /^ {2,4}([a-z][\w-]*): "?(.*?)"?$/.exec(line);
      if (posting) {
        const [, account, amount, commodity] = posting;
        postings.push({ account, amount, commodity, cents: Number(amount.replace(".", "")) });
      } else if (note && line.startsWith("    ")) postings[postings.length - 1].party = note[2];
      else if (note) meta[note[1]] = note[2];
    }
    return { number, text, meta, postings, date: text.slice(0, 10), seq: Number(meta.seq), ...this._head(number) };
  }

  // Find an entry by its seq, its number in the order of booking.
  entryOfSeq(seq) {
    this._seqs ??= this._allSeqs();
    const number = this._seqs.get(seq);
    return number === undefined ? null : this.entry(number);
  }

  _allSeqs() {
    const seqs = new Map();
    for (let number = 0; number < this.size; number++) {
      const at = this.text.indexOf("\n  seq: ", this._start.values[number]) + 8;
      seqs.set(parseInt(this.text.slice(at, at + 20), 10), number);
    }
    return seqs;
  }
}
