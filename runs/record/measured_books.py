"""Figures of a run's books over any span of days, for comparison with recorded facts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from ledger.accounts import cash, coins_there, with_agent
from ledger.coins import names_owed
from ledger.kinds import CLAIM
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.dollars import OPENINGS, ZERO, number_of
from ledger.reports.life.balance_sheet import Balances, balances_at
from ledger.reports.life.standing import Standing, standings
from ledger.reports.market.maker_share import volume_by_day
from ledger.reports.paper_wealth import Marks, moved_by_group
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

Day = date | Literal["never"]
Figure = Decimal | Day


class Span(NamedTuple):
    """A range of days; the first and the last day are included."""

    first: date
    last: date


@dataclass(frozen=True)
class MeasuredBooks:
    """A run's books. Their figures are read when they are needed."""

    run: RunFolder

    @cached_property
    def days(self) -> Span:
        """The first and the last day of the books."""
        days = calendar(self.run)
        return Span(days[0], days[-1])

    @cached_property
    def _standings(self) -> dict[date, Standing]:
        return {standing.day: standing for standing in standings(self.run)}

    def standing(self, day: date) -> Standing:
        """Return the group's debts, cash, tokens and hole at the end of a day."""
        return self._standings[day]

    def standings(self) -> Iterator[Standing]:
        """Yield the group's debts, cash, tokens and hole at the end of each day."""
        yield from self._standings.values()

    @cached_property
    def _posted(self) -> tuple[dict[str, int], np.ndarray]:
        """The column number of each account, and the cents posted by day and account."""
        columns = {account: i for i, account in enumerate(self.run.opens)}
        return columns, posted_cents(self.run, [[account] for account in columns])

    def posted_usd(self, accounts: Sequence[str], span: Span) -> Decimal | None:
        """Return the dollars posted to some accounts, or None if the books have no such account."""
        columns, cents = self._posted
        known = sorted({columns[account] for account in accounts if account in columns})
        first, last = ((day - self.days.first).days for day in span)
        return dollars(cents[first : last + 1, known].sum()) if known else None

    def earned_usd(self, accounts: Sequence[str], span: Span) -> Decimal | None:
        """Return `posted_usd` with the opposite sign, so that income is positive."""
        posted = self.posted_usd(accounts, span)
        return None if posted is None else -posted

    @cached_property
    def traded_usd(self) -> Mapping[date, tuple[Decimal, Decimal]]:
        """The house venue's volume by day: filled by the captive maker, and by the other makers."""
        traded: dict[date, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        for (day, _), (maker_usd, others_usd) in volume_by_day(self.run).items():
            maker, others = traded[day]
            traded[day] = maker + maker_usd, others + others_usd
        return traded

    @cached_property
    def withdrawn_usd(self) -> Mapping[date, Decimal]:
        """Withdrawals less deposits of customers outside the group, by day.

        Coins are at the day's mark. The exchange pays some withdrawals, and the maker pays others
        as the exchange's agent.
        """
        parties, number = self.run.chart.parties, number_of(self.run)
        commodities = [MONEY, *names_owed(self.run.chart.coins)]
        tills = [cash(parties.house), coins_there(parties.house)]
        if parties.agent:
            tills.append(cash(parties.agent))
        paid = self.run.select(
            f"""
            SELECT date, commodity, -sum(units)::BIGINT FROM postings
            WHERE commodity IN (SELECT unnest($all)) AND account IN (SELECT unnest($tills))
                AND seq NOT IN {OPENINGS} AND seq IN
                    (SELECT seq FROM postings WHERE commodity IN (SELECT unnest($all))
                     AND hole = $claim)
            GROUP BY ALL ORDER BY ALL
            """,
            {"all": commodities, "tills": tills, "claim": CLAIM},
        )
        withdrawn: dict[date, Decimal] = defaultdict(lambda: ZERO)
        for day, commodity, units in paid:
            held = number(units, commodity)
            is_money = commodity == MONEY
            withdrawn[day] += held if is_money else self.marks.usd({commodity: held}, day)
        return withdrawn

    @cached_property
    def kept_by_agent_usd(self) -> Mapping[date, Decimal]:
        """Customers' dollars that the maker received for the exchange and still has, by day."""
        parties, days = self.run.chart.parties, calendar(self.run)
        if not parties.agent:
            return dict.fromkeys(days, ZERO)
        accounts = [[cash(parties.agent)], [with_agent(parties.house, parties.agent)]]
        had = posted_cents(self.run, accounts).cumsum(axis=0).min(axis=1)
        return {day: dollars(max(cents, 0)) for day, cents in zip(days, had, strict=True)}

    def balances(self, day: date) -> Balances:
        """Return each account's balance at the end of a day."""
        if day not in self._balances:
            self._balances[day] = balances_at(self.run, day)
        return self._balances[day]

    @cached_property
    def _balances(self) -> dict[date, Balances]:
        return {}

    @cached_property
    def marks(self) -> Marks:
        """The marks of coins and tokens."""
        return Marks(self.run)

    def units(self, token: str, day: date) -> Decimal:
        """Return the group's units of a token at the end of a day."""
        moved = moved_by_group(self.run)
        return sum((units for at, name, units in moved if name == token and at <= day), Decimal(0))
