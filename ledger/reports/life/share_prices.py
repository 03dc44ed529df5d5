"""Shares of the house: recorded values at sales, computed values, and the maker's decisions.

A round is a sale of shares to investors. Appraisals (computed values) are recorded on the first day
of each month and at each round. There are three methods (see `ledger.appraisal`): by the growth of
fees, by the growth of fees without the captive maker's quotes, and by earnings as a trading firm. A
round has a note `custom "valuation"` with its name, the money raised, and the stated value of the
whole house.

Each month a maker with a policy reviews its quotes, and a note `custom "review"` states the venue,
the policy, the decision, the result of the month, and the result of the last twelve months. If the
house is appraised, a note about quotes on the house also states the value that the shares would
lose without these quotes.

The appraisals depend on fees, and fees depend on the recorded volume. The appraisals also depend on
the captive maker's share of the volume, on the effect of a thin book on the volume of others, and
on two assumptions with ranges: the multiple of growth and the multiple of earnings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.notes import Appraised, Reviewed, RoundValuation
from ledger.reports.dollars import TENTH, listed, spoken
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder


class Priced(NamedTuple):
    """One valuation of the house, in dollars."""

    basis_usd: Decimal  # the figure that the method multiplies
    low_usd: Decimal
    middle_usd: Decimal
    high_usd: Decimal


class PricedRound(NamedTuple):
    """A sale of shares in a funding round."""

    day: date
    name: str
    raised_usd: Decimal
    recorded_usd: Decimal | None  # stated value of the whole house, if on record


class Review(NamedTuple):
    """The maker's decision on the first of a month, with the figures behind it."""

    day: date
    venue: str
    policy: str
    decided: str
    month_usd: Decimal
    year_usd: Decimal
    shares_would_lose_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HouseValuation:
    """Sales of shares, appraisals of the house, and the maker's decisions."""

    maker: str
    priced: Mapping[str, Mapping[str, Priced]]  # by month or round, then by method
    rounds: Sequence[PricedRound]
    reviews: Sequence[Review]

    def answer(self) -> str:
        """Compare the last recorded value with the value by each method in the same round."""
        last = next((each for each in reversed(self.rounds) if each.recorded_usd), None)
        if last is None or last.recorded_usd is None:
            return "No shares with a recorded value were sold in this run."
        ways = self.priced.get(last.name, {})
        said = f"In the round of {last.day} the house was valued at {spoken(last.recorded_usd)}."
        priced = [
            f"{spoken(ways[way].middle_usd)} {how}"
            for way, how in (
                (BY_GROWTH, f"by the growth of fees with {self.maker}'s quotes"),
                (WITHOUT_MAKER, "by the growth of fees without these quotes"),
                (AS_TRADING_FIRM, "as a trading firm"),
            )
            if way in ways
        ]
        return f"{said} The computed value is {listed(priced)}." if priced else said

    def tables(self) -> list[Table]:
        """Return four tables: rounds, months, the maker's reviews, and all appraisals."""
        names = {each.name for each in self.rounds}
        months = {what: ways for what, ways in self.priced.items() if what not in names}
        return [
            _rounds_table(self.rounds, self.priced),
            _months_table(months),
            _reviews_table(self.reviews, self.maker),
            _ways_table(self.priced),
        ]


def valuation(run: RunFolder) -> HouseValuation:
    """Read appraisals, rounds and the maker's decisions from the books."""
    return HouseValuation(run.chart.parties.maker, appraisals(run), rounds(run), reviews(run))


def appraisals(run: RunFolder) -> dict[str, dict[str, Priced]]:
    """Return the appraisals by month (such as 2021-06) or round, and then by method."""
    found: dict[str, dict[str, Priced]] = {}
    for note in run.notes(Appraised):
        figures = (note.basis_usd, note.low_usd, note.middle_usd, note.high_usd)
        found.setdefault(note.what, {})[note.way] = Priced(*figures)
    return found


def rounds(run: RunFolder) -> list[PricedRound]:
    """Return the rounds in the order of their days."""
    return [
        PricedRound(day, note.name, note.raised_usd, note.valued_usd or None)
        for day, note in run.dated_notes(RoundValuation)
    ]


def reviews(run: RunFolder) -> list[Review]:
    """Return all reviews: the maker's decisions, with the figures behind them."""
    return [
        Review(
            day,
            note.venue,
            note.policy,
            note.decided,
            note.month_usd,
            note.year_usd,
            note.shares_lose_usd,
        )
        for day, note in run.dated_notes(Reviewed)
    ]


def _rounds_table(sold: Sequence[PricedRound], priced: Mapping[str, Mapping[str, Priced]]) -> Table:
    return Table(
        "rounds",
        "Sales of shares: the recorded and the computed value of the whole house",
        (
            "day",
            "round",
            "raised_usd",
            "recorded_usd",
            "growth_usd",
            "recorded_over_growth",
            "low_usd",
            "by_growth_usd",
            "high_usd",
            "without_quotes_usd",
            "as_trading_firm_usd",
        ),
        [(*each, *_beside(each, priced.get(each.name))) for each in sold],
        (
            "Growth is the fees of the last twelve full months before the round, less the fees "
            "of the twelve months before them. Months before the first month of the books count as "
            "zero. 'By growth' is growth times the middle one of three assumed multiples. 'Low' is "
            "growth times the lowest multiple, and 'high' is growth times the highest. If growth "
            "is negative, these values are zero.",
            "'Without quotes' is computed like 'by growth', but with the fees that the house would "
            "have received in the last twelve months without the captive maker's quotes. 'As "
            "trading firm' is a multiple of a year's earnings: fees less costs, plus the results "
            "of the maker's quotes.",
            "The recorded value is an input of the scenario. Only 'recorded over growth' depends "
            "on it.",
        ),
    )


def _beside(sold: PricedRound, ways: Mapping[str, Priced] | None) -> tuple[Cell, ...]:
    """Return the cells of a round's row that show the round's appraisals."""
    if ways is None:
        return (None,) * 7
    growth = ways[BY_GROWTH]
    return (
        growth.basis_usd,
        _multiple(sold.recorded_usd, growth.basis_usd),
        growth.low_usd,
        growth.middle_usd,
        growth.high_usd,
        ways[WITHOUT_MAKER].middle_usd,
        ways[AS_TRADING_FIRM].middle_usd,
    )


def _multiple(worth_usd: Decimal | None, basis_usd: Decimal) -> Decimal | None:
    if worth_usd is None or basis_usd <= 0:
        return None
    return (worth_usd / basis_usd).quantize(TENTH)


def _months_table(months: Mapping[str, Mapping[str, Priced]]) -> Table:
    return Table(
        "months",
        "The computed value of the house at the end of each month",
        (
            "month",
            "growth_usd",
            "by_growth_usd",
            "growth_without_quotes_usd",
            "without_quotes_usd",
            "quotes_are_worth_usd",
            "earnings_usd",
            "as_trading_firm_usd",
        ),
        [(month, *_in_month(ways)) for month, ways in months.items()],
        (
            "Growth is the fees of twelve months less the fees of the twelve months before them. "
            "Earnings are those of twelve months. Values are at the middle multiples. 'Quotes are "
            "worth' is the value by growth less the value without the quotes.",
        ),
    )


def _in_month(ways: Mapping[str, Priced]) -> tuple[Cell, ...]:
    growth, without, firm = (ways[way] for way in (BY_GROWTH, WITHOUT_MAKER, AS_TRADING_FIRM))
    return (
        growth.basis_usd,
        growth.middle_usd,
        without.basis_usd,
        without.middle_usd,
        growth.middle_usd - without.middle_usd,
        firm.basis_usd,
        firm.middle_usd,
    )


def _reviews_table(found: Sequence[Review], maker: str) -> Table:
    return Table(
        "reviews",
        f"{maker}'s decisions on its quotes, and the figures behind them",
        Review._fields,
        found,
        (
            "An independent maker halves the size of its quotes after each month with a loss. If "
            "the size would then be below an eighth of the full size, the maker stops. A captive "
            "maker moves its quotes from the lead venue to the house after the first month with a "
            "loss.",
            "On the house a captive maker reviews the last twelve months. The maker stops only if "
            "its quotes lost at least the value that the house's shares would lose without the "
            "quotes. Without an appraisal the maker never stops.",
        ),
    )


def _ways_table(priced: Mapping[str, Mapping[str, Priced]]) -> Table:
    return Table(
        "ways",
        "The value by each method, for each month and round, with its range",
        ("what", "way", *Priced._fields),
        [(what, way, *each) for what, ways in priced.items() for way, each in ways.items()],
    )
