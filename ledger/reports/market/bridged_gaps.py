"""The gaps in the candles of each market, read from notes in the books."""

from ledger.notes import CandlesRead
from ledger.run_folder import RunFolder

GAPS = "gaps bridged"  # the first words of a note on gaps
PARTS = "; "


def bridged_gaps(run: RunFolder) -> list[str]:
    """Return a text for each market whose candles have gaps: `BTC-PERP: gaps bridged: 2, ...`."""
    return [
        f"{note.market}: {part}"
        for note in run.notes(CandlesRead)
        for part in note.said.split(PARTS)
        if part.startswith(GAPS)
    ]
