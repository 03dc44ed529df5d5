"""Computes the cost of an account that borrows against a thin token, by five factors.

    python -m runs.experiments.thin_collateral        (or: make thin-collateral)

Runs the scenario `thin-collateral` with one of its two tokens, MOB, for each setting, on all cores,
and reads the captive maker's loss on the borrower from each run's books. Four factors are the
token's weight as collateral, the depth of its order book, the holding, and the price at the end.
The fifth factor is `imf_factor`, the strength of a rule by which a larger holding has a lower
weight. Weight and depth form a grid. The other factors move one at a time. No factor of the account
is on record. So the tables show under which conditions the recorded loss arises. They do not show
the true conditions.
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
# Weights at the time of the loan. The weight for margin checks is 0.05 higher.
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
        """Return the setting of the unchanged scenario."""
        scenario = load(SCENARIO)
        (loan,) = (each for each in scenario.pledged_loans if each.token == TOKEN)
        after_usd = scenario.markets[_market(scenario)].price.anchors[-1].price_usd
        return cls(
            loan.weight_initial, loan.book.usd_per_bp, loan.tokens, after_usd, loan.imf_factor
        )


def scenario_of(setting: ThinSetting) -> Scenario:
    """Return the scenario with a setting, and without the other token."""
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
    """Return the index of the market whose price is the token's price."""
    tokens = given(scenario.leverage).tokens
    (priced_by,) = (each.market for each in tokens if each.name == TOKEN)
    return [market.name for market in scenario.markets].index(priced_by)


def outcome(setting: ThinSetting) -> PledgedResult:
    """Run one setting and read the maker's loss on the borrower from the books."""
    with books_of(scenario_of(setting)) as run:
        (found,) = pledged(run)
        return found


def grid() -> Iterator[ThinSetting]:
    """Yield the settings of the grid: each weight with each depth."""
    for weight, depth in product(WEIGHTS, DEPTHS_USD):
        yield replace(ThinSetting.base(), weight_initial=weight, usd_per_bp=depth)


def lines() -> Iterator[tuple[str, float, ThinSetting]]:
    """Yield each factor with each of its values and the setting."""
    for factor, values in FACTORS.items():
        for value in values:
            changes: dict[str, Any] = {factor: value}
            yield factor, value, replace(ThinSetting.base(), **changes)


def cases() -> list[ThinSetting]:
    """Return every setting, each once."""
    return list(dict.fromkeys((*grid(), *(setting for *_, setting in lines()))))


def sweep_tables(found: dict[ThinSetting, PledgedResult]) -> list[Table]:
    """Return the table of the grid, and the table of results along each factor."""
    losses = {
        (setting.weight_initial, setting.usd_per_bp): found[setting].loss_usd for setting in grid()
    }
    return [
        Table(
            "grid",
            "The captive maker's loss on the account in millions, by weight and by depth of book",
            ("weight_initial", *(f"usd_per_bp_{depth:.0f}" for depth in DEPTHS_USD)),
            [
                (str(weight), *(_millions(losses[weight, depth]) for depth in DEPTHS_USD))
                for weight in WEIGHTS
            ],
            (
                "A negative loss is a gain. Tokens that are not sold by the end of the run count "
                "as lost. At a depth of 0 no token is sold.",
            ),
        ),
        Table(
            "by-factor",
            "The captive maker's loss on the account in millions, one factor at a time",
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
                f"{CIRCULATING:_.0f} tokens are in circulation. after_usd is the price at the end "
                "of the run. imf_factor belongs to a rule of the venue that reduces the weight of "
                "large holdings. It is not on record whether this rule was in force then.",
            ),
        ),
    ]


def _millions(usd: Decimal) -> Decimal:
    return (usd / MILLION).quantize(TENTH)


@experiment("grid", "by-factor")
def main() -> list[Table]:
    """Print the captive maker's loss on an account that borrows against a thin token."""
    return sweep_tables(run_cases(outcome, cases()))


if __name__ == "__main__":
    main()
