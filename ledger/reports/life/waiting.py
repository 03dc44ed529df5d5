"""Waiting customers: requests for withdrawal that are unpaid at the end of each day.

A request that has to wait has a note `unpaid-request` in the books. A withdrawal that is paid after
a wait has the metadata `waited-s`. Requests are paid in order, so such a withdrawal pays the
holder's first waiting request. Other requests that are still before it are dropped, because their
holders have no claims any more.

If dollars and each coin have separate queues, the note names the queue, and requests are paid in
order within each queue.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ledger.notes import UnpaidRequest
from ledger.reports.dollars import ZERO
from ledger.run_folder import RunFolder

WAITED, HOLDER = "waited-s", "holder"  # keys in the metadata of a paid request
OPEN, HALTED = "open", "halted"  # states of withdrawals; the third is "queued"


def queue_usd(run: RunFolder, days: Sequence[date]) -> list[Decimal]:
    """Return the sum of all waiting requests, in dollars, at the end of each day."""
    asked, paid, status = _requests(run), _served(run), withdrawals(run, days)
    lines: dict[str | None, deque[tuple[str, Decimal]]] = defaultdict(deque)
    left = []
    before = None
    for day in days:
        for line, holder, usd in asked[day]:
            lines[line].append((holder, usd))
        for commodity, holder in paid[day]:
            _serve(lines[commodity if commodity in lines else None], holder)
        if status[day] == OPEN and before not in (None, OPEN):
            lines.clear()  # the holders of requests that still wait have no claims
        before = status[day]
        left.append(sum((usd for line in lines.values() for _, usd in line), ZERO))
    return left


def withdrawals(run: RunFolder, days: Iterable[date]) -> Mapping[date, str | None]:
    """Return the state of withdrawals at each day's end: open, queued or halted.

    Before the first event the state is None.
    """
    name = f"{run.chart.parties.house}:withdrawals"
    told = dict(run.events(name))  # the last event of each day
    status, at_close = None, {}
    for day in days:
        status = at_close[day] = told.get(day, status)
    return at_close


def _requests(run: RunFolder) -> Mapping[date, list[tuple[str | None, str, Decimal]]]:
    """Return each day's requests that had to wait, in order, as (queue, holder, dollars)."""
    asked: dict[date, list[tuple[str | None, str, Decimal]]] = defaultdict(list)
    for day, note in run.dated_notes(UnpaidRequest):
        asked[day].append((note.commodity, note.holder, note.usd))
    return asked


def _served(run: RunFolder) -> Mapping[date, list[tuple[str, str]]]:
    """Return each day's withdrawals paid after a wait, in order, as (commodity, holder)."""
    served: dict[date, list[tuple[str, str]]] = defaultdict(list)
    found = run.select(
        f"SELECT date, commodity, coalesce(meta->>'{HOLDER}', payee) FROM postings "
        f"WHERE line = 1 AND (meta->>'{WAITED}') IS NOT NULL ORDER BY seq"
    )
    for day, commodity, holder in found:
        served[day].append((commodity, holder))
    return served


def _serve(queue: deque[tuple[str, Decimal]], holder: str) -> None:
    while queue and queue.popleft()[0] != holder:
        pass
