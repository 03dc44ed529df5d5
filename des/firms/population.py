"""The trading firms: firms that a scenario names, and firms drawn from its classes."""

import math
from collections.abc import Iterator
from statistics import NormalDist

from des.chance import decision_key
from des.scenario import Firm, FirmClass, Scenario

# Capital and reaction times of drawn firms stay within the limits that hold for named firms.
USD_MAX, REACTION_MS_MAX = 1e12, 60_000.0
CAPITAL_USD_MIN = 1.0

_NORMAL = NormalDist()


def trading_firms(scenario: Scenario) -> tuple[Firm, ...]:
    """Return all firms of a world: named firms first, then drawn firms.

    A drawn firm's speed and capital depend only on the seed, on its class and on its index in the
    class. So if a class becomes larger, its first firms keep their speed and capital, but perhaps
    not their names. Drawn firms receive numbered names in random order, so that a name does not
    reveal the class.
    """
    seed, firms = scenario.run.seed, scenario.firms
    drawn = [firm for each in firms.classes for firm in _members(seed, each)]
    dealt = sorted(range(len(drawn)), key=lambda i: decision_key(seed, "firms", "number", i))
    named = zip(firms.drawn_names, dealt, strict=True)
    return (*firms.members, *(Firm.model_validate({"name": name, **drawn[i]}) for name, i in named))


def _members(seed: int, each: FirmClass) -> Iterator[dict[str, float | str | bool]]:
    for i in range(each.trading + each.waiting):
        reaction_z, capital_z = (
            _standard_normal(decision_key(seed, "firms", quantity, each.category, i))
            for quantity in ("reaction", "capital")
        )
        reaction_ms = each.reaction_ms_median * math.exp(each.reaction_log_sd * reaction_z)
        capital_usd = each.capital_usd_median * math.exp(each.capital_log_sd * capital_z)
        capital_usd = min(max(round(capital_usd, 2), CAPITAL_USD_MIN), USD_MAX)
        yield {
            "category": each.category,
            # Three decimals of a millisecond are whole microseconds.
            "reaction_ms": min(round(reaction_ms, 3), REACTION_MS_MAX),
            "hurdle_bps": each.hurdle_bps,
            "capital_usd": capital_usd,
            "lead_share": each.lead_share,
            "order_share": each.order_share,
            "leverage_max": each.leverage_max,
            "fee_discount": each.fee_discount,
            "volume_30d_usd": min(capital_usd * each.volume_30d_share, USD_MAX),
            "lead_quotes_usd": capital_usd * each.lead_quotes_share,
            "waiting": i >= each.trading,
        }


def _standard_normal(key: int) -> float:
    # The middle of one of 2^52 equal parts of the range from 0 to 1. A float represents this number
    # exactly, and the number is never 0 or 1.
    return _NORMAL.inv_cdf(((key >> 12) + 0.5) / 2**52)
