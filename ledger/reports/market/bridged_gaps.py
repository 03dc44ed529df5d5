"""Reads the gaps in each market's candles from notes in the books."""

from ledger.notes import CandlesRead
from ledger.run_folder import RunFolder

GAPS = "gaps bridged"  # the part of a note that is about gaps begins with these words
PARTS = "; "


def bridged_gaps(run: RunFolder) -> list[str]:
    """Return a text for each market with gaps in its candles: `BTC-PERP: gaps bridged: 2, ...`."""
    return [
        f"{note.market}: {part}"
        for note in run.notes(CandlesRead)
        for part in note.said.split(PARTS)
        if part.startswith(GAPS)
    ]
