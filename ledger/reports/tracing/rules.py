"""The tracing rules of courts, which say whose money is paid from a mixed account.

Each rule is a class, except equal sharing. A rule is a convention, not a fact about money. Each
result is exact to the cent.

Sources:
    First in, first out: Devaynes v Noble, Clayton's Case (1816) 1 Mer 572.
    Rolling charge: Re Ontario Securities Commission and Greymac Credit Corp (1986) 55 OR (2d) 673;
        discussed in Barlow Clowes International v Vaughan [1992] 4 All ER 22.
    Lowest intermediate balance: Re Hallett's Estate (1880) 13 Ch D 696; James Roscoe (Bolton) Ltd v
        Winder [1915] 1 Ch 62; Cunningham v Brown (1924) 265 US 1.
    Last in, first out: forensic practice, as the reverse of first in, first out.
"""

from collections import deque
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import ClassVar, Protocol

from ledger.money import pro_rata

Mix = list[tuple[str, int]]  # cents by source, where the first source pays first


class TracingRule(StrEnum):
    """The tracing rules, in the order in which reports list them."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro-rata"
    LOWEST_BALANCE = "lowest-balance"
    EQUAL_SHARING = "equal-sharing"  # a rule without a class here, see `equal_sharing`

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
    """The money in an account by source, under one tracing rule."""

    def put(self, source: str, cents: int) -> None:
        """Add money from a source."""

    def take(self, cents: int, use: str) -> Mix:
        """Remove the cents of a use, at most the balance. Return the sources of these cents."""


class Layers:
    """Money in layers, from the oldest receipt to the newest. The layers at one end pay first."""

    _pays_first: ClassVar[int]  # the index of the layer that pays first

    def __init__(self) -> None:
        self._layers: deque[tuple[str, int]] = deque()

    def put(self, source: str, cents: int) -> None:
        """Add money from a source as the newest layer."""
        self._layers.append((source, cents))

    def take(self, cents: int, use: str) -> Mix:
        """Remove money, layer by layer."""
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
    """Pro rata: each payment is taken from all money in proportion.

    Odd cents go to the largest remainders, and of equal remainders to the first source.
    """

    def __init__(self) -> None:
        self._cents: dict[str, int] = {}
        self.total_cents = 0

    def put(self, source: str, cents: int) -> None:
        """Add money from a source to the mix."""
        self._cents[source] = self._cents.get(source, 0) + cents
        self.total_cents += cents

    def take(self, cents: int, use: str) -> Mix:
        """Remove money from all sources in proportion."""
        parts = pro_rata(cents, list(self._cents.values()))
        mix = [(source, part) for source, part in zip(self._cents, parts, strict=True) if part]
        for source, part in mix:
            self._cents[source] -= part
        self.total_cents -= cents
        return mix


class Preserved:
    """Lowest intermediate balance: the followed money is preserved as long as possible.

    The holder of the account is presumed to spend other money first. So the followed money that is
    left is at most the lowest balance of the account since this money was received. Payments to the
    followed sources count as a return of their own money, not as a use. Several followed sources
    share a payment in proportion to their money. Several other sources share a payment in the same
    way.
    """

    def __init__(self, followed: Collection[str]) -> None:
        """Initialise without money. *followed* has the names of the followed sources."""
        self._followed = followed
        self._kept, self._other = Blend(), Blend()

    def put(self, source: str, cents: int) -> None:
        """Add money from a source. Followed money and other money are kept apart."""
        (self._kept if source in self._followed else self._other).put(source, cents)

    def take(self, cents: int, use: str) -> Mix:
        """Remove other money first. A payment to a followed source takes followed money first."""
        returned = use in self._followed
        first, then = (self._kept, self._other) if returned else (self._other, self._kept)
        of_first = min(cents, first.total_cents)
        return first.take(of_first, use) + then.take(cents - of_first, use)


def holding(rule: TracingRule, followed: Collection[str]) -> Callable[[], TracedCash]:
    """Return a function that makes an empty account for a tracing rule.

    Args:
        rule: any rule except equal sharing, which has no state before the end.
        followed: the sources whose money is followed, which only the rule of lowest balance uses.
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
    raise ValueError(f"{rule.plain} has no rule for a single account; use share_equally")
