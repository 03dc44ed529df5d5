"""Computes the maker's loss on a loan against a thinly traded token, as five factors vary.

    python -m runs.experiments.thin_collateral        (or: make thin-collateral)

Runs the scenario `thin-collateral` for each setting, on all cores, and reads the captive maker's
loss on the borrower from each run's books. Of the scenario's two tokens only MOB is kept. Four
factors are the token's weight as collateral, the depth of its order book, the number of pledged
tokens, and the price at the end. The fifth factor is `imf_factor`, the strength of a rule by which
a larger holding has a lower weight. Each weight is combined with each depth (the grid). The other
factors vary one at a time. The values of the factors are not on record for this loan. So the tables
show which values lead to the recorded loss. They do not show which values were true.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

from des.given import given
from des.scenario import Scenario
from ledger.reports.dollars import MILLION, TENTH
from ledger.reports.liquidations.pledged_results import PledgedResult, pledged
from ledger.reports.table import Table
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.scenarios import load

SCENARIO, TOKEN = "thin-collateral", "MOB"
# Weights that limit the loan. The weight for later margin checks is 0.05 higher.
WEIGHTS = (0.3, 0.5, 0.65, 0.8, 0.95)
DEPTHS_USD = (0.0, 280.0, 1_400.0, 7_000.0, 35_000.0)  # dollars for each basis point
CIRCULATING = 37_500_000.0
FACTORS = {
    "tokens": tuple(share * CIRCULATING for share in (0.05, 0.1, 0.25, 0.5, 0.75)),
    "after_usd": (6.0, 20.0, 40.0),
    "imf_factor": (0.0, 0.0002, 0.0005, 0.001, 0.002),
}


@dataclass(frozen=True, slots=True)
class ThinSetting:
    """The values of all factors in one case of the sweep."""

    weight_initial: float
    usd_per_bp: float
    tokens: float
    after_usd: float  # the price at the end of the run
    imf_factor: float

    @classmethod
    @cache
    def base(cls) -> "ThinSetting":
        """Return the setting with the scenario's own values."""
        scenario = load(SCENARIO)
        (loan,) = (each for each in scenario.pledged_loans if each.token == TOKEN)
        after_usd = scenario.markets[_market(scenario)].price.anchors[-1].price_usd
        return cls(
            loan.weight_initial, loan.book.usd_per_bp, loan.tokens, after_usd, loan.imf_factor
        )


def scenario_of(setting: ThinSetting) -> Scenario:
    """Return the scenario with a setting's values.

    Only the token MOB is kept, with its market and its loan.
    """
    scenario = load(SCENARIO)
    written = scenario.model_dump(exclude_none=True)
    (token,) = (each for each in written["leverage"]["tokens"] if each["name"] == TOKEN)
    (loan,) = (each for each in written["leverage"]["pledged_loans"] if each["token"] == TOKEN)
    market = written["markets"][_market(scenario)]
    *anchors, last = market["price"]["anchors"]
    market["price"]["anchors"] = (*anchors, last | {"price_usd": setting.after_usd})
    changes: dict[str, Any] = {
        "weight_initial": setting.weight_initial,
        "tokens": setting.tokens,
        "imf_factor": setting.imf_factor,
        "book": loan["book"] | {"usd_per_bp": setting.usd_per_bp},
    }
    weight = round(setting.weight_initial + 0.05, 6)
    return load(
        SCENARIO,
        {
            "leverage": {
                "tokens": (token | {"weight": weight},),
                "pledged_loans": (loan | changes,),
            },
            "markets": (market,),
            "sources": {},
        },
    )


def _market(scenario: Scenario) -> int:
    """Return the index of the market that gives the token's price."""
    tokens = given(scenario.leverage).tokens
    (priced_by,) = (each.market for each in tokens if each.name == TOKEN)
    return [market.name for market in scenario.markets].index(priced_by)


def outcome(setting: ThinSetting) -> PledgedResult:
    """Run one setting and read the maker's loss on the borrower from the books."""
    with books_of(scenario_of(setting)) as run:
        (found,) = pledged(run)
        return found


def grid() -> Iterator[ThinSetting]:
    """Yield the settings of the grid, which combine each weight with each depth."""
    for weight, depth in product(WEIGHTS, DEPTHS_USD):
        yield replace(ThinSetting.base(), weight_initial=weight, usd_per_bp=depth)


def lines() -> Iterator[tuple[str, float, ThinSetting]]:
    """Yield a factor, a value, and the base setting with this value, for each value in FACTORS."""
    for factor, values in FACTORS.items():
        for value in values:
            changes: dict[str, Any] = {factor: value}
            yield factor, value, replace(ThinSetting.base(), **changes)


def cases() -> list[ThinSetting]:
    """Return all settings of the two tables, each once."""
    return list(dict.fromkeys((*grid(), *(setting for *_, setting in lines()))))


def sweep_tables(found: dict[ThinSetting, PledgedResult]) -> list[Table]:
    """Return the table of the grid, and the table of results by factor."""
    losses = {
        (setting.weight_initial, setting.usd_per_bp): found[setting].loss_usd for setting in grid()
    }
    return [
        Table(
            "grid",
            "The captive maker's loss in millions of dollars, by weight and by depth of the book",
            ("weight_initial", *(f"usd_per_bp_{depth:.0f}" for depth in DEPTHS_USD)),
            [
                (str(weight), *(_millions(losses[weight, depth]) for depth in DEPTHS_USD))
                for weight in WEIGHTS
            ],
            (
                "A negative loss is a gain. Tokens that the maker has not sold by the end of the "
                "run count as lost. At a depth of 0 no token is sold.",
            ),
        ),
        Table(
            "by-factor",
            "The captive maker's loss in millions of dollars, one factor at a time",
            ("factor", "value", "lent", "worth_when_taken", "brought", "unsold", "loss"),
            [
                (
                    factor,
                    f"{value:_g}" if value < 1_000 else f"{value:_.0f}",
                    *(
                        _millions(usd)
                        for usd in (
                            found[setting].lent_usd,
                            found[setting].worth_usd,
                            found[setting].brought_usd,
                            found[setting].unsold_usd,
                            found[setting].loss_usd,
                        )
                    ),
                )
                for factor, value, setting in lines()
            ],
            (
                f"{CIRCULATING:_.0f} tokens are in circulation. The factor after_usd is the price "
                "at the end of the run. The factor imf_factor is the strength of a rule that "
                "reduces the weight of large holdings. It is not on record whether the exchange "
                "had this rule in April 2021.",
            ),
        ),
    ]


def _millions(usd: Decimal) -> Decimal:
    return (usd / MILLION).quantize(TENTH)


@experiment("grid", "by-factor")
def main() -> list[Table]:
    """Print the captive maker's loss on a loan against a thinly traded token."""
    return sweep_tables(run_cases(outcome, cases()))


if __name__ == "__main__":
    main()
