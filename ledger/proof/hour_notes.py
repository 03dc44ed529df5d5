"""Checks the notes on drawn hours: the weights of each day, and the fills in hours of weight 0.

A day's weights must sum to 24. An hour of weight 0 must have no fills of quotes. If a run plays one
hour of each group of similar hours, its books must have these notes. Only a replay (`runs.replay`)
can prove that the scenario draws the noted hours.
"""

from collections.abc import Iterator

from ledger.hours_drawn import HoursDrawn
from ledger.motives import Motive
from ledger.proof.edge_notes import edge_in_fills
from ledger.run_folder import RunFolder
from ledger.times import HOUR_US, HOURS_PER_DAY, day_of

# Fills with these motives need a quote, and an hour that is not played has no quotes.
OF_QUOTES = (Motive.PICKOFF, Motive.SPREAD)


def wrong_hours(run: RunFolder, hours_are_grouped: bool) -> Iterator[str]:
    """Yield a sentence for each day with wrong weights, and for each hour with impossible fills.

    Fills of quotes are impossible in an hour whose weight is 0 or is not noted.

    Args:
        run: the run.
        hours_are_grouped: whether the run must have these notes, since it draws hours from groups.
            If False, books without any such note are not checked.
    """
    weights = {day: note.weight_of_hours for day, note in run.dated_notes(HoursDrawn)}
    for day, of_hours in weights.items():
        if len(of_hours) != HOURS_PER_DAY or sum(of_hours) != HOURS_PER_DAY:
            yield (
                f"{day}: the note on the hours drawn has {len(of_hours)} weights with the sum "
                f"{sum(of_hours)}; both numbers must be {HOURS_PER_DAY}"
            )
    if not weights and not hours_are_grouped:
        return
    for motive, hour in sorted(edge_in_fills(run, [each.word for each in OF_QUOTES])):
        day, of_day = day_of(hour * HOUR_US), hour % HOURS_PER_DAY
        if day not in weights:
            yield f"{day}: there is no note on the hours drawn"
        elif of_day < len(weights[day]) and not weights[day][of_day]:
            yield f"{day}: hour {of_day} has fills with the motive {motive}, but the weight 0"
