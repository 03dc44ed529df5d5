"""The life of the group: what it owes, what it has, and the days on which one passed the other.

Cash pays; paper may. So three lines are told apart. Claims above the exchange's cash: customers'
money is in use. Claims above all that is liquid in the group: it could not pay at once, and with
its loans on top, not if lenders called them. Claims and loans above that, tokens at mark and
ventures at cost: it is insolvent, even if all of its paper were worth what it is marked at.

What drives the figures: whatever moved money. Loans stay in the group as cash until they are
spent, so the hole of the group counts them as a source, and a hole after loans stands beside it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from ledger.accounts import cash, lent
from ledger.chart import IN_KIND
from ledger.reports.days import calendar, dollars, posted_cents
from ledger.reports.dollars import ZERO
from ledger.reports.life.cage import unpaid_requests
from ledger.reports.life.paper_wealth import Marks, moved_by_group
from ledger.reports.life.waiting import HALTED, queue_usd, withdrawals
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of

BY = ("month", "day")
UNPAID_USE = "unpaid-use"  # how the books note a use of money for which none was left
LOANS = "Loans"  # the kind of an account


@dataclass(frozen=True, slots=True)
class Standing:
    """How the house group stands at the end of a day, in dollars."""

    day: date
    claims_usd: Decimal  # of customers outside the group
    house_cash_usd: Decimal
    liquid_usd: Decimal  # of the group, the exchange's cash among it
    credit_drawn_usd: Decimal  # by the captive maker, from the exchange
    loans_usd: Decimal  # owed to lenders
    at_cost_usd: Decimal  # ventures, and whatever else was bought and not booked as spent
    causes_usd: Decimal  # the sum of all kinds
    within_usd: Decimal  # what exchange and maker owe each other, from both sides
    tokens_usd: Decimal  # at mark; the group's own count zero
    queue_usd: Decimal  # withdrawals that wait

    @property
    def hole_of_exchange_usd(self) -> Decimal:
        """Return what the exchange alone lacks: above zero, customers' money is in use."""
        return self.claims_usd - self.house_cash_usd

    @property
    def hole_usd(self) -> Decimal:
        """Return what the group lacks to pay all customers."""
        return self.claims_usd - self.liquid_usd

    @property
    def hole_after_loans_usd(self) -> Decimal:
        """Return what it would lack if its lenders were paid as well."""
        return self.hole_usd + self.loans_usd

    @property
    def net_at_mark_usd(self) -> Decimal:
        """Return what is left at mark once all are paid; below zero the group is insolvent."""
        return self.tokens_usd + self.at_cost_usd - self.hole_after_loans_usd

    @property
    def unexplained_usd(self) -> Decimal:
        """Return what the kinds leave open of the hole: zero, or the chart misses an account."""
        return self.hole_usd - self.causes_usd


CUSTOMERS_MONEY = "customers' money is used: claims above the cash of {house}"
NOT_PAID, WAIT = "a use of money is not paid", "a withdrawal has to wait"
HALT = "withdrawals are halted"
# What is above zero from some day on, and how a day's end tells it. {house} is the exchange.
LINES: Mapping[str, Callable[[Standing], Decimal]] = {
    "the credit line is drawn": lambda at: at.credit_drawn_usd,
    CUSTOMERS_MONEY: lambda at: at.hole_of_exchange_usd,
    "claims above what is liquid in the group": lambda at: at.hole_usd,
    "claims and loans above what is liquid": lambda at: at.hole_after_loans_usd,
    "insolvent at mark: above tokens and ventures too": lambda at: -at.net_at_mark_usd,
}


class First(NamedTuple):
    """The first day of something, or None if it never came to that."""

    what: str
    day: date | None
    usd: Decimal | None  # by how much, at the end of that day
    days: int  # on how many days
    for_good_since: date | None  # from when it stayed so until the end


def timeline(run: RunFolder, by: str = "month") -> list[Table]:
    """Return the dated firsts, and how the group stood at the end of each month or day.

    Args:
        run: the books.
        by: one of BY.
    """
    days = standings(run)
    shown = days if by == "day" else month_ends(days)
    house = run.chart.parties.house
    return [
        _firsts_table(firsts(run, days), len(days)),
        _timeline_table(shown, house),
        _worth_table(shown),
        _identity_table(shown),
    ]


def standings(run: RunFolder) -> list[Standing]:
    """Read off the general ledger how every day ends, from its first entry to its last."""
    days, parts = calendar(run), _accounts(run)
    # Debts are below zero where they are booked, assets above.
    sums = posted_cents(run, list(parts.values())).cumsum(axis=0)
    usd = {part: [dollars(cents) for cents in sums[:, i]] for i, part in enumerate(parts)}
    tokens, queue = _tokens_usd(run, days), queue_usd(run, days)
    return [
        Standing(
            day,
            claims_usd=-usd["claims"][i],
            house_cash_usd=usd["house cash"][i],
            liquid_usd=usd["house cash"][i] + usd["other liquid"][i],
            credit_drawn_usd=usd["credit line"][i],
            loans_usd=-usd["loans"][i],
            at_cost_usd=usd["at cost"][i],
            causes_usd=usd["loans"][i] + usd["at cost"][i] + usd["other causes"][i],
            within_usd=usd["credit line"][i] + usd["other within"][i],
            tokens_usd=tokens[i],
            queue_usd=queue[i],
        )
        for i, day in enumerate(days)
    ]


def month_ends(days: Sequence[Standing]) -> list[Standing]:
    """Choose the last day of each month, and of the books."""
    # Of each month's days the last is left.
    return list({(at.day.year, at.day.month): at for at in days}.values())


def firsts(run: RunFolder, days: Sequence[Standing]) -> list[First]:
    """Return when each of LINES was passed, and when those who wanted money were not paid."""
    house, status = run.chart.parties.house, withdrawals(run, (at.day for at in days))
    uses, asked = _by_day(_unpaid_uses(run)), _by_day(unpaid_requests(run))
    return [
        *(_first(what.format(house=house), usd, days) for what, usd in LINES.items()),
        _first(NOT_PAID, lambda at: uses[at.day], days),
        _first(WAIT, lambda at: max(asked[at.day], at.queue_usd), days),
        _first(
            HALT,
            lambda at: at.claims_usd if status[at.day] == HALTED else ZERO,
            days,
        ),
    ]


# ------------------------------------------------------------------------- the accounts


def _accounts(run: RunFolder) -> dict[str, list[str]]:
    """Sort the accounts of the group by the part they play here; what is in kind plays none."""
    parties = run.chart.parties
    single = {
        cash(parties.house): "house cash",
        lent(parties.house, parties.maker): "credit line",
    }
    others = {
        "claim": "claims",
        "liquid": "other liquid",
        "group": "other within",
        "cause": "other causes",
    }
    parts: dict[str, list[str]] = {
        part: [] for part in (*single.values(), *others.values(), "loans", "at cost")
    }
    for account, opened in run.opens.items():
        role = opened.meta.get("hole")
        if role == "cause" and account.startswith("Liabilities:") and kind_of(account) == LOANS:
            parts["loans"].append(account)
        elif role == "cause" and account.startswith("Assets:"):
            parts["at cost"].append(account)
        elif role and role != IN_KIND:
            parts[single.get(account, others[role])].append(account)
    return parts


def _tokens_usd(run: RunFolder, days: Sequence[date]) -> list[Decimal]:
    """Mark what the group holds at the end of each day."""
    marks = Marks(run)
    moved: dict[date, list[tuple[str, Decimal]]] = defaultdict(list)
    for day, token, units in moved_by_group(run):
        moved[day].append((token, units))
    held: dict[str, Decimal] = defaultdict(Decimal)
    worth = []
    for day in days:
        for token, units in moved[day]:
            held[token] += units
        worth.append(marks.counted_usd(held, day))
    return worth


# --------------------------------------------------------------------------- the firsts


def _first(what: str, usd: Callable[[Standing], Decimal], days: Sequence[Standing]) -> First:
    beyond = [at for at in days if usd(at) > 0]
    if not beyond:
        return First(what, None, None, 0, None)
    lasting = list(takewhile(lambda at: usd(at) > 0, reversed(days)))
    since = lasting[-1].day if lasting else None
    return First(what, beyond[0].day, usd(beyond[0]), len(beyond), since)


def _unpaid_uses(run: RunFolder) -> list[tuple[date, Decimal]]:
    """Return for which uses no money was left, and how much each would have taken."""
    return [
        (entry.date, value.value.number)
        for entry in run.entries
        if isinstance(entry, data.Custom) and entry.type == UNPAID_USE
        for value in entry.values
        if isinstance(value.value, Amount)
    ]


def _by_day(amounts: Iterable[tuple[date, Decimal]]) -> defaultdict[date, Decimal]:
    by_day: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for day, usd in amounts:
        by_day[day] += usd
    return by_day


# --------------------------------------------------------------------------- the tables


def _firsts_table(found: Sequence[First], days: int) -> Table:
    return Table(
        "firsts",
        "The days on which it came to that",
        First._fields,
        found,
        (
            f"What counts is how a day ends, of {days} days; usd is by how much on the first of "
            "them. A day without a date never came. For good: from then on until the end.",
            "A wait is told by what was asked for in vain that day or is queued at its end, the "
            "larger of the two; a halt by the claims that it leaves unpaid.",
        ),
    )


def _timeline_table(shown: Sequence[Standing], house: str) -> Table:
    return Table(
        "timeline",
        "What is owed, what is there, and what is missing",
        (
            "day",
            "claims_usd",
            "house_cash_usd",
            "hole_of_exchange_usd",
            "credit_drawn_usd",
            "hole_usd",
            "loans_usd",
            "paper_usd",
            "queue_usd",
        ),
        [
            (
                at.day,
                at.claims_usd,
                at.house_cash_usd,
                at.hole_of_exchange_usd,
                at.credit_drawn_usd,
                at.hole_usd,
                at.loans_usd,
                at.tokens_usd,
                at.queue_usd,
            )
            for at in shown
        ],
        (
            f"Claims are those of customers outside the group. Above zero, the hole of the "
            f"exchange is what {house}'s own cash lacks of them, the hole what all that is liquid "
            "in the group lacks; below zero there is that much more than enough.",
            "Paper is tokens at the day's mark; the group's own token counts zero. Loans are owed "
            "to lenders outside, the credit line within the group, and the queue is part of the "
            "claims.",
        ),
    )


def _worth_table(shown: Sequence[Standing]) -> Table:
    return Table(
        "worth",
        "Is the group solvent at mark?",
        (
            "day",
            "liquid_usd",
            "paper_usd",
            "at_cost_usd",
            "claims_usd",
            "loans_usd",
            "net_at_mark_usd",
        ),
        [
            (
                at.day,
                at.liquid_usd,
                at.tokens_usd,
                at.at_cost_usd,
                at.claims_usd,
                at.loans_usd,
                at.net_at_mark_usd,
            )
            for at in shown
        ],
        (
            "Net is liquid assets, paper and ventures at cost, less claims and loans; below zero "
            "the group is insolvent even if all of that could be sold for what it is marked at.",
        ),
    )


def _identity_table(shown: Sequence[Standing]) -> Table:
    return Table(
        "identity",
        "The hole by its definition and by its kinds, and what the group owes itself",
        ("day", "hole_usd", "kinds_usd", "unexplained_usd", "within_group_usd"),
        [(at.day, at.hole_usd, at.causes_usd, at.unexplained_usd, at.within_usd) for at in shown],
        ("The last two must be 0.00 on every line.",),
    )
