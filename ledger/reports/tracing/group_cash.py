"""Reads the movements of the house group's cash between sources, accounts and uses."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, takewhile
from typing import Any, NamedTuple

from ledger.kinds import LIQUID, Kind
from ledger.money import pro_rata
from ledger.reports.once import once
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

TILLS = (Kind.CASH, Kind.POOLS)  # cash in a pool belongs to the group until it is traded


class Reason(NamedTuple):
    """The reason for a movement of cash: the account on the other side, in the group's books."""

    root: str
    kind: str
    party: str  # the other party of the payment, or "not named"


class Passed(NamedTuple):
    """Cash that is paid into an account of the group, paid out of it, or moved between accounts."""

    seq: int
    day: date
    giver: str | Reason  # the name of the group's account, or the reason
    taker: str | Reason
    cents: int


class _Leg(NamedTuple):
    """A dollar posting in the group's books. Its entry moves the group's cash."""

    seq: int
    day: date
    account: str
    entity: str
    is_till: bool
    is_internal: bool  # whether the account's counterparty is a member of the group
    reason: Reason
    cents: int


# The dollar postings in the group's books, of all entries that fulfil `condition`. An entry is
# *plain* if it has one posting of the group's cash, and one other posting that is above zero and
# has no counterparty in the group.
_LEGS = """
    WITH in_books AS MATERIALIZED (
        SELECT seq, line, date, account, entity, root, kind, counterparty, party, payee, units,
               root = 'Assets' AND kind IN (SELECT unnest($tills)) AND hole = $liquid AS till,
               coalesce(list_contains($group, counterparty), false) AS internal
        FROM postings WHERE commodity = $money AND entity IN (SELECT unnest($group)) {when}
    ),
    entries AS MATERIALIZED (
        SELECT seq, sum(units) FILTER (till) AS received,
               count(*) FILTER (till) = 1
               AND count(*) FILTER (NOT till AND NOT internal AND units > 0) = 1 AS plain
        FROM in_books GROUP BY seq HAVING {condition}
    ),
    legs AS (
        SELECT seq, line, date, account, entity, till, internal, root, kind,
               -- Only parties with books can be paid; other names are assets that were bought.
               CASE WHEN list_contains($names, counterparty) THEN counterparty
               ELSE coalesce(party, payee, counterparty, 'not named') END AS name,
               units, plain, received
        FROM in_books JOIN entries USING (seq)
    )
"""
_ANY = "count(*) FILTER (till) > 0"
# Transfers within the group sum to zero. So an entry has a payment only if it reduces the cash.
_PAYS = "received < 0"
_COLUMNS = "seq, date, account, entity, till, internal, root, kind, name, units"


@once
def cash_passed(run: RunFolder) -> tuple[Passed, ...]:
    """Return every movement of the group's cash, in the order of entries.

    The reason is the account on the other side. If an entry has several such accounts, the cash is
    split in proportion to their amounts. A movement between cash accounts of the group is a
    transfer. If the group owes a part of its opening balance to creditors, these creditors are the
    source of this part. The other part is the group's own money, and its kind is `Opening`.
    """
    found = run.select(
        f"{_LEGS.format(when='', condition=_ANY)} SELECT {_COLUMNS} FROM legs ORDER BY seq, line",
        _parameters(run),
    )
    return tuple(_passed(found))


class PaidOnDay(NamedTuple):
    """Cash that the group paid on one day for one reason."""

    day: date
    reason: Reason
    cents: int


def payments_by_day(run: RunFolder, day: date | None = None) -> list[PaidOnDay]:
    """Return the group's payments, summed by day and reason, in the order of time.

    The payments are the same as in `cash_passed`. A plain entry (see `_LEGS`) has only one reason,
    so DuckDB can sum plain entries. The rows of these sums have no `seq`. Only the few other
    entries are read one by one.

    Args:
        run: the run whose books are read.
        day: the only day whose payments are read. None: all days.
    """
    when, of_day = ("AND date = $day", {"day": day}) if day else ("", {})
    found = run.select(
        f"""
        {_LEGS.format(when=when, condition=_PAYS)}
        SELECT NULL, date, NULL, NULL, false, false, root, kind, name, -sum(received)::BIGINT,
               NULL::INT AS line
        FROM legs WHERE plain AND NOT till AND NOT internal AND units > 0 GROUP BY ALL
        UNION ALL
        SELECT {_COLUMNS}, line FROM legs WHERE NOT plain ORDER BY 1 NULLS FIRST, line
        """,
        _parameters(run) | of_day,
    )
    sums = list(takewhile(lambda row: row[0] is None, found))
    paid = {(row[1], Reason(*row[6:9])): row[9] for row in sums}
    for passed in _passed(found[len(sums) :]):
        if isinstance(passed.taker, Reason):
            subject = passed.day, passed.taker
            paid[subject] = paid.get(subject, 0) + passed.cents
    return sorted(PaidOnDay(day, reason, cents) for (day, reason), cents in paid.items())


def _passed(rows: Iterable[tuple[Any, ...]]) -> Iterator[Passed]:
    """Yield each entry's movements of cash. The rows of an entry must follow one another."""
    legs = (_Leg._make((*row[:6], Reason(*row[6:9]), row[9])) for row in rows)
    for _, entry in groupby(legs, lambda leg: leg.seq):
        yield from _moves([*entry])


def _parameters(run: RunFolder) -> dict[str, object]:
    return {
        "tills": [*TILLS],
        "liquid": LIQUID,
        "money": MONEY,
        "group": list(run.chart.parties.group),
        "names": list(run.chart.parties.names),
    }


def _moves(entry: Sequence[_Leg]) -> Iterator[Passed]:
    """Split one entry into transfers, and into receipts and payments with their reasons."""
    seq, day = entry[0].seq, entry[0].day
    if len(entry) == 2 and entry[0].is_till != entry[1].is_till:  # a faster way for the usual case
        drawer, other = sorted(entry, key=lambda leg: not leg.is_till)
        if drawer.cents > 0:
            yield Passed(seq, day, other.reason, drawer.account, drawer.cents)
        else:
            yield Passed(seq, day, drawer.account, other.reason, -drawer.cents)
        return
    tills: dict[str, int] = {}
    books: dict[str, str] = {}
    for leg in entry:
        if leg.is_till:
            tills[leg.account] = tills.get(leg.account, 0) + leg.cents
            books[leg.account] = leg.entity
    for giver, taker in ((a, b) for a in tills for b in tills):
        cents = min(-tills[giver], tills[taker])
        if cents > 0:
            yield Passed(seq, day, giver, taker, cents)
            tills[giver] += cents
            tills[taker] -= cents
    for till, cents in tills.items():
        for reason, part in _reasons(entry, books[till], cents):
            if cents > 0:
                yield Passed(seq, day, reason, till, part)
            else:
                yield Passed(seq, day, till, reason, part)


def _reasons(entry: Sequence[_Leg], entity: str, cents: int) -> Iterator[tuple[Reason, int]]:
    """Split an entry's change of a cash account among the accounts on the other side.

    If such an account is a debt or claim within the group, the reason is in the books of the other
    firm of the group. An example is a customer's deposit that the maker receives as the house's
    agent.
    """
    others = [leg for leg in entry if not leg.is_till and leg.cents * cents < 0]
    outside = [leg for leg in others if not leg.is_internal]
    weights: dict[Reason, int] = {}
    for leg in outside:
        if leg.entity == entity:
            weights[leg.reason] = weights.get(leg.reason, 0) + abs(leg.cents)
    within = sum(abs(leg.cents) for leg in others if leg.is_internal and leg.entity == entity)
    behind = [leg for leg in outside if leg.entity != entity]
    for leg, part in zip(behind, pro_rata(within, [abs(leg.cents) for leg in behind]), strict=True):
        weights[leg.reason] = weights.get(leg.reason, 0) + part
    parts = pro_rata(abs(cents), list(weights.values()))
    return ((reason, part) for reason, part in zip(weights, parts, strict=True) if part)
