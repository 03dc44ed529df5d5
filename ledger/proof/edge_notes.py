"""The notes on what each hour brought takers, compared with the fills.

Reports take the error of sampled hours from these notes, so that they need not read all fills.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from ledger.money import dollars
from ledger.notes import EdgeOfHours
from ledger.run_folder import RunFolder
from ledger.times import HOURS_PER_DAY

NOTHING = (0,) * HOURS_PER_DAY
Place = tuple[date, str]  # a day, the word of a motive


def wrong_edges(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each hour with a wrong note, and for each day without one.

    Books without any such note have none to prove: all hours were simulated, or the run is older.
    """
    notes = run.dated_notes(EdgeOfHours)
    made = _made(run, sorted({note.motive for _, note in notes}))
    for day, note in notes:
        found = made.pop((day, note.motive), NOTHING)
        for hour, (noted, cents) in enumerate(zip_longest(note.cents_of_hours, found)):
            if noted != cents:
                yield (
                    f"{day}: it notes {_said(noted)} from {note.motive} in hour {hour}, "
                    f"where fills have {_said(cents)}"
                )
    for day, motive in sorted(made):
        yield f"{day}: it notes nothing of what {motive} brought takers by hour"


def _made(run: RunFolder, motives: list[str]) -> dict[Place, tuple[int, ...]]:
    """Sum takers' edge by day, motive and hour; days that sum to zero in each hour are left out."""
    made: dict[Place, list[int]] = defaultdict(lambda: [*NOTHING])
    for day, motive, hour, cents in run.select(
        "SELECT time::DATE, motive::VARCHAR, hour(time), sum(edge_cents)::BIGINT FROM rows "
        "WHERE motive IN (SELECT unnest(?)) GROUP BY ALL",
        [motives],
    ):
        made[day, motive][hour] = cents
    return {place: tuple(hours) for place, hours in made.items() if any(hours)}


def _said(cents: int | None) -> str:
    return "nothing" if cents is None else f"{dollars(cents):,.2f}"
