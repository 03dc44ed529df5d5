"""Withdrawals that wait: all in one line, or in one line for dollars and one line for each coin.

Each line is paid in the order of its requests. If each coin has a line and the house lacks one
coin, the house can still pay the other lines.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

DOLLARS = 0  # the line for dollars, or the only line; coin 0 has line 1, and so on


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a customer or a firm to withdraw dollars, coins or both."""

    asked_us: int
    entity: int
    holder: str  # the name of a customer in the control account, or else the entity's name
    cents: int
    why: str
    lots: tuple[int, ...] = ()  # lots of each coin, in addition to the cents


class WaitingLines:
    """The requests for withdrawal that wait."""

    def __init__(self, by_coin: bool) -> None:
        """Initialise without requests.

        If *by_coin* is True, there is one line for dollars and one line for each coin. Otherwise
        there is a single line.
        """
        self.by_coin = by_coin
        self._lines: dict[int, deque[Request]] = {}

    def __bool__(self) -> bool:
        """Tell whether any request waits."""
        return any(self._lines.values())

    def in_order(self) -> list[Request]:
        """Return all requests that wait, in the order of their times."""
        waiting = (request for line in self._lines.values() for request in line)
        return sorted(waiting, key=lambda request: request.asked_us)

    def parts(self, request: Request) -> Iterator[Request]:
        """Split a request into parts for the separate waiting lines."""
        if not self.by_coin:
            yield request
            return
        none = [0 for _ in request.lots]
        for place, n in enumerate(request.lots):
            if n > 0:
                lots = (*none[:place], n, *none[place + 1 :])
                yield _part(request, 0, lots)
        if request.cents > 0:
            yield _part(request, request.cents, ())

    def line_of(self, request: Request) -> int:
        """Return the number of the waiting line to which a part of a request belongs."""
        if not self.by_coin:
            return DOLLARS
        return next((place + 1 for place, n in enumerate(request.lots) if n), DOLLARS)

    def waits_in(self, line: int) -> bool:
        """Tell whether a request waits in a line."""
        return bool(self._lines.get(line))

    def add(self, request: Request) -> None:
        """Add a part of a request to the end of its line."""
        self._lines.setdefault(self.line_of(request), deque()).append(request)

    def serve(self, pay: Callable[[Request], bool]) -> Iterator[Request]:
        """Pay requests until no line's first request can be paid. Yield the paid requests.

        The line whose first request is the oldest is tried first, then the other lines. A payment
        may release dollars or coins that another line needs, so after each payment all lines are
        tried again.
        """
        tried: set[int] = set()
        while firsts := {n: line[0] for n, line in self._lines.items() if line and n not in tried}:
            number = min(firsts, key=lambda n: (firsts[n].asked_us, n))
            if pay(firsts[number]):
                tried.clear()
                yield self._lines[number].popleft()
            else:
                tried.add(number)


def _part(request: Request, cents: int, lots: tuple[int, ...]) -> Request:
    return Request(request.asked_us, request.entity, request.holder, cents, request.why, lots)
