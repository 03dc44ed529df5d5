"""Lists the important days of the exhibit: days from the books, news, and Luna's fall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.reports.dollars import spoken
from ledger.reports.life.milestones import First, Milestone
from ledger.reports.money.hole_opened import hole_opened
from ledger.run_folder import RunFolder

# An event of the real world, for comparison with the run. It is not read from the books.
LUNA = (
    date(2022, 5, 9),
    "Luna's fall begins: within four days Luna loses nearly all of its price",
    "public record: Binance spot LUNAUSDT, daily closes of 2022-05-06 to 2022-05-12",
)


@dataclass(frozen=True, slots=True)
class KeyDay:
    """A day and the event on it."""

    day: date
    what: str
    source: str  # books, scenario, or public record


def key_days(
    run: RunFolder, firsts: Mapping[Milestone, First], first: date, last: date
) -> list[KeyDay]:
    """Return the important days from *first* to *last*, in the order of time."""
    return sorted(
        (each for each in (*_booked(run, firsts), *_told(run)) if first <= each.day <= last),
        key=lambda each: each.day,
    )


def _booked(run: RunFolder, firsts: Mapping[Milestone, First]) -> list[KeyDay]:
    house = run.chart.parties.house
    named = [
        (firsts[Milestone.CUSTOMERS_MONEY].day, "customers' money is used for the first time"),
        *_opened(run),
        (
            firsts[Milestone.INSOLVENT].continuous_since,
            "the group is insolvent at market prices from this day to the end",
        ),
        (firsts[Milestone.WAIT].day, f"bank run: {house} can't pay every withdrawal at once"),
        (firsts[Milestone.HALT].day, "the halt: withdrawals end"),
    ]
    return [KeyDay(day, what[0].upper() + what[1:], "books") for day, what in named if day]


def _opened(run: RunFolder) -> list[tuple[date, str]]:
    """Return the day from which the hole stays open, and the day on which it then grows most.

    If the two days are the same, if there is no growth, or if customers are owed coins, return one
    entry. If there is no hole at the end, return an empty list.
    """
    opened = hole_opened(run)
    if not opened:
        return []
    growth = opened.growth
    most = growth and f"the hole grows most, by {spoken(growth.usd)}: {growth.in_words()}"
    if growth and growth.day == opened.day:
        return [(growth.day, f"the hole is open from this day to the end; {most}")]
    opens = "the hole is open from this day to the end: claims exceed the group's liquid assets"
    return [(opened.day, opens), *([(growth.day, str(most))] if growth else [])]


def _told(run: RunFolder) -> list[KeyDay]:
    news = [
        KeyDay(date.fromisoformat(str(each["date"])[:10]), each["what"], "scenario")
        for each in run.scenario.get("news", ())
    ]
    return [KeyDay(*LUNA), *news]
