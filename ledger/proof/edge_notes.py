"""Compares the notes on takers' gains in each hour with the fills.

Reports compute the sampling error from these notes, without reading all fills.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import zip_longest

from ledger.fill_notes import NOTED_BY_HOUR
from ledger.money import dollars
from ledger.notes import EdgeOfHours
from ledger.run_folder import RunFolder
from ledger.times import HOUR_US, HOURS_PER_DAY, day_of

NOTHING = (0,) * HOURS_PER_DAY
Place = tuple[date, str]  # a day, and a motive's name as written in the fills


def wrong_edges(run: RunFolder, hours_are_sampled: bool) -> Iterator[str]:
    """Yield a sentence for each hour whose noted gain is wrong, and for each missing note.

    A day needs no note if each hour's gain is zero.

    Args:
        run: the run.
        hours_are_sampled: whether the run must have these notes, since it samples hours. If False,
            books without any such note are not checked.
    """
    notes = run.dated_notes(EdgeOfHours)
    due = {NOTED_BY_HOUR.word} if hours_are_sampled else set()
    made = _made(run, due | {note.motive for _, note in notes})
    for day, note in notes:
        found = made.pop((day, note.motive), NOTHING)
        for hour, (noted, cents) in enumerate(zip_longest(note.cents_of_hours, found)):
            if noted != cents:
                yield (
                    f"{day}: the note states takers' gains of {_said(noted)} from {note.motive} in "
                    f"hour {hour}, but the fills have {_said(cents)}"
                )
    for day, motive in sorted(made):
        yield f"{day}: there is no note on takers' gains from {motive} by hour"


def edge_in_fills(run: RunFolder, motives: Iterable[str]) -> dict[tuple[str, int], int]:
    """Return takers' gains in cents, summed from the fills by (motive, hour since 1970)."""
    return {
        (motive, hour): cents
        for motive, hour, cents in run.select(
            "SELECT motive::VARCHAR, epoch_us(time) // ? AS hour, sum(edge_cents)::BIGINT "
            "FROM rows WHERE motive IN (SELECT unnest(?)) GROUP BY ALL",
            [HOUR_US, list(motives)],
        )
    }


def _made(run: RunFolder, motives: Iterable[str]) -> dict[Place, tuple[int, ...]]:
    """Return takers' gains by (day, motive): 24 sums over the fills, one for each hour.

    If all 24 sums are zero, they are left out.
    """
    made: dict[Place, list[int]] = defaultdict(lambda: [*NOTHING])
    for (motive, hour), cents in edge_in_fills(run, motives).items():
        made[day_of(hour * HOUR_US), motive][hour % HOURS_PER_DAY] = cents
    return {place: tuple(hours) for place, hours in made.items() if any(hours)}


def _said(cents: int | None) -> str:
    return "nothing" if cents is None else f"{dollars(cents):,.2f}"
