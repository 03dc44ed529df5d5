"""Finds unused keys in a scenario: keys without an effect.

The author of a scenario expects that each key has an effect. A key is unused if the value of
another key makes it useless, or if the part of the scenario that uses the key is missing.
"""

from collections.abc import Iterator, Sequence

from des.scenario.demand import Demand
from des.scenario.firms import Firms
from des.scenario.group import Group
from des.scenario.leverage import Leverage
from des.scenario.maker import Maker
from des.scenario.market import Market

Fault = tuple[tuple[str | int, ...], str]  # the location of a key, and the text of the error


def unused_of_maker(
    maker: Maker, markets: Sequence[Market], leverage: Leverage | None
) -> Fault | None:
    """Find the first unused key about the captive maker, or return None."""
    return next(_unused_of_maker(maker, markets, leverage), None)


def unused_of_demand(
    demand: Demand, markets: Sequence[Market], group: Group | None
) -> Fault | None:
    """Find the first unused key about customers' demand, or return None."""
    return next(_unused_of_demand(demand, markets, group), None)


def unused_quotes(maker: Maker, firms: Firms) -> Fault | None:
    """Find the first stated size of quotes on the lead venue, or return None.

    In a scenario without the table `lead.quoting` this size has no effect.
    """
    quotes: list[tuple[tuple[str | int, ...], float]] = [
        (("maker", "lead_quotes_usd"), maker.lead_quotes_usd)
    ]
    quotes += [
        (("firms", "members", i, "lead_quotes_usd"), firm.lead_quotes_usd)
        for i, firm in enumerate(firms.members)
    ]
    quotes += [
        (("firms", "classes", i, "lead_quotes_share"), each.lead_quotes_share)
        for i, each in enumerate(firms.classes)
    ]
    faults = (
        (place, f"is {shown:_}; give lead.quoting too, or give 0")
        for place, shown in quotes
        if shown
    )
    return next(faults, None)


def _unused_of_maker(
    maker: Maker, markets: Sequence[Market], leverage: Leverage | None
) -> Iterator[Fault]:
    if not any(market.depth for market in markets):
        # 0 is allowed: it can replace the share of a base file whose markets have depth.
        if maker.depth_share:
            yield (
                ("maker", "depth_share"),
                f"is {maker.depth_share:g}; give 0 or leave it out, since no market has depth",
            )
        if maker.depth_share_steps:
            yield (
                ("maker", "depth_share_steps"),
                "have no effect; leave them out, since no market has depth",
            )
    policy = maker.quoting.policy
    for i, quoter in enumerate(market.quoter for market in markets):
        if policy == "stated" and quoter.most_displayed_usd is not None:
            yield (
                ("markets", i, "quoter", "most_displayed_usd"),
                f"is {quoter.most_displayed_usd:_}; leave it out, since maker.quoting.policy is "
                "'stated'",
            )
        if quoter.displayed_usd_steps and policy != "stated":
            yield (
                ("markets", i, "quoter", "displayed_usd_steps"),
                f"have no effect; leave them out, since maker.quoting.policy is '{policy}'",
            )
        if quoter.levels == 1 and quoter.level_step_bps:
            yield (
                ("markets", i, "quoter", "level_step_bps"),
                f"is {quoter.level_step_bps:g}; leave it out, since there is 1 level",
            )
    for i, provider in enumerate(leverage.providers if leverage else ()):
        if provider.name == maker.name and provider.capital_usd:
            yield (
                ("leverage", "providers", i, "capital_usd"),
                f"is {provider.capital_usd:_}; leave it out, since {maker.name} has its own money",
            )


def _unused_of_demand(
    demand: Demand, markets: Sequence[Market], group: Group | None
) -> Iterator[Fault]:
    key = "wanted_of_days" if demand.closure == "stated" else "demand"
    for i, market in enumerate(markets):
        if getattr(market, key):
            yield (
                ("markets", i, key),
                f"has no effect on customers; leave it out, since demand.closure is "
                f"'{demand.closure}'",
            )
    if demand.closure == "stated" or (group and group.valuation):
        return
    for key in ("spread_elasticity", "depth_elasticity"):
        if found := getattr(demand, key):
            yield (
                ("demand", key),
                f"is {found:g}; leave it out, since demand.closure is 'recorded' and there is no "
                "group.valuation, which would use the key",
            )
