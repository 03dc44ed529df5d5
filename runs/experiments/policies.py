"""Plays the same life and seed under several policies of the maker and the exchange.

    python -m runs.experiments.policies        (or: make policies)

There are four kinds of policy. (1) The maker is captive, as in the scenario `ftx-sampled`. (2) The
captive maker stops quoting on a given day. (3) The maker is independent: it halves its displayed
size after a month with a loss, and stops if the size would be too small. (4) The maker is captive,
but the exchange never lends customers' money. All lives have the sampled hours of `ftx-sampled`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ledger.kinds import Kind
from ledger.reports.dollars import ZERO
from ledger.reports.life.milestones import Milestone, firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.scenarios import load

SCENARIO = "ftx-sampled"
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "captive": {"maker": {"policy": "captive"}},
    "independent": {"maker": {"policy": "independent"}},
    "stop at 2020-01-01": {"maker": {"quoter_off": date(2020, 1, 1)}},
    "stop at 2021-01-01": {"maker": {"quoter_off": date(2021, 1, 1)}},
    "stop at 2022-01-01": {"maker": {"quoter_off": date(2022, 1, 1)}},
    "never lend customer money": {"group": {"never_lend_customer_money": True}},
}


class Life(NamedTuple):
    """The figures of one life's books. A date is None if its event did not happen."""

    quotes_off_since: date | None  # the day of the last stop; None: the maker quotes at the end
    quotes_lose_usd: Decimal  # the loss after spread and hedging costs; a gain is negative
    fees_usd: Decimal
    claims_usd: Decimal  # claims of customers outside the group at the end
    house_cash_usd: Decimal
    hole_usd: Decimal
    days_of_customers_money: int
    first_day_of_use: date | None
    first_unpaid_use: date | None
    first_wait: date | None
    first_halt: date | None


def life(policy: str) -> Life:
    """Run the life under a policy, and read the figures from its books."""
    with books_of(load(SCENARIO, dict(POLICIES[policy]))) as run:
        return read(run)


def read(run: RunFolder) -> Life:
    """Read the figures of a life from a run's books."""
    days, kinds = standings(run), hole(run).kinds_usd
    end = days[-1]
    found = firsts(run, days)
    used = found[Milestone.CUSTOMERS_MONEY]
    quotes = (kinds.get(kind, ZERO) for kind in (Kind.PICKOFF, Kind.SPREAD, Kind.HEDGING))
    return Life(
        _off_since(run),
        sum(quotes, ZERO),
        -kinds.get(Kind.FEES, ZERO),
        end.claims_usd,
        end.house_cash_usd,
        end.hole_usd,
        used.days,
        used.day,
        found[Milestone.NOT_PAID].day,
        found[Milestone.WAIT].day,
        found[Milestone.HALT].day,
    )


def _off_since(run: RunFolder) -> date | None:
    """Return the day of the maker's last stop, or None if the maker quotes at the end."""
    name = f"{run.chart.parties.maker}:quoter"
    day, said = run.events(name)[-1]
    return day if said == "off" else None


def policy_tables(lives: Mapping[str, Life]) -> list[Table]:
    """Return the table of results, with a row for each policy."""
    return [
        Table(
            "policies",
            "The results of one life with one seed, under each policy",
            ("policy", *Life._fields),
            [(policy, *found) for policy, found in lives.items()],
            (
                "Customers' money is in use on days that end with claims above the exchange's "
                "own cash. A blank date means that the event never happened. In the column "
                "quotes_off_since a blank means that the maker quotes at the end. The maker is "
                "captive under every policy except independent.",
                "The column quotes_lose_usd has the loss on stale quotes plus hedging costs minus "
                "spread income. A negative loss is a gain. A use of money that can't be paid on "
                "its day is never paid.",
            ),
        )
    ]


@experiment("policies")
def main() -> list[Table]:
    """Print the results of one life under each policy of the maker or of the exchange."""
    return policy_tables(run_cases(life, list(POLICIES)))


if __name__ == "__main__":
    main()
