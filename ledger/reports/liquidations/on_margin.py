"""The days on which customers have positions on margin."""

from datetime import date, timedelta

from ledger.motives import FORCED, Motive, words
from ledger.reports.days import calendar
from ledger.reports.once import once
from ledger.run_folder import RunFolder

MOVES_POSITION = words((Motive.LEVERAGE, *FORCED))


@once
def days_on_margin(run: RunFolder) -> frozenset[date]:
    """Return the days on which at least one customer has a position on margin."""
    if not run.chart.parties.providers:
        return frozenset()
    spans = run.select(
        """
        WITH positions AS (
            SELECT min(time)::DATE AS first, max(time - INTERVAL 1 MICROSECOND)::DATE AS last,
                sum(lots) AS left_open
            FROM rows WHERE holder IS NOT NULL AND motive IN (SELECT unnest($1)) GROUP BY holder
            HAVING bool_or(motive = $2)
        )
        SELECT DISTINCT first, if(left_open = 0, last, $3) FROM positions
        """,
        [MOVES_POSITION, Motive.LEVERAGE.word, calendar(run)[-1]],
    )
    return frozenset(
        first + timedelta(days=after)
        for first, last in spans
        for after in range((last - first).days + 1)
    )
