"""A whole scenario, and the checks that its parts fit together."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from des.clock import midnight_us
from des.given import given
from des.scenario.customer_coins import CustomerCoin, fault_of_coins
from des.scenario.customers import ARRIVALS_PER_DAY_MAX, News, OtherMakers, Retail
from des.scenario.demand import Demand
from des.scenario.firms import Firms
from des.scenario.group import Group
from des.scenario.leverage import Leverage, Provider, check_sampling
from des.scenario.maker import Maker
from des.scenario.market import Market
from des.scenario.pledged import PledgedLoan
from des.scenario.portfolio import HeldCoin
from des.scenario.quantities import ContradictionError, Part, SourceText, check_distinct
from des.scenario.run import Run, months_between
from des.scenario.unused_keys import unused_of_demand, unused_of_maker, unused_quotes
from des.scenario.venues import House, Lead

TICKS_MAX = 10**10  # a run with so many ticks takes about a day on one machine
TICKS_PER_USD_MAX = 100_000  # the largest denominator of a pooled token's tick, in dollars
# Bids within this distance stay above zero, unless the price halves between two settlements.
REACH_BPS_MAX = 5_000


class Scenario(Part):
    """A question, and all inputs of the simulation that answers the question."""

    question: Annotated[
        str,
        StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", min_length=1, max_length=500),
        Field(description="a question in quotes, one line of at most 500 characters"),
    ]
    run: Run
    house: House
    lead: Lead
    maker: Maker
    retail: Retail
    other_makers: OtherMakers
    demand: Demand
    firms: Firms = Firms()
    leverage: Leverage | None = None  # None: no customer trades on margin
    group: Group | None = None  # None: no payments apart from trading
    news: Annotated[tuple[News, ...], Field(max_length=10_000)] | None = None  # None: no news
    markets: Annotated[tuple[Market, ...], Field(min_length=1, max_length=50)]
    sources: dict[str, SourceText] = Field(default={})  # by key: the source of the key's value

    def entities(self) -> Iterator[str]:
        """Yield the names of all parties that keep books, except Outside and Arbitrageurs."""
        parts = (self.house, self.maker, self.lead, self.retail, self.other_makers)
        yield from (part.name for part in parts)
        yield from (firm.name for firm in self.firms.members)
        yield from self.firms.drawn_names
        yield from (provider.name for provider in self.outside_providers)
        if self.group:
            yield from (lender.name for lender in self.group.lenders)
            yield from (name for name in (self.group.investors,) if name)
            yield from self.group.counterparties
        yield from (loan.borrower for loan in self.pledged_loans)
        if self.group and self.group.portfolio:
            yield self.group.portfolio.dealers
        elif self.retail.coins:
            yield self.retail.coins.dealers

    @property
    def outside_providers(self) -> tuple[Provider, ...]:
        """Return the backstop providers other than the captive maker."""
        providers = self.leverage.providers if self.leverage else ()
        return tuple(each for each in providers if each.name != self.maker.name)

    @property
    def coins(self) -> tuple[HeldCoin, ...]:
        """Return the coins of the captive maker's portfolio."""
        portfolio = self.group.portfolio if self.group else None
        return portfolio.holdings if portfolio else ()

    @property
    def owed_coins(self) -> tuple[CustomerCoin, ...]:
        """Return the coins that customers are owed in kind."""
        return self.retail.coins.owed if self.retail.coins else ()

    @property
    def pledged_loans(self) -> tuple[PledgedLoan, ...]:
        """Return the loans to customers against pledged tokens."""
        return self.leverage.pledged_loans if self.leverage else ()

    @model_validator(mode="after")
    def _names(self) -> Self:
        """Refuse two parties with the same name, and two markets with the same name.

        Parties' names that differ only in capitals count as the same. The reason: links have these
        names in small letters, and commodities such as BTC-PERP.FTX have them in capitals.
        """
        taken = {"Outside"}  # the party for all traders with no other role; it keeps books too
        if self.group and self.group.pools:
            # Arbitrageurs keep books too. Account names have the word "Pool" for pooled tokens.
            taken |= {"Arbitrageurs", "Pool"}
        if self.retail.coins:
            taken.add("Wallet")  # account names have this word for coins in a wallet
        seen = {name.casefold(): name for name in taken}
        for place, name in zip(self._places(), self.entities(), strict=True):
            other = seen.get(name.casefold())
            if other and place == ("firms", "classes"):
                raise ContradictionError(
                    place,
                    f"create a firm '{name}', and another entity has this name; rename that entity",
                )
            if other:
                why = "is taken" if other == name else f"differs from '{other}' only in capitals"
                raise ContradictionError(
                    place, f"is '{name}', which {why}; give every entity a name of its own"
                )
            seen[name.casefold()] = name
        check_distinct("markets", "name", [market.name for market in self.markets])
        return self

    @model_validator(mode="after")
    def _token_names(self) -> Self:
        """Refuse a token or coin of the group if a party has the same name.

        Otherwise an account such as Assets:Outside:Tokens:SOL would look like a claim on a party
        named SOL.
        """
        tokens = self.group.tokens if self.group else ()
        named: list[tuple[tuple[str | int, ...], str]] = [
            *((("tokens", i), token.name) for i, token in enumerate(tokens)),
            *((("portfolio", "holdings", i), coin.name) for i, coin in enumerate(self.coins)),
        ]
        for place, name in named:
            if name in self.entities():
                raise ContradictionError(
                    ("group", *place, "name"),
                    f"is '{name}', which is taken; give a name that no entity has",
                )
        return self

    def _places(self) -> Iterator[tuple[str | int, ...]]:
        """For each name of `entities`, in the same order, yield its location in the scenario."""
        for part in ("house", "maker", "lead", "retail", "other_makers"):
            yield (part, "name")
        yield from (("firms", "members", i, "name") for i in range(len(self.firms.members)))
        yield from (("firms", "classes") for _ in self.firms.drawn_names)
        if self.leverage:
            for i, provider in enumerate(self.leverage.providers):
                if provider.name != self.maker.name:
                    yield ("leverage", "providers", i, "name")
        if self.group:
            yield from (("group", "lenders", i, "name") for i in range(len(self.group.lenders)))
            yield from (("group", "investors") for name in (self.group.investors,) if name)
            yield from (("group", "uses", i, "to") for i in self.group.counterparties.values())
        for i in range(len(self.pledged_loans)):
            yield ("leverage", "pledged_loans", i, "borrower")
        if self.group and self.group.portfolio:
            yield ("group", "portfolio", "dealers")
        elif self.retail.coins:
            yield ("retail", "coins", "dealers")

    @model_validator(mode="after")
    def _priced(self) -> Self:
        """Refuse a token, coin or long position of the group if its market does not exist."""
        names, group = [market.name for market in self.markets], self.group
        if group is None:
            return self
        placed: list[tuple[tuple[str | int, ...], str | None]] = [
            *((("tokens", i), token.market) for i, token in enumerate(group.tokens)),
            *((("longs", i), long.market) for i, long in enumerate(group.longs)),
            *((("portfolio", "holdings", i), held.market) for i, held in enumerate(self.coins)),
        ]
        for place, market in placed:
            if market is not None and market not in names:
                raise ContradictionError(
                    ("group", *place, "market"),
                    f"is '{market}'; give one of the markets: {', '.join(names)}",
                )
        return self

    @model_validator(mode="after")
    def _pooled(self) -> Self:
        """Refuse a pool if the tick of its token's market is too small."""
        ticks_usd = {market.name: market.tick_usd for market in self.markets}
        markets = {t.name: t.market for t in self.group.tokens} if self.group else {}
        for i, pool in enumerate((self.group.pools if self.group else None) or ()):
            tick_usd = ticks_usd[given(markets[pool.token])]
            if Fraction(tick_usd).denominator > TICKS_PER_USD_MAX:
                raise ContradictionError(
                    ("group", "pools", i, "token"),
                    f"is '{pool.token}', whose market has a tick of {tick_usd}, too small for a "
                    f"pool; give a tick that is a multiple of 1/{TICKS_PER_USD_MAX:_}, or leave "
                    "the pool out",
                )
        return self

    @model_validator(mode="after")
    def _news_in_order(self) -> Self:
        for i, (before, news) in enumerate(pairwise(self.news or ()), start=1):
            if news.time_us < before.time_us:
                raise ContradictionError(
                    ("news", i, "date"),
                    f"is {news.date}; give {before.date}, the date of the previous news, or later",
                )
        return self

    @model_validator(mode="after")
    def _flowing(self) -> Self:
        """Refuse news if customers cannot react to it. Refuse a mean deposit that is too small."""
        flow, mean = self.retail.flow, self.retail.deposit_usd_mean
        if self.news and flow is None:
            raise ContradictionError(
                ("retail", "flow"), "is missing; give it, since there is news for customers"
            )
        busiest = [
            max((volume.usd for volume in (*market.volume, *market.demand)), default=0) / 28
            for market in self.markets
        ]
        usd = flow.deposits_usd_per_day(sum(busiest), trust=1) if flow else 0.0
        if usd > ARRIVALS_PER_DAY_MAX * mean:
            raise ContradictionError(
                ("retail", "deposit_usd_mean"),
                f"is {mean:_}; give at least {usd / ARRIVALS_PER_DAY_MAX:_.2f}, so that there "
                f"are at most {ARRIVALS_PER_DAY_MAX:_} deposits a day",
            )
        return self

    @model_validator(mode="after")
    def _cover(self) -> Self:
        """Refuse a market if the price at the start or a month's volume (or demand) is missing."""
        for i, market in enumerate(self.markets):
            key = "demand" if self.demand.closure == "stated" else "volume"
            known = {volume.month for volume in getattr(market, key)}
            for month in months_between(self.run.start, self.run.end):
                if month not in known:
                    raise ContradictionError(
                        ("markets", i, key), f"has no month '{month}'; add it, or end earlier"
                    )
            levels, anchors = market.price.volatility, market.price.anchors
            if levels and levels[0].since > self.run.start:
                raise ContradictionError(
                    ("markets", i, "price", "volatility", 0, "since"),
                    f"is {levels[0].since}; give {self.run.start} (the run's start) or earlier",
                )
            if anchors and anchors[0].time_us > midnight_us(self.run.start):
                raise ContradictionError(
                    ("markets", i, "price", "anchors", 0, "at"),
                    f"is {anchors[0].at}; give {self.run.start} (the run's start) or earlier",
                )
        return self

    @model_validator(mode="after")
    def _valued(self) -> Self:
        """Refuse a collateral token that has no market of its own, or that the group also holds."""
        names = [market.name for market in self.markets]
        for i, token in enumerate(self.leverage.tokens if self.leverage else ()):
            if token.market not in names:
                raise ContradictionError(
                    ("leverage", "tokens", i, "market"),
                    f"is '{token.market}', which is not listed; give one of {', '.join(names)}",
                )
            if self.markets[names.index(token.market)].stands_for > 1:
                raise ContradictionError(
                    ("leverage", "tokens", i, "market"),
                    f"is '{token.market}', whose stands_for is above 1; "
                    "give a market with stands_for = 1",
                )
        held = [token.name for token in self.group.tokens] if self.group else []
        held += [coin.name for coin in self.coins]
        for i, token in enumerate(self.leverage.tokens if self.leverage else ()):
            if token.name in held:
                raise ContradictionError(
                    ("leverage", "tokens", i, "name"),
                    f"is '{token.name}', a token or coin that the group holds; give another name",
                )
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """Refuse quotes with two levels at the same distance from the mid."""
        times = self.maker.spread_times
        for i, quoter in enumerate(market.quoter for market in self.markets):
            if len(set(quoter.offset_e6(times))) < quoter.levels:
                raise ContradictionError(
                    ("markets", i, "quoter", "level_step_bps"),
                    f"is {quoter.level_step_bps:g}; give more, so that the {quoter.levels} levels "
                    f"differ if maker.spread_times is {times:g}",
                )
        return self

    @model_validator(mode="after")
    def _within_reach(self) -> Self:
        """Refuse quotes that are so far from the price that a fall could make bids negative."""
        times, widens = self.maker.spread_times, self.maker.quoting.spread_times_max
        for i, quoter in enumerate(market.quoter for market in self.markets):
            widest_bps = (widens - 1) * quoter.half_spread_bps * times
            reach_bps = quoter.offset_e6(times)[-1] / 100 + widest_bps + quoter.skew_bps_per_limit
            if reach_bps >= REACH_BPS_MAX:
                # With several levels the usual cause is the distance between levels, since the
                # half-spread and the skew are each at most 1,000 bps.
                key = "level_step_bps" if quoter.levels > 1 else "half_spread_bps"
                found = getattr(quoter, key)
                place: tuple[str | int, ...] = ("markets", i, "quoter", key)
                if times != 1:
                    place, found = ("maker", "spread_times"), times
                raise ContradictionError(
                    place,
                    f"is {found:g}, and quotes in {self.markets[i].name} can be "
                    f"{reach_bps:_.0f} bps from the price; give a smaller value, so that "
                    f"all quotes are less than {REACH_BPS_MAX:_} bps from the price",
                )
        return self

    @model_validator(mode="after")
    def _limited(self) -> Self:
        """If the policy decides sizes, refuse a market without a limit on the displayed size."""
        policy = self.maker.quoting.policy
        for i, market in enumerate(self.markets):
            most_usd = market.quoter.most_displayed_usd
            place = ("markets", i, "quoter", "most_displayed_usd")
            if policy != "stated" and most_usd is None:
                raise ContradictionError(
                    place, f"is missing; give it, since maker.quoting.policy is '{policy}'"
                )
        return self

    @model_validator(mode="after")
    def _shares_depth(self) -> Self:
        """If a market has depth, require `maker.depth_share`, and depth at the run's start."""
        for i, market in enumerate(self.markets):
            if not market.depth:
                continue
            if market.depth[0].since > self.run.start:
                raise ContradictionError(
                    ("markets", i, "depth", 0, "since"),
                    f"is {market.depth[0].since}; give {self.run.start} (the run's start) "
                    "or earlier",
                )
            if self.maker.depth_share is None:
                raise ContradictionError(
                    ("maker", "depth_share"),
                    f"is missing; give it, since {market.name} has depth",
                )
        return self

    @model_validator(mode="after")
    def _impact(self) -> Self:
        needed_by = "lead.impact_kappa is above 0" if self.lead.impact_kappa > 0 else ""
        if self.lead.quoting:
            needed_by = "lead.quoting is given"
        for i, market in enumerate(self.markets):
            if needed_by and market.lead_volume_usd_per_day is None:
                raise ContradictionError(
                    ("markets", i, "lead_volume_usd_per_day"),
                    f"is missing; give it, since {needed_by}",
                )
        return self

    @model_validator(mode="after")
    def _sampled(self) -> Self:
        if self.leverage:
            check_sampling(self.leverage, self.run)
        return self

    @model_validator(mode="after")
    def _coins_agree(self) -> Self:
        taken = [*self.entities(), *(t.name for t in (self.group.tokens if self.group else ()))]
        taken += [token.name for token in (self.leverage.tokens if self.leverage else ())]
        portfolio = self.group.portfolio if self.group else None
        markets = [market.name for market in self.markets]
        fault = fault_of_coins(self.retail.coins, portfolio, markets, taken)
        if fault:
            raise ContradictionError(*fault)
        return self

    @model_validator(mode="after")
    def _unused(self) -> Self:
        """Refuse keys that have no effect (see `des.scenario.unused_keys`)."""
        fault = unused_of_maker(self.maker, self.markets, self.leverage)
        fault = fault or unused_of_demand(self.demand, self.markets, self.group)
        if not self.lead.quoting:
            fault = fault or unused_quotes(self.maker, self.firms)
        if fault:
            raise ContradictionError(*fault)
        return self

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        seconds = (self.run.end - self.run.start).days * 86_400
        ticks = seconds * sum(market.price.ticks_per_s for market in self.markets)
        if ticks > TICKS_MAX:
            raise ContradictionError(
                ("run", "end"),
                f"is {self.run.end}, which makes {ticks:.2g} ticks; shorten the run or lower "
                f"ticks_per_s, so that there are at most {TICKS_MAX:.0g} ticks",
            )
        return self
