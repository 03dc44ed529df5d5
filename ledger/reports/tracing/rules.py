"""The tracing rules, which say whose money is paid from a mixed account.

Each rule except equal sharing has a class in this file. A rule is a convention, not a fact about
money. All amounts are whole cents.

Sources:
    First in, first out: Devaynes v Noble, Clayton's Case (1816) 1 Mer 572.
    Rolling charge: Re Ontario Securities Commission and Greymac Credit Corp (1986) 55 OR (2d) 673;
        discussed in Barlow Clowes International v Vaughan [1992] 4 All ER 22.
    Lowest intermediate balance: Re Hallett's Estate (1880) 13 Ch D 696; James Roscoe (Bolton) Ltd v
        Winder [1915] 1 Ch 62; Cunningham v Brown (1924) 265 US 1.
    Last in, first out: forensic practice. It is the reverse of first in, first out.
"""

from collections import deque
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import ClassVar, Protocol

from ledger.money import pro_rata

Mix = list[tuple[str, int]]  # sources with their cents; the first source pays first


class TracingRule(StrEnum):
    """The tracing rules, in the order in which reports list them."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro-rata"
    LOWEST_BALANCE = "lowest-balance"
    EQUAL_SHARING = "equal-sharing"  # has no class in this file; see `equal_sharing`

    @property
    def plain(self) -> str:
        """Return the name of the rule in plain words."""
        return _PLAIN[self]


_PLAIN = {
    TracingRule.FIFO: "first in, first out",
    TracingRule.LIFO: "last in, first out",
    TracingRule.PRO_RATA: "pro rata, as a rolling charge",
    TracingRule.LOWEST_BALANCE: "lowest intermediate balance",
    TracingRule.EQUAL_SHARING: "equal sharing at the end",
}


class TracedCash(Protocol):
    """An account's money by source, under one tracing rule."""

    def put(self, source: str, cents: int) -> None:
        """Add money from a source."""

    def take(self, cents: int, use: str) -> Mix:
        """Remove cents for a use, and return their sources. The account must have these cents."""


class Layers:
    """Money in layers, one for each receipt. A subclass pays from the oldest or the newest."""

    _pays_first: ClassVar[int]  # the index of the layer that pays first

    def __init__(self) -> None:
        self._layers: deque[tuple[str, int]] = deque()

    def put(self, source: str, cents: int) -> None:
        """Add money from a source as the newest layer."""
        self._layers.append((source, cents))

    def take(self, cents: int, use: str) -> Mix:
        """Remove money layer by layer, and return its sources."""
        mix: Mix = []
        while cents:
            source, there = self._layers[self._pays_first]
            if there > cents:
                self._layers[self._pays_first] = (source, there - cents)
                there = cents
            else:
                del self._layers[self._pays_first]
            mix.append((source, there))
            cents -= there
        return mix


class Queue(Layers):
    """First in, first out: the oldest money pays first."""

    _pays_first = 0


class Stack(Layers):
    """Last in, first out: the newest money pays first."""

    _pays_first = -1


class Blend:
    """Pro rata: each payment takes the same share of every source's money.

    Shares are rounded down. The cents left over are taken from the sources with the largest
    remainders. If remainders are equal, the source that paid in first is chosen.
    """

    def __init__(self) -> None:
        self._cents: dict[str, int] = {}
        self.total_cents = 0

    def put(self, source: str, cents: int) -> None:
        """Add money from a source to the mix."""
        self._cents[source] = self._cents.get(source, 0) + cents
        self.total_cents += cents

    def take(self, cents: int, use: str) -> Mix:
        """Remove money of all sources in proportion, and return the sources."""
        parts = pro_rata(cents, list(self._cents.values()))
        mix = [(source, part) for source, part in zip(self._cents, parts, strict=True) if part]
        for source, part in mix:
            self._cents[source] -= part
        self.total_cents -= cents
        return mix


class Preserved:
    """Lowest intermediate balance: the followed money is preserved as long as possible.

    The holder of the account is presumed to spend other money first. So the followed money that is
    left is at most the lowest balance of the account since this money was received. A payment to a
    followed source is treated as a return of followed money, not as a use. If a payment takes
    followed money, it takes money of all followed sources in proportion. The same is true of other
    money.
    """

    def __init__(self, followed: Collection[str]) -> None:
        """Initialise without money. *followed* has the names of the followed sources."""
        self._followed = followed
        self._kept, self._other = Blend(), Blend()

    def put(self, source: str, cents: int) -> None:
        """Add money from a source. Followed money and other money are kept apart."""
        (self._kept if source in self._followed else self._other).put(source, cents)

    def take(self, cents: int, use: str) -> Mix:
        """Remove other money first. A payment to a followed source removes followed money first."""
        returned = use in self._followed
        first, then = (self._kept, self._other) if returned else (self._other, self._kept)
        of_first = min(cents, first.total_cents)
        return first.take(of_first, use) + then.take(cents - of_first, use)


def holding(rule: TracingRule, followed: Collection[str]) -> Callable[[], TracedCash]:
    """Return a function that makes an empty account under a tracing rule.

    Args:
        rule: any rule except equal sharing, which shares money only at the end.
        followed: the sources whose money is followed. Only the rule of the lowest intermediate
            balance uses these names.

    Raises:
        ValueError: the rule is equal sharing.
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
    raise ValueError(f"{rule.plain} cannot trace a single account; use share_equally")
