"""Removes one cause from a scenario, and describes the change in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from des.given import given
from des.scenario import REFRESH_S_MIN, Scenario
from ledger.kinds import USES, Kind
from ledger.mistake import MistakeError
from ledger.run_folder import RunFolder
from runs.held_inputs import held_inputs
from runs.scenario_files import extended
from runs.scenarios import load

Overrides = Mapping[str, Any]

SLOW_QUOTES = "SlowQuotes"


class CounterfactualError(MistakeError, ValueError):
    """The cause can't be removed from this scenario.

    Attributes:
        kind: the cause that was to be removed.
        kinds: the causes that can be removed.
    """

    def __init__(self, kind: str, kinds: tuple[str, ...]) -> None:
        by_folded = {name.casefold(): name for name in kinds}
        close = get_close_matches(kind.casefold(), by_folded, n=1)
        meant = f"did you mean {by_folded[close[0]]}? " if close else ""
        choice = f"give one of {', '.join(kinds)}" if kinds else "no cause can be removed"
        super().__init__(f"{kind!r} can't be removed from this scenario; {meant}{choice}")
        self.kind, self.kinds = kind, kinds


class Change(NamedTuple):
    """A change of a scenario, in words and as data that extends the scenario."""

    how: str
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A scenario without one of its causes."""

    kind: str
    how: str
    scenario: Scenario
    held: tuple[str, ...] = ()  # descriptions of the inputs that are held fixed


def without(run: RunFolder, kind: str) -> Counterfactual:
    """Remove a cause from a run's scenario.

    Inputs that are not consequences of the cause keep their values from the run: see `held_inputs`.

    Args:
        run: the run. Its file `scenario.toml` and its books are read.
        kind: a key of REMOVALS.

    Raises:
        CounterfactualError: the scenario does not have this cause.
        ScenarioError: the scenario file is missing or can't be read.
    """
    path = str(run.path / "scenario.toml")
    scenario = load(path)
    kinds = tuple(name for name, removed in REMOVALS.items() if removed(scenario))
    if kind not in kinds:
        raise CounterfactualError(kind, kinds)
    held = held_inputs(run, scenario, sizes=kind == SLOW_QUOTES)
    change = given(REMOVALS[kind](load(path, held.overrides)))
    other = load(path, extended(held.overrides, change.overrides))
    return Counterfactual(kind, change.how, other, held.how)


def _pickoff(scenario: Scenario) -> Change | None:
    if not (scenario.firms.active and scenario.firms.count):
        return None
    return Change("firms never send an order", {"firms": {"active": False}})


def _quoter(scenario: Scenario) -> Change | None:
    off, start = scenario.maker.quoter_off, scenario.run.start
    if off is not None and off <= start:
        return None
    return Change("the captive maker never quotes", {"maker": {"quoter_off": start}})


def _slow_quotes(scenario: Scenario) -> Change | None:
    """Make the captive maker's quotes as fast as the quotes of other makers.

    The sizes of the captive maker's quotes stay as in the original run: see `held_inputs`.
    """
    markets, slow = _tables(scenario.markets), []
    for each, market in zip(markets, scenario.markets, strict=True):
        quoter, fast_s = market.quoter, market.others.latency_s
        beat_s = max(fast_s, REFRESH_S_MIN) if fast_s else 0.0
        if quoter.latency_s > fast_s or quoter.refreshes_every_s > beat_s:
            slow.append(market.name)
            each["quoter"] |= {"latency_s": min(quoter.latency_s, fast_s), "refresh_s": beat_s}
    if not slow:
        return None
    how = (
        f"the captive maker quotes {', '.join(slow)} as fast as other makers, with the sizes of "
        "the original run"
    )
    kept = {place: text for place, text in scenario.sources.items() if _stays(place)}
    return Change(how, {"markets": markets, "sources": kept})


def _stays(place: str) -> bool:
    """Return whether *place* is a figure of a market, and fast quotes do not change this figure."""
    changed = (".quoter.latency_s", ".quoter.refresh_s")
    return place.startswith("markets[") and not place.endswith(changed)


def _backstop(scenario: Scenario) -> Change | None:
    """Set the maker's limits for takeovers to zero.

    The maker remains in the list of providers, so that the other providers keep their indices.
    """
    providers = [] if scenario.leverage is None else _tables(scenario.leverage.providers)
    own = [provider for provider in providers if provider["name"] == scenario.maker.name]
    if not any(provider["usd_per_minute"] and provider["usd_per_hour"] for provider in own):
        return None
    for provider in own:
        provider |= {"usd_per_minute": 0.0, "usd_per_hour": 0.0}
    how = (
        "the captive maker takes over no position; only other providers take over positions, up to "
        "their limits"
    )
    return Change(how, {"leverage": {"providers": providers}})


def _credit_line(scenario: Scenario) -> Change | None:
    steps = scenario.maker.credit_line_steps
    if not (scenario.maker.credit_line_usd or any(step.usd for step in steps)):
        return None
    if scenario.group is None:
        no_line = {"credit_line_usd": 0.0, "credit_line_steps": []}
        return Change("the captive maker has no credit line", {"maker": no_line})
    if scenario.group.never_lend_customer_money:
        return None
    how = "the exchange never lends customers' money to the captive maker"
    return Change(how, {"group": {"never_lend_customer_money": True}})


def _loans(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.lenders:
        return None
    nothing: dict[str, Any] = {"lenders": [], "portfolio": None}
    how = "no lender outside the group lends to the group, and the maker buys no portfolio of coins"
    return Change(how, {"group": nothing})


def _tokens(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.tokens:
        return None
    on_coins = scenario.group.portfolio is not None
    lenders = [each for each in scenario.group.lenders if on_coins or each.advance is None]
    how = "no tokens are bought, granted or put into pools"
    if not on_coins:
        how += "; a lender whose only collateral is tokens lends nothing"
    left_out: dict[str, Any] = {"tokens": [], "pools": None, "lift": None}
    return Change(how, {"group": {**left_out, "lenders": _tables(lenders)}})


def _portfolio(scenario: Scenario) -> Change | None:
    """Buy no coins for the portfolio. Lenders lend what the maker needs, up to their limits.

    A lender whose only collateral is coins lends nothing.
    """
    group = scenario.group
    if group is None or group.portfolio is None:
        return None
    left = [each for each in group.lenders if group.tokens or each.advance is None]
    lenders = [each | {"drawn_in_full": False} for each in _tables(left)]
    how = "the captive maker borrows what it needs, and holds no coins"
    if len(left) < len(group.lenders):
        how += "; a lender whose only collateral is coins lends nothing"
    return Change(how, {"group": {"portfolio": None, "lenders": lenders}})


def _agent_deposits(scenario: Scenario) -> Change | None:
    if not scenario.retail.agent_shares:
        return None
    how = "all deposits arrive at the house, and the house pays all withdrawals"
    return Change(how, {"retail": {"agent_shares": None}})


def _coins(scenario: Scenario) -> Change | None:
    if not scenario.retail.coins:
        return None
    how = "customers deposit dollars instead of coins, and are owed dollars"
    return Change(how, {"retail": {"coins": None}})


def _pools(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.pools:
        return None
    return Change("no tokens are put into pools", {"group": {"pools": None, "lift": None}})


def _directional(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.longs:
        return None
    how = (
        "the captive maker has no directional book (long positions held to gain from a rise of the "
        "price)"
    )
    return Change(how, {"group": {"longs": []}})


def _shares(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.rounds:
        return None
    return Change("no investor buys shares", {"group": {"rounds": [], "investors": None}})


def _operations(scenario: Scenario) -> Change | None:
    group = scenario.group
    if group is None or not (group.house_cost_share or group.house_costs):
        return None
    nothing: dict[str, Any] = {"house_cost_share": 0.0, "house_costs": []}
    return Change("the house has no operating costs", {"group": nothing})


def _uses(kind: str) -> Callable[[Scenario], Change | None]:
    def removed(scenario: Scenario) -> Change | None:
        uses = () if scenario.group is None else scenario.group.uses
        left = [use for use in uses if use.kind != kind]
        if len(left) == len(uses):
            return None
        how = f"{len(uses) - len(left)} of {len(uses)} uses of money are left out"
        return Change(how, {"group": {"uses": _tables(left)}})

    return removed


def _takeovers(scenario: Scenario) -> Change | None:
    """Remove the takeovers that the scenario states, and the loans against tokens."""
    stated = _uses(Kind.TAKEOVERS)(scenario)
    if not scenario.pledged_loans:
        return stated
    how = "no customer borrows against tokens"
    overrides: Overrides = {"leverage": {"pledged_loans": []}}
    if stated is None:
        return Change(how, overrides)
    return Change(f"{stated.how}; {how}", {**stated.overrides, **overrides})


def _news(scenario: Scenario) -> Change | None:
    if not scenario.news:
        return None
    return Change("there is no news", {"news": []})


# For each cause, a function that returns the change, or None if the scenario lacks the cause.
REMOVALS: Mapping[str, Callable[[Scenario], Change | None]] = {
    Kind.PICKOFF: _pickoff,
    SLOW_QUOTES: _slow_quotes,
    "Quoter": _quoter,
    Kind.BACKSTOP: _backstop,
    Kind.CREDIT_LINE: _credit_line,
    Kind.LOANS: _loans,
    Kind.AGENT_DEPOSITS: _agent_deposits,
    Kind.TOKENS: _tokens,
    Kind.PORTFOLIO: _portfolio,
    Kind.COINS: _coins,
    Kind.POOLS: _pools,
    Kind.DIRECTIONAL: _directional,
    Kind.SHARES: _shares,
    Kind.OPERATIONS: _operations,
    **{kind.value: _uses(kind) for kind in USES},
    Kind.TAKEOVERS: _takeovers,
    "News": _news,
}


def _tables(parts: Any) -> list[dict[str, Any]]:
    """Return parts of a scenario in the form of tables of a scenario file."""
    return [part.model_dump(exclude_none=True) for part in parts]
