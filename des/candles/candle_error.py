"""Errors in files of candles, with their locations."""

from pathlib import Path


class RowError(ValueError):
    """An implausible value in a file of candles.

    Args:
        row: the line, or in JSON the candle, from 1; None for an error of the whole content.
        complaint: the error and its correction, in one line.
    """

    def __init__(self, row: int | None, complaint: str) -> None:
        super().__init__(complaint)
        self.row, self.complaint = row, complaint


class CandleError(ValueError):
    """An implausible file of candles.

    Args:
        path: the file.
        line: the line, or in JSON the candle, from 1; None for an error of the whole file.
        complaint: the error and its correction, in one line.
        counted: the unit of `line`.
    """

    def __init__(self, path: Path, line: int | None, complaint: str, counted: str = "line") -> None:
        place = f"{path}" if line is None else f"{path}, {counted} {line}"
        super().__init__(f"{place}: {complaint}")
        self.path, self.line = path, line


def shown(cell: str) -> str:
    """Quote a cell on one line and at limited length."""
    return repr(cell if len(cell) <= 40 else f"{cell[:40]}...")
