"""The rules of courts on whose money left a mixed account; each is a class that holds the money.

Each is a convention and not a fact about money. Each is exact to the cent.

Sources:
    First in, first out: Devaynes v Noble, Clayton's Case (1816) 1 Mer 572.
    Rolling charge: Re Ontario Securities Commission and Greymac Credit Corp (1986) 55 OR (2d) 673;
        weighed in Barlow Clowes International v Vaughan [1992] 4 All ER 22.
    Lowest intermediate balance: Re Hallett's Estate (1880) 13 Ch D 696; James Roscoe (Bolton) Ltd v
        Winder [1915] 1 Ch 62; Cunningham v Brown (1924) 265 US 1.
    Last in, first out: forensic practice, as the mirror of the first.
"""

from collections import deque
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Protocol

from ledger.money import pro_rata

Mix = list[tuple[str, int]]  # cents by source, in the order in which they are taken


class TracingRule(StrEnum):
    """The rules, in the order in which reports list them."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro-rata"
    LOWEST_BALANCE = "lowest-balance"
    EQUAL_SHARING = "equal-sharing"  # has no class that holds money: see `equal_sharing`

    @property
    def plain(self) -> str:
        """Return the rule in words."""
        return _PLAIN[self]


_PLAIN = {
    TracingRule.FIFO: "first in, first out",
    TracingRule.LIFO: "last in, first out",
    TracingRule.PRO_RATA: "pro rata, as a rolling charge",
    TracingRule.LOWEST_BALANCE: "lowest intermediate balance",
    TracingRule.EQUAL_SHARING: "equal sharing at the end",
}


class TracedCash(Protocol):
    """An account's money by source, under some rule."""

    def put(self, source: str, cents: int) -> None:
        """Add money of a source."""

    def take(self, cents: int, use: str) -> Mix:
        """Take out a use's amount, at most the balance."""


class Queue:
    """First in, first out: the oldest money pays first."""

    def __init__(self) -> None:
        self._layers: deque[tuple[str, int]] = deque()

    def put(self, source: str, cents: int) -> None:
        """Lay money on top."""
        self._layers.append((source, cents))

    def take(self, cents: int, use: str) -> Mix:
        """Take from the bottom."""
        mix: Mix = []
        while cents:
            source, there = self._layers.popleft()
            if there > cents:
                self._layers.appendleft((source, there - cents))
                there = cents
            mix.append((source, there))
            cents -= there
        return mix


class Stack:
    """Last in, first out: the newest money pays first."""

    def __init__(self) -> None:
        self._layers: Mix = []

    def put(self, source: str, cents: int) -> None:
        """Lay money on top."""
        self._layers.append((source, cents))

    def take(self, cents: int, use: str) -> Mix:
        """Take from the top."""
        mix: Mix = []
        while cents:
            source, there = self._layers.pop()
            if there > cents:
                self._layers.append((source, there - cents))
                there = cents
            mix.append((source, there))
            cents -= there
        return mix


class Blend:
    """Pro rata: each payment is taken from all money in proportion.

    Odd cents go to the largest remainders, at ties to the first source.
    """

    def __init__(self) -> None:
        self._cents: dict[str, int] = {}
        self.total_cents = 0

    def put(self, source: str, cents: int) -> None:
        """Add money to the mix."""
        self._cents[source] = self._cents.get(source, 0) + cents
        self.total_cents += cents

    def take(self, cents: int, use: str) -> Mix:
        """Take from all sources in proportion."""
        parts = pro_rata(cents, list(self._cents.values()))
        mix = [(source, part) for source, part in zip(self._cents, parts, strict=True) if part]
        for source, part in mix:
            self._cents[source] -= part
        self.total_cents -= cents
        return mix


class Preserved:
    """Lowest intermediate balance: the followed money is preserved as long as possible.

    The holder of the account is presumed to spend other money first. So at most the lowest balance
    since its receipt remains of the followed money. Payments to the followed sources count as their
    own money, returned and not spent. Several followed sources share a payment in proportion, and
    so do all other sources.
    """

    def __init__(self, followed: Collection[str]) -> None:
        """Take the followed sources."""
        self._followed = followed
        self._kept, self._other = Blend(), Blend()

    def put(self, source: str, cents: int) -> None:
        """Add money, followed and other money separately."""
        (self._kept if source in self._followed else self._other).put(source, cents)

    def take(self, cents: int, use: str) -> Mix:
        """Take other money first; a payment to the followed sources takes their own money first."""
        returned = use in self._followed
        first, then = (self._kept, self._other) if returned else (self._other, self._kept)
        of_first = min(cents, first.total_cents)
        return first.take(of_first, use) + then.take(cents - of_first, use)


def holding(rule: TracingRule, followed: Collection[str]) -> Callable[[], TracedCash]:
    """Return a function that makes an empty account under a rule.

    Args:
        rule: any rule but equal sharing, which has no state before the end.
        followed: the sources whose money is followed; one rule preserves it.
    """
    match rule:
        case TracingRule.FIFO:
            return Queue
        case TracingRule.LIFO:
            return Stack
        case TracingRule.PRO_RATA:
            return Blend
        case TracingRule.LOWEST_BALANCE:
            return lambda: Preserved(followed)
    raise ValueError(f"{rule.plain} is no tracing rule")
