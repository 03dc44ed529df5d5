"""How much of the candles of a market was missing, as the books note it."""

from ledger.notes import CandlesRead
from ledger.run_folder import RunFolder

GAPS = "gaps bridged"  # so the reader of candles begins what it says of gaps
PARTS = "; "


def bridged_gaps(run: RunFolder) -> list[str]:
    """Return a text for each market whose candles have gaps: `BTC-PERP: gaps bridged: 2, ...`."""
    return [
        f"{note.market}: {part}"
        for note in run.notes(CandlesRead)
        for part in note.said.split(PARTS)
        if part.startswith(GAPS)
    ]
