"""Computes the hole by cause over time: each kind's running total by day, and its sum by period.

Signs are as in the hole: positive if a kind uses money, negative if a kind is a source of money.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.run_folder import RunFolder
from ledger.transaction import entity_of, kind_of
from runs.fava_page.line_picture import Line, LinePicture, line_picture
from runs.fava_page.links import entries_of_kind, entries_of_time
from runs.plots.paper import short

# Readers can't distinguish more than MOST + 1 lines. If there are more than MOST + 1 kinds, the
# largest kinds (MOST in number) have a line each, and all other kinds share one line.
MOST = 7
# A run of at most OF_DAYS days is divided into days, and a longer run of at most OF_WEEKS days into
# weeks. A still longer run is divided into months if it has at most OF_MONTHS days, and otherwise
# into years.
OF_DAYS, OF_WEEKS, OF_MONTHS = 8, 80, 370


@dataclass(frozen=True, slots=True)
class Moved:
    """The money that one or more kinds use in a period, and a link to entries of this period."""

    usd: Decimal
    link: str

    @property
    def told(self) -> str:
        """Return the amount as a short text."""
        return short(float(self.usd))


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A kind or several kinds, with the money used in each period and in all periods together."""

    name: str
    link: str | None  # None: the line sums several kinds
    moved: tuple[Moved, ...]
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Causes:
    """The picture of the hole by cause, and the table below the picture."""

    picture: LinePicture
    periods: tuple[str, ...]
    lines: tuple[CauseLine, ...]  # in the order of the picture's lines
    hole: CauseLine  # the sum of all lines


def cause_accounts(run: RunFolder) -> dict[str, list[str]]:
    """Return the accounts of causes in the group's own books. The key is the kind."""
    found: dict[str, list[str]] = {}
    for account, opened in run.opens.items():
        if opened.hole == "cause" and entity_of(account) in run.chart.parties.group:
            found.setdefault(kind_of(account), []).append(account)
    return found


def causes(run: RunFolder, marked: Sequence[date]) -> Causes:
    """Return the hole by cause over time.

    Args:
        run: the run.
        marked: the days to mark in the picture.
    """
    days, accounts = calendar(run), cause_accounts(run)
    posted = posted_cents(run, list(accounts.values()))
    shown = _shown(dict(zip(accounts, posted.T, strict=True)))
    drawn = [
        Line(name, list(map(dollars, cents.cumsum())), _link(name, accounts) or "")
        for name, cents in shown.items()
    ]
    word = period_word(len(days))
    periods = list(dict.fromkeys(map(word, days)))
    first = np.searchsorted([periods.index(word(day)) for day in days], range(len(periods)))

    def told(name: str, cents: np.ndarray) -> CauseLine:
        sums = np.add.reduceat(cents, first)
        kind = name if name in accounts else None
        moved = tuple(
            Moved(dollars(usd), entries_of_kind(kind, when) if kind else entries_of_time(when))
            for usd, when in zip(sums, periods, strict=True)
        )
        return CauseLine(name, _link(name, accounts), moved, dollars(cents.sum()))

    return Causes(
        line_picture(days, drawn, marked),
        tuple(periods),
        tuple(told(name, cents) for name, cents in shown.items()),
        told("the hole", posted.sum(axis=1)),
    )


def period_word(days: int) -> Callable[[date], str]:
    """Return a function that names the period of a date in Fava's syntax.

    The period is a day, a week, a month or a year. It depends on *days*, the number of days of the
    run.
    """
    if days <= OF_DAYS:
        return date.isoformat
    if days <= OF_WEEKS:
        return lambda day: f"{day:%G-w%V}"
    return (lambda day: f"{day:%Y-%m}") if days <= OF_MONTHS else (lambda day: f"{day:%Y}")


def _shown(cents: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the kinds with the largest absolute totals on any day, and the sum of the others."""
    reach = {kind: int(abs(posted.cumsum()).max()) for kind, posted in cents.items()}
    moved = sorted((kind for kind in cents if reach[kind]), key=lambda kind: (-reach[kind], kind))
    few = moved if len(moved) == MOST + 1 else moved[:MOST]
    rest = moved[len(few) :]
    shown = {kind: cents[kind] for kind in few}
    if rest:
        shown[f"{len(rest)} others"] = np.sum([cents[kind] for kind in rest], axis=0)
    return shown


def _link(name: str, accounts: Mapping[str, list[str]]) -> str | None:
    return entries_of_kind(name) if name in accounts else None
