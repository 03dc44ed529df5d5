"""Measures the loss on stale quotes by latency, size, number of firms and density of ticks.

    python -m runs.experiments.stale_quotes        (or: make stale-quotes)

Simulates the maker's quotes and the firms in the first market of `may-2021`, without settlements,
books or customers. In each case the displayed size is fixed, and the refresh interval equals the
latency. Firms pay the lowest taker fee, which is the fee for the largest volumes. At the start of
each hour, firms have their opening capital and no position. All cases with the same seed have the
same price at each full hour. Standard errors are over seeds.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import numpy as np

from des.bookkeeping import contracts_of
from des.clock import HOUR_US, midnight_us
from des.firms.population import trading_firms
from des.market.gateways import Gateways
from des.price.lead_price import LeadPrice
from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.race import NO_ORDERS, Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, gateway_keys, terms
from des.scenario import Scenario
from ledger.money import to_cents
from ledger.reports.table import Cell, Table
from runs.experiments.experiment import experiment, run_cases
from runs.scenarios import load

NOT_ASKED = OtherQuotes(0, 1, 0)  # other makers' quotes, which have no effect without customers

SCENARIO = "may-2021"
SEEDS = (1, 2, 3, 4, 5, 6)
LATENCIES_S = (0.1, 0.5, 1.0, 2.0, 4.0)
SIZES_USD = (100_000, 1_000_000, 10_000_000)  # displayed size on each level and side
FIRMS = (1, 3, 8)  # numbers of firms: the fastest, the three fastest, all eight
TICKS_PER_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
LATENCIES_BY_TICKS_S = (0.1, 0.5, 2.0)
DENSE = 8.0  # ticks a second in the table `loss-by-latency`


class Quoted(NamedTuple):
    """The latency and size of the quotes, and the number of firms."""

    latency_s: float  # the latency, which is also the time between refreshes
    size_usd: int
    firms: int


class Month(NamedTuple):
    """One price path of a month, by its density of ticks and its seed."""

    ticks_per_s: float
    seed: int


Losses = dict[Quoted, float]  # millions of dollars


def ways(ticks_per_s: float) -> list[Quoted]:
    """Return the settings to play on a price path with this number of ticks a second."""
    by_ticks = [Quoted(latency_s, SIZES_USD[0], FIRMS[-1]) for latency_s in LATENCIES_BY_TICKS_S]
    if ticks_per_s != DENSE:
        return by_ticks
    return [Quoted(*each) for each in product(LATENCIES_S, SIZES_USD, FIRMS)]


def losses(case: Month) -> Losses:
    """Play a price path with each of its settings, and return the loss of each setting."""
    scenario = load(SCENARIO, {"run": {"seed": case.seed}})
    races = [_Race(scenario, quoted) for quoted in ways(case.ticks_per_s)]
    market, run = scenario.markets[0], scenario.run
    law = market.price.model_copy(update={"ticks_per_s": case.ticks_per_s})
    start_us, end_us = midnight_us(run.start), midnight_us(run.end)
    lead = LeadPrice(run.seed, market.name, law, Decimal(market.tick_usd), start_us, end_us)
    for race in races:
        race.begin(lead)
    for hour_us in range(start_us, end_us, HOUR_US):
        for race in races:
            race.play(lead, hour_us)
    return {race.quoted: race.lost_cents / 1e8 for race in races}


class _Race:
    """The race of firms to hit the maker's quotes, with one setting and one price path."""

    def __init__(self, scenario: Scenario, quoted: Quoted) -> None:
        self.quoted, self.lost_cents = quoted, 0
        fastest = sorted(trading_firms(scenario), key=lambda firm: firm.reaction_ms)
        self._firms = fastest[: quoted.firms]
        self._market, self._seed = scenario.markets[0], scenario.run.seed
        quoter = self._market.quoter.model_copy(
            update={"latency_s": quoted.latency_s, "refresh_s": quoted.latency_s}
        )
        self._policy, self._takers = QuotingPolicy.of(quoter), Takers.of(self._firms)
        self._gateways = Gateways.of(scenario.house)
        self._contract = contracts_of(scenario, scenario.house.name)[0]
        n = len(self._firms)
        flat = np.zeros(n, dtype=np.int64)
        on_house = [to_cents(firm.capital_usd - firm.on_lead_usd) for firm in self._firms]
        claims = np.array(on_house, dtype=np.int64)
        fee_e6 = round(scenario.house.fee_tiers[-1].taker_bps * 100)
        # Margin is always sufficient, so it limits no hit.
        margin = np.full(n, np.iinfo(np.int64).max)
        fees = np.full(n, fee_e6, dtype=np.int64)
        self._state = FirmsInMarket(flat, claims, margin, fees, np.ones(n, dtype=np.bool_))

    def begin(self, lead: LeadPrice) -> None:
        """Start a session on a price path, without quotes."""
        n = len(self._firms)
        self._session = Session(
            lead,
            self._policy,
            self._takers,
            gateway_keys(self._seed, self._market.name, self._firms),
            Codes(np.zeros(n + 1, dtype=np.int64), np.zeros(2, dtype=np.int64)),
        )

    def play(self, lead: LeadPrice, hour_us: int) -> None:
        """Play an hour, and add the losses of the maker's quotes to `lost_cents`.

        The loss of a fill is measured at the lead price at the time of the fill.
        """
        tick_cents = self._contract.cents_per_lot_tick
        mark = round(lead.hour_price_usd(hour_us) / float(self._contract.tick_usd))
        shown_cents = to_cents(self.quoted.size_usd)
        decided = Decisions(
            self._policy.plan(mark, mark * tick_cents, 0, shown_cents),
            terms(self._takers, mark, tick_cents, self._state),
            self._gateways.at(lead.hour_volatility_ratio(hour_us)),
            NOT_ASKED,
        )
        span = (hour_us, hour_us + HOUR_US)
        rows = self._session.play(*span, 0.0, decided, NO_ORDERS).rows
        self.lost_cents += int(((rows["lead"] - rows["price"]) * rows["lots"]).sum()) * tick_cents


def stale_quote_tables(found: dict[Month, Losses]) -> list[Table]:
    """Return two tables: the loss by latency, size and firms, and the loss by density of ticks."""
    by_way: dict[tuple[float, Quoted], list[float]] = defaultdict(list)
    for case, of_case in found.items():
        for quoted, millions in of_case.items():
            by_way[case.ticks_per_s, quoted].append(millions)
    return [_by_latency(by_way), _by_ticks(by_way)]


def _by_latency(by_way: dict[tuple[float, Quoted], list[float]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            f"{latency_s:g}",
            size_usd,
            *(
                cell
                for firms in FIRMS
                for cell in _mean_and_error(by_way[DENSE, Quoted(latency_s, size_usd, firms)])
            ),
        )
        for latency_s, size_usd in product(LATENCIES_S, SIZES_USD)
    ]
    columns = (f"{what}_{_firms(n)}" for n in FIRMS for what in ("lost_m", "error_m"))
    return Table(
        "loss-by-latency",
        "Loss on stale quotes in May 2021, in millions of dollars",
        ("latency_s", "shown_usd", *columns),
        rows,
        (
            f"BTC-PERP with {DENSE:g} ticks a second, over {len(SEEDS)} seeds. The refresh "
            "interval equals the latency. A case with n firms has the n fastest firms. "
            "Errors are standard errors over seeds. All cases with the same seed have the same "
            "price, so the difference of two cases is much more precise than their losses.",
        ),
    )


def _by_ticks(by_way: dict[tuple[float, Quoted], list[float]]) -> Table:
    def rows() -> Iterator[tuple[str, ...]]:
        for latency_s in LATENCIES_BY_TICKS_S:
            quoted = Quoted(latency_s, SIZES_USD[0], FIRMS[-1])
            for ticks in TICKS_PER_S:
                lost = by_way[ticks, quoted]
                denser = by_way.get((2 * ticks, quoted))
                moved = [b - a for a, b in zip(lost, denser, strict=True)] if denser else []
                yield (
                    f"{latency_s:g}",
                    f"{ticks:g}",
                    *_mean_and_error(lost),
                    *(_mean_and_error(moved) if moved else ("", "")),
                )

    return Table(
        "loss-by-ticks",
        "Loss on stale quotes with 100,000 dollars a level, by number of ticks a second",
        ("latency_s", "ticks_per_s", "lost_m", "error_m", "if_twice_as_dense_m", "its_error_m"),
        list(rows()),
        (
            "Losses are in millions of dollars. The column if_twice_as_dense_m has the change of "
            "the loss if there are twice as many ticks and the seeds are the same.",
        ),
    )


def _firms(n: int) -> str:
    return "1_firm" if n == 1 else f"{n}_firms"


def _mean_and_error(values: Sequence[float]) -> tuple[str, str]:
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return f"{statistics.mean(values):.3f}", f"{error:.3f}"


@experiment("loss-by-latency", "loss-by-ticks")
def main() -> list[Table]:
    """Print the loss on stale quotes by latency, size, number of firms, and density of ticks."""
    cases = [Month(ticks, seed) for ticks in sorted(TICKS_PER_S, reverse=True) for seed in SEEDS]
    cases.sort(key=lambda case: -len(ways(case.ticks_per_s)))
    return stale_quote_tables(run_cases(losses, cases))


if __name__ == "__main__":
    main()
