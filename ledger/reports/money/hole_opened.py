"""How long the hole has been open, when it grew most, and the largest use on that day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise, takewhile

from ledger.accounts import cash
from ledger.coins import names_owed
from ledger.kinds import CAUSE, CLAIM, LIQUID, Kind
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.dollars import ZERO, openings, spoken
from ledger.reports.money.hole_in_kind import coins_at_mark
from ledger.reports.once import once
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

NAMED = 2  # the largest number of recipients that a sentence names
NOT_NAMED = "not named"


@dataclass(frozen=True, slots=True)
class DayOfHole:
    """The hole at the end of a day. Customers' coins are valued at the day's mark."""

    day: date
    hole_usd: Decimal  # the hole of the group
    hole_of_exchange_usd: Decimal  # if positive, customers' money is in use


@dataclass(frozen=True, slots=True)
class Growth:
    """The day on which the hole grew most, and the kind that used the most money on that day."""

    day: date
    usd: Decimal
    kind: str
    kind_usd: Decimal
    recipients_usd: tuple[tuple[str, Decimal], ...]  # recipients, the largest amount first

    def in_words(self) -> str:
        """Return a part of a sentence: the amount that the kind used, and its main recipients."""
        used, is_loan = spoken(self.kind_usd), self.kind == Kind.LOANS
        named = [each for each in self.recipients_usd[:NAMED] if each[0] != NOT_NAMED]
        if [usd for _, usd in named] == [self.kind_usd]:
            name = named[0][0]
            return (
                f"{name} was repaid {used}"
                if is_loan
                else f"{self.kind} used {used}, paid to {name}"
            )
        said = "lenders were repaid" if is_loan else f"{self.kind} used"
        parts = [f"{spoken(usd)} to {recipient}" for recipient, usd in named if usd > 0]
        return f"{said} {used} ({', '.join(parts)})" if parts else f"{said} {used}"


@dataclass(frozen=True, slots=True)
class HoleOpened:
    """The day on which the hole last opened, and the hole's largest growth on a day since then."""

    day: date  # since this day the hole has been open
    is_opening: bool  # whether the hole has been open since the opening balances
    counts_coins: bool  # whether customers are owed coins; the hole counts coins at their marks
    growth: Growth | None  # None if there is no growth, or if customers are owed coins

    def in_a_sentence(self) -> str:
        """State how long the hole has been open, and the largest use on the day of most growth."""
        if self.is_opening:
            said = "the hole was there in the opening balances"
        else:
            said = f"the hole stayed open from {self.day} on"
        said = f"With coins at market prices {said}" if self.counts_coins else f"T{said[1:]}"
        if not self.growth:
            return f"{said}."
        is_same = self.growth.day == self.day and not self.is_opening
        day = "that day" if is_same else str(self.growth.day)
        grown = spoken(self.growth.usd)
        return f"{said} and grew most on {day}, by {grown}: {self.growth.in_words()}."

    def deeper(self) -> list[str]:
        """Name the command that lists the entries of `growth.kind` on `growth.day`."""
        if not self.growth:
            return []
        day, kind = self.growth.day, self.growth.kind
        asked = f"moneytrail trail RUN --kind {kind} --since {day} --until {day}"
        return [f"Entries of {day}: {asked}"]


@once
def holes_by_day(run: RunFolder) -> tuple[DayOfHole, ...]:
    """Return the hole at the end of each day, from the first entry to the last entry or note."""
    own = cash(run.chart.parties.house)
    claims, liquid = (
        [account for account, opened in run.opens.items() if opened.hole == part]
        for part in (CLAIM, LIQUID)
    )
    others = [account for account in liquid if account != own]
    sums = posted_cents(run, [claims, [own], others]).cumsum(axis=0)
    found = []
    for day, (owed, own_cents, other_cents), coins in zip(
        calendar(run), sums.tolist(), coins_at_mark(run), strict=True
    ):
        exchange_usd = dollars(-owed - own_cents) + coins.owed_usd - coins.there_usd
        found.append(DayOfHole(day, exchange_usd - dollars(other_cents), exchange_usd))
    return tuple(found)


def hole_opened(run: RunFolder) -> HoleOpened | None:
    """Return the last opening of the hole, or None if there is no hole at the end."""
    days = holes_by_day(run)
    still_open = [*takewhile(lambda at: at.hole_usd > 0, reversed(days))]
    if not still_open:
        return None
    opened, at_first_usd = still_open[-1].day, _opening_hole_usd(run)
    growth, counts_coins = None, bool(names_owed(run.chart.coins))
    if not counts_coins:
        holes_usd = [at_first_usd, *(at.hole_usd for at in days)]
        grown = [
            (after - before, at.day)
            for (before, after), at in zip(pairwise(holes_usd), days, strict=True)
            if at.day >= opened
        ]
        usd, day = max(grown, key=lambda each: each[0])
        growth = _growth(run, day, usd) if usd > 0 else None
    is_opening = opened == days[0].day and at_first_usd > 0
    return HoleOpened(opened, is_opening, counts_coins, growth)


def _opening_hole_usd(run: RunFolder) -> Decimal:
    """Return the hole of the opening balances, in dollars."""
    ((cents,),) = run.select(
        """
        SELECT coalesce(-sum(units), 0)::BIGINT FROM postings
        WHERE commodity = $money AND hole IN ($claim, $liquid) AND list_contains($openings, seq)
            AND seq <= list_max($openings)  -- so that no other part of the files is read
        """,
        {"money": MONEY, "claim": CLAIM, "liquid": LIQUID, "openings": openings(run)},
    )
    return dollars(cents)


def _growth(run: RunFolder, day: date, usd: Decimal) -> Growth:
    """Return a day's growth, the kind that used the most money, and the kind's recipients."""
    used: dict[str, list[tuple[str, Decimal]]] = {}
    for kind, party, cents in run.select(
        "SELECT kind, coalesce(party, payee, ?) AS who, sum(units)::BIGINT AS cents FROM postings "
        "WHERE commodity = ? AND hole = ? AND date = ? AND NOT list_contains(?, seq) "
        "GROUP BY ALL ORDER BY cents DESC, who",
        [NOT_NAMED, MONEY, CAUSE, day, openings(run)],
    ):
        used.setdefault(kind, []).append((party, dollars(cents)))
    sums = {kind: sum((part for _, part in parties), ZERO) for kind, parties in used.items()}
    largest = max(sums, key=lambda kind: (sums[kind], kind))
    return Growth(day, usd, largest, sums[largest], tuple(used[largest]))
