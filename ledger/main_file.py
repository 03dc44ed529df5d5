"""main.beancount: options, commodities, the chart, the saved queries and the includes.

It needs none of our code, so any `bean-check`, `bean-query` or Fava opens it. check.beancount
includes it and adds the invariants, which do need our code.
"""

from collections.abc import Iterable
from datetime import date

from ledger.chart import Chart
from ledger.notes import Pays, Role
from ledger.parties import OUTSIDE
from ledger.text import EXACT, HEADER, opened, quoted
from ledger.transaction import MONEY

HOW_TO_READ = """\
;; HOW TO READ AN ACCOUNT      Root : whose books : what kind : with whom
;;   Assets:{firm}:Claims:{house}          {firm}'s books: {house} owes it this much
;;   Liabilities:{house}:Customers:{firm}  {house}'s books: it owes {firm} the same, always
;;   Income:{maker}:PickOff            {maker}'s books: quotes hit stale (a gain is negative)
;; The kind (third word) is the cause. Nothing else says why money moved, so nothing can disagree.
;;
;; HOW TO READ A TRANSACTION
;;   payee      the one party outside the house group ({house} and {maker}) on the other side
;;   tag        what happened, for browsing; figures come from accounts, never from tags
;;   link       what belongs together: a fill, a settlement, a transfer
;;   seq, time  the true order, since Beancount knows only dates; numbers that are missing between
;;              two entries are fills: each closing entry says how many it sums up, and which
;;   quote-age-s  (in day ledgers) since the lead price that the quote was made from
;;   Each transaction balances in USD within every entity it touches. Contracts balance across
;;   entities (every long has its short) and carry no price: gains on them are paid in cash.
;;
;; THE HOLE, with signs as Beancount keeps them (claims owed are negative, cash is positive):
;;   hole  =  claims of customers outside the group  -  liquid assets of the group
;;         =  - sum(accounts opened with hole: "claim")  -  sum(accounts opened with hole: "liquid")
;;         =  + sum(accounts opened with hole: "cause")
;;   and sum(accounts opened with hole: "group") = 0: what they owe each other is nobody else's.
;;   Sources are below zero, uses above. Claims are in dollars, whatever the customer deposited:
;;   a simplification.
"""

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
  SELECT payee AS party, sum(number) AS received_usd
  WHERE account ~ '^Assets:({house}|{maker}):Cash$'
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

# Where there are loans, shares or tokens.
FINANCE_QUERIES: dict[str, str] = {
    "check-loans-mirror-debts": """
  SELECT sum(position) AS must_be_empty
  WHERE account ~ ':(Loans|Shares):'""",
    "{maker_lower}-at-mark": """
  SELECT account, sum(position) AS booked, convert(sum(position), 'USD') AS at_mark
  WHERE splitcomp(account, ':', 1) = '{maker}' AND NOT account ~ ':Contracts:'
  GROUP BY account ORDER BY account""",
}


def finances(chart: Chart) -> bool:
    """Tell whether the group has anything but trading."""
    return bool(chart.parties.financiers or chart.spendings or chart.tokens)


def main_text(title: str, chart: Chart, start: date, last: date, includes: Iterable[str]) -> str:
    """Write main.beancount for books that run from *start* to *last*, both included."""
    roles = {
        "house": chart.parties.house,
        "house_lower": chart.parties.house.lower(),
        "maker": chart.parties.maker,
        "maker_lower": chart.parties.maker.lower(),
        "firm": chart.parties.firms[0] if chart.parties.firms else chart.parties.retail,
    }
    parts = [
        HEADER,
        "".join(f";; {line}".rstrip() + "\n" for line in (*title.splitlines(), "")),
        HOW_TO_READ.format(**roles),
        f'\noption "title" {quoted(title)}\noption "operating_currency" "{MONEY}"\n{EXACT}\n',
        *_commodities(chart, start),
        ";; Who plays which part.\n",
        *(f"{start} {Role(*each).text()}\n" for each in chart.parties.roles()),
        *(f"{start} {Pays(e.payer, e.kind, e.to).text()}\n" for e in chart.spendings),
        "\n",
    ]
    for heading, accounts in chart.accounts():
        parts += [f";; {heading}\n", *(opened(start, line) for line in accounts), "\n"]
    parts += [f"include {quoted(name)}\n" for name in includes]
    parts.append('\n;; Questions to ask:  bean-query main.beancount ".run hole"\n')
    for name, query in (QUERIES | (FINANCE_QUERIES if finances(chart) else {})).items():
        parts.append(f'{last} query "{name.format(**roles)}" "{query.format(**roles)}"\n')
    return "".join(parts)


def check_text() -> str:
    """Write check.beancount: main.beancount, and the invariants to hold it against."""
    return (
        f"{HEADER};; The same books, held against the invariants. Needs moneytrail installed.\n"
        f'{EXACT}plugin "moneytrail"\ninclude "main.beancount"\n'
    )


def _commodities(chart: Chart, start: date) -> Iterable[str]:
    yield f'{start} commodity {MONEY}\n  name: "dollars; stablecoins count as dollars"\n'
    for c in chart.contracts:
        yield (
            f"{start} commodity {c.commodity}\n"
            f'  name: "perpetual {c.market} at {c.venue}, settled in {MONEY}"\n'
            f'  market: "{c.market}"\n  venue: "{c.venue}"\n'
            f'  lot: "{c.lot}"\n  tick: "{c.tick_usd}"\n'
        )
    for token in chart.tokens:
        own = token.issuer != OUTSIDE
        what = f"the token of {token.issuer}" if own else "a token"
        yield (
            f"{start} commodity {token.name}\n"
            f'  name: "{what}, held for its price"\n  house-token: {str(own).upper()}\n'
        )
        if token.is_pooled:
            yield "  pooled: TRUE\n"
    for token in chart.collateral:
        market = token.contract.market
        yield (
            f"{start} commodity {token.commodity}\n"
            f'  name: "a token that customers on margin bring, held in kind; its price is the lead '
            f'price of {market}, and {token.weight} of its value counts as collateral"\n'
            f'  valued-by: "{market}"\n  weight: "{token.weight}"\n'
        )
    yield "\n"
