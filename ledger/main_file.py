"""The text of `main.beancount`: options, commodities, roles, accounts, includes, saved queries.

`main.beancount` needs none of our code, so `bean-check`, `bean-query` and Fava can open it. Another
file, `check.beancount`, includes `main.beancount` and adds the invariants, which need our code.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from ledger.chart import Chart
from ledger.coins import Coin, names_owed
from ledger.directive_store import Directive
from ledger.notes import Note, Pays, Role
from ledger.parties import OUTSIDE
from ledger.text import EXACT, HEADER, opened, quoted
from ledger.transaction import MONEY

HOW_TO_READ = """\
;; HOW TO READ AN ACCOUNT      Root : whose books : what kind : with whom
;;   Assets:{firm}:Claims:{house}          {firm}'s books: {house} owes it this much
;;   Liabilities:{house}:Customers:{firm}  {house}'s books: it owes {firm} the same, always
;;   Income:{maker}:PickOff            {maker}'s books: hits on stale quotes (a gain is negative)
;; The kind (third word) is the cause of a movement. It is stated nowhere else.
;;
;; HOW TO READ A TRANSACTION
;;   payee      the only party outside the house group ({house} and {maker}), else the customer
;;   tag        what happened, for browsing; figures come from accounts, never from tags
;;   link       entries that belong together: a fill, a settlement, a transfer
;;   seq, time  the true order, since Beancount knows only dates. A number that is missing between
;;              two entries is a fill; each closing entry says how many fills it sums, with the
;;              numbers of the first and the last
;;   quote-age-s  (in day ledgers) the age of the lead price in the quote, in seconds
;;   Each transaction balances in USD within every entity that it changes. Contracts balance across
;;   entities (every long has its short) and have no price: gains on them are paid in cash.
;;
;; THE HOLE, with signs as Beancount keeps them (claims owed are negative, cash is positive):
;;   hole  =  claims of customers outside the group  -  liquid assets of the group
;;         =  - sum(accounts opened with hole: "claim")  -  sum(accounts opened with hole: "liquid")
;;         =  + sum(accounts opened with hole: "cause")
;;   and sum(accounts opened with hole: "group") = 0: claims and debts between {house} and {maker}.
;;   Sources are below zero, and uses are above zero.
;;   {claims}
"""

IN_DOLLARS = """\
Claims are in dollars, also if the customer deposited coins: a simplification."""
IN_COINS = """\
These equations hold in dollars and in each coin that customers are owed: .run hole-in-kind,
;;   and at the last prices .run hole-at-mark."""

QUERIES: dict[str, str] = {
    "hole": """
  SELECT neg(sum(position)) AS hole
  WHERE open_meta(account, 'hole') IN ('claim', 'liquid')""",
    "where-did-the-money-go": """
  SELECT splitcomp(account, ':', 2) AS cause, sum(number) AS hole_usd
  WHERE open_meta(account, 'hole') = 'cause' AND currency = 'USD'
  GROUP BY cause ORDER BY hole_usd DESC""",
    "who-received-it": """
  SELECT splitcomp(account, ':', 2) AS cause,
         coalesce(str(meta('party')), payee) AS party, sum(number) AS hole_usd
  WHERE open_meta(account, 'hole') = 'cause' AND currency = 'USD'
  GROUP BY cause, party ORDER BY cause, party""",
    "where-did-the-cash-go": """
  SELECT payee AS party, neg(sum(number)) AS net_received
  WHERE account ~ '^Assets:({house}|{maker}):Cash$' AND payee IS NOT NULL
  GROUP BY party ORDER BY party""",
    "hole-by-day": """
  SELECT date, neg(last(balance)) AS hole
  WHERE open_meta(account, 'hole') IN ('claim', 'liquid')
  GROUP BY date ORDER BY date""",
    "hole-of-{house_lower}-by-day": """
  SELECT date, neg(last(balance)) AS hole
  WHERE open_meta(account, 'hole') = 'claim' OR account = 'Assets:{house}:Cash'
  GROUP BY date ORDER BY date""",
    "claims-against-cash": """
  SELECT leaf(account) AS owed_to, neg(sum(position)) AS owed
  WHERE open_meta(account, 'hole') = 'claim'
  GROUP BY owed_to ORDER BY owed_to""",
    "balance-sheet-of-{house_lower}": """
  SELECT account, sum(position) AS balance
  WHERE splitcomp(account, ':', 1) = '{house}'
  GROUP BY account ORDER BY account""",
    "trail-of-pickoffs": """
  SELECT date, entry.meta['seq'] AS seq, payee, position, links, narration
  WHERE account = 'Income:{maker}:PickOff' ORDER BY seq""",
    "check-each-entity-balances": """
  SELECT splitcomp(account, ':', 1) AS entity, sum(position) AS must_be_empty
  WHERE NOT account ~ ':Contracts:'
  GROUP BY entity""",
    "check-group-eliminates": """
  SELECT sum(position) AS must_be_empty
  WHERE open_meta(account, 'hole') = 'group'""",
    "check-claims-mirror-debts": """
  SELECT sum(position) AS must_be_empty
  WHERE account ~ ':(Claims|Customers):'""",
}

# These queries are saved only if `finances` is true.
FINANCE_QUERIES: dict[str, str] = {
    "check-loans-mirror-debts": """
  SELECT sum(position) AS must_be_empty
  WHERE account ~ ':(Loans|Shares):'""",
    "{maker_lower}-at-mark": """
  SELECT account, sum(position) AS booked, convert(sum(position), 'USD') AS at_mark
  WHERE splitcomp(account, ':', 1) = '{maker}' AND NOT account ~ ':Contracts:'
  GROUP BY account ORDER BY account""",
}


# Queries for books in which customers are owed coins. The first query computes the hole in units of
# each commodity. The second computes the same hole in dollars, at the last mark. For the mark of
# another day, add a date as the third argument of convert().
COIN_QUERIES: dict[str, str] = {
    "hole-in-kind": """
  SELECT currency, neg(sum(number)) AS hole
  WHERE open_meta(account, 'hole') IN ('claim', 'liquid')
  GROUP BY currency ORDER BY currency""",
    "hole-at-mark": """
  SELECT currency, neg(convert(sum(position), 'USD')) AS hole_at_mark
  WHERE open_meta(account, 'hole') IN ('claim', 'liquid')
  GROUP BY currency ORDER BY currency""",
}

# These queries also need books of parties outside the group.
OF_ALL_BOOKS = ("check-claims-mirror-debts", "check-loans-mirror-debts")


def finances(chart: Chart) -> bool:
    """Return whether the group has lenders, investors, payees, tokens or coins."""
    return bool(chart.parties.financiers or chart.spendings or chart.tokens or chart.coins)


def main_text(title: str, chart: Chart, start: date, last: date, includes: Iterable[str]) -> str:
    """Return the text of `main.beancount`.

    Declarations have the date *start*, and saved queries have the date *last*.
    """
    firm = chart.parties.firms[0] if chart.parties.firms else chart.parties.retail
    claims = IN_COINS if names_owed(chart.coins) else IN_DOLLARS
    parts = [
        HEADER,
        "".join(f";; {line}".rstrip() + "\n" for line in (*title.splitlines(), "")),
        HOW_TO_READ.format(firm=firm, claims=claims, **_group(chart)),
        f'\noption "title" {quoted(title)}\noption "operating_currency" "{MONEY}"\n{EXACT}\n',
        *(_commodity_text(start, *each) for each in _commodities(chart)),
        "\n;; The roles of the parties.\n",
        *(f"{start} {note.text()}\n" for note in _parts_played(chart)),
        "\n",
    ]
    for heading, accounts in chart.accounts():
        parts += [f";; {heading}\n", *(opened(start, line) for line in accounts), "\n"]
    parts += [f"include {quoted(name)}\n" for name in includes]
    parts.append('\n;; Questions to ask:  bean-query main.beancount ".run hole"\n')
    parts += query_texts(chart, last)
    return "".join(parts)


def query_texts(chart: Chart, last: date, alone: bool = False) -> Iterator[str]:
    """Yield the saved queries. If *alone*, leave out the queries that need other parties' books."""
    group = _group(chart)
    asked = QUERIES | (FINANCE_QUERIES if finances(chart) else {})
    asked |= COIN_QUERIES if names_owed(chart.coins) else {}
    for name, query in asked.items():
        if not (alone and name in OF_ALL_BOOKS):
            yield f'{last} query "{name.format(**group)}" "{query.format(**group)}"\n'


def property_texts(chart: Chart, start: date) -> Iterator[str]:
    """Yield the declarations of money, tokens and coins, but not of contracts."""
    contracts = {contract.commodity for contract in chart.contracts}
    for commodity, meta in _commodities(chart):
        if commodity not in contracts:
            yield _commodity_text(start, commodity, meta)


def check_text() -> str:
    """Return the text of `check.beancount`."""
    return (
        f"{HEADER};; The same books, checked by the invariants. Needs moneytrail installed.\n"
        f'{EXACT}plugin "moneytrail"\ninclude "main.beancount"\n'
    )


def declared(chart: Chart, start: date) -> Iterator[Directive]:
    """Yield the declarations of `main.beancount` in the form of the Parquet copy."""
    for commodity, meta in _commodities(chart):
        yield Directive("commodity", start, commodity, meta=meta)
    for note in _parts_played(chart):
        yield Directive("custom", start, note.kind, note.words())
    for _, accounts in chart.accounts():
        for line in accounts:
            about = {"hole": line.hole, "about": line.about}.items()
            meta = tuple((key, quoted(text)) for key, text in about if text)
            yield Directive("open", start, line.account, line.commodities, meta)


def _parts_played(chart: Chart) -> Iterator[Note]:
    """Yield the notes on the parties' roles, and the notes on who may pay whom."""
    yield from (Role(*each) for each in chart.parties.roles())
    yield from (Pays(each.payer, each.kind, each.to) for each in chart.spendings)


def _group(chart: Chart) -> dict[str, str]:
    house, maker = chart.parties.group
    return {
        "house": house,
        "house_lower": house.lower(),
        "maker": maker,
        "maker_lower": maker.lower(),
    }


_Meta = tuple[tuple[str, str], ...]  # (key, value as Beancount reads it)


def _commodity_text(start: date, commodity: str, meta: _Meta) -> str:
    lines = (f"  {key}: {value}\n" for key, value in meta)
    return f"{start} commodity {commodity}\n{''.join(lines)}"


def _commodities(chart: Chart) -> Iterator[tuple[str, _Meta]]:
    yield MONEY, (("name", quoted("dollars; stablecoins count as dollars")),)
    for c in chart.contracts:
        about = {
            "name": f"perpetual {c.market} at {c.venue}, settled in {MONEY}",
            "market": c.market,
            "venue": c.venue,
            "lot": c.lot,
            "tick": c.tick_usd,
        }
        if c.stands_for > 1:
            about["stands-for"] = str(c.stands_for)
        yield c.commodity, tuple((key, quoted(text)) for key, text in about.items())
    for token in chart.tokens:
        own = token.issuer != OUTSIDE
        what = f"the token of {token.issuer}" if own else "a token"
        yield (
            token.name,
            (
                ("name", quoted(f"{what}, held for a gain in price")),
                ("house-token", str(own).upper()),
                *((("pooled", "TRUE"),) if token.is_pooled else ()),
            ),
        )
    for brought in chart.collateral:
        market = brought.contract.market
        about = {
            "name": f"a token that customers deposit as margin collateral, held in kind; its price "
            f"is the lead price of {market}; {brought.weight} of its value counts as collateral",
            "valued-by": market,
            "weight": brought.weight,
        }
        yield brought.commodity, tuple((key, quoted(text)) for key, text in about.items())
    for coin in chart.coins:
        yield coin.name, tuple(_about_coin(coin, chart.parties.maker))


def _about_coin(coin: Coin, maker: str) -> Iterator[tuple[str, str]]:
    held = f"that {maker} buys with borrowed money" if coin.is_held else ""
    owed = "that is owed to customers" if coin.is_owed else ""
    yield "name", quoted(f"a coin {' and '.join(filter(None, (held, owed)))}")
    yield "unit", quoted(coin.unit)
    yield "dealers", quoted(coin.dealers)
    if coin.is_owed:
        yield "held-by-maker", str(coin.is_held).upper()
        yield "owed-to-customers", "TRUE"
