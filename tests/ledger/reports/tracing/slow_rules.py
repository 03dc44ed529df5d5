"""The tracing rules in a slow and simple form, with lists of layers and exact fractions.

An account is a list of layers in the order of receipt. A layer is an amount in cents from one
source. A payment takes cents from the layers of its account by one of these rules:

- First in, first out: from the first layer, then from the next layer.
- Last in, first out: from the last layer, then from the layer before.
- Pro rata: from each source, in proportion to the source's cents in the account.
- Lowest balance: the followed sources are the sources whose money is traced. A payment takes from
  the followed sources only if the other sources are used up. But a payment to a followed source
  takes from the followed sources first. Within each of the two groups it takes pro rata.
- Equal sharing: at the end, all uses get the same mix of sources. The share of a source is in
  proportion to all receipts from the source, less the payments back to the source.

The part of a payment that exceeds the balance of its account is an overdraft. Later receipts repay
the overdraft.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from fractions import Fraction
from math import floor

from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.rules import TracingRule

Layers = list[tuple[str, int]]


def slow_paid(
    moves: Sequence[CashMove],
    accounts: Collection[str],
    rule: TracingRule,
    followed: Collection[str],
) -> Counter[tuple[str, str]]:
    """Return cents by source and use. Cash left in an account is a use with the account's name."""
    if rule is TracingRule.EQUAL_SHARING:
        return _shared(moves, accounts)
    layers: dict[str, Layers] = {account: [] for account in accounts}
    owing = dict.fromkeys(accounts, 0)
    paid: Counter[tuple[str, str]] = Counter()
    for _, giver, taker, cents in moves:
        mix = [(giver, cents)]
        if giver in layers:
            there = min(cents, sum(part for _, part in layers[giver]))
            mix, layers[giver] = _taken(layers[giver], there, rule, followed, taker in followed)
            owing[giver] += cents - there
            mix.append((OVERDRAFT, cents - there))
        for source, part in mix:
            if taker not in layers:
                paid[source, taker] += part
                continue
            off = min(part, owing[taker])
            owing[taker] -= off
            paid[source, OVERDRAFT] += off
            if part > off:  # an empty layer would change the order of the sources
                layers[taker] = [*layers[taker], (source, part - off)]
    for account in accounts:
        for source, cents in layers[account]:
            paid[source, account] += cents
    return +paid


def _taken(
    layers: Layers, cents: int, rule: TracingRule, followed: Collection[str], back: bool
) -> tuple[Layers, Layers]:
    match rule:
        case TracingRule.FIFO:
            return _in_order(layers, cents)
        case TracingRule.LIFO:
            mix, left = _in_order(layers[::-1], cents)
            return mix, left[::-1]
        case TracingRule.PRO_RATA:
            return _in_proportion(layers, cents)
    of_followed = [layer for layer in layers if layer[0] in followed]
    of_others = [layer for layer in layers if layer[0] not in followed]
    first, then = (of_followed, of_others) if back else (of_others, of_followed)
    of_first = min(cents, sum(part for _, part in first))
    mix, left = _in_proportion(first, of_first)
    more, rest = _in_proportion(then, cents - of_first)
    return mix + more, left + rest


def _in_order(layers: Layers, cents: int) -> tuple[Layers, Layers]:
    mix, left = [], []
    for source, there in layers:
        part = min(there, cents)
        cents -= part
        mix.append((source, part))
        left.append((source, there - part))
    return mix, left


def _in_proportion(layers: Layers, cents: int) -> tuple[Layers, Layers]:
    there: dict[str, int] = {}
    for source, part in layers:
        there[source] = there.get(source, 0) + part
    parts = _split(cents, there)
    return list(parts.items()), [(source, there[source] - parts[source]) for source in there]


def _split(cents: int, weights: dict[str, int]) -> dict[str, int]:
    whole = sum(weights.values())
    if not cents:
        return dict.fromkeys(weights, 0)
    exact = {name: Fraction(cents * weight, whole) for name, weight in weights.items()}
    parts = {name: floor(share) for name, share in exact.items()}
    while sum(parts.values()) < cents:
        # The source with the largest remainder gets the next cent. If remainders are equal, the
        # first source gets the cent.
        short = max(exact, key=lambda name: exact[name] - parts[name])
        parts[short] += 1
    return parts


def _shared(moves: Sequence[CashMove], accounts: Collection[str]) -> Counter[tuple[str, str]]:
    brought: dict[str, int] = {}
    uses: dict[str, int] = {}
    left = dict.fromkeys(accounts, 0)
    for _, giver, taker, cents in moves:
        if giver in left:
            left[giver] -= cents
        else:
            brought[giver] = brought.get(giver, 0) + cents
        if taker in left:
            left[taker] += cents
        else:
            uses[taker] = uses.get(taker, 0) + cents
    overdrawn = -sum(cents for cents in left.values() if cents < 0)
    if overdrawn:
        brought[OVERDRAFT] = overdrawn
    paid: Counter[tuple[str, str]] = Counter()
    for name in brought:
        back = min(brought[name], uses.get(name, 0))
        paid[name, name] += back
        brought[name] -= back
        if back:
            uses[name] -= back
    for use, cents in [*uses.items(), *((account, max(left[account], 0)) for account in left)]:
        for source, part in _split(cents, brought).items():
            paid[source, use] += part
            brought[source] -= part
    return +paid
