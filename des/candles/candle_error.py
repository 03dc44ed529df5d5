"""Errors in files of candles. Each error has the number of the line or of the candle."""

from pathlib import Path


class RowError(ValueError):
    """An implausible value in a file of candles.

    Args:
        row: the number of the line, counted from 1. In JSON it is the number of the candle. None:
            the whole content is wrong.
        complaint: the error and its correction, in one line.
    """

    def __init__(self, row: int | None, complaint: str) -> None:
        super().__init__(complaint)
        self.row, self.complaint = row, complaint


class CandleError(ValueError):
    """An implausible file of candles.

    Args:
        path: the file.
        line: the number of the line, counted from 1. In JSON it is the number of the candle. None:
            the whole file is wrong.
        complaint: the error and its correction, in one line.
        counted: what `line` counts: "line" or "candle".
    """

    def __init__(self, path: Path, line: int | None, complaint: str, counted: str = "line") -> None:
        place = f"{path}" if line is None else f"{path}, {counted} {line}"
        super().__init__(f"{place}: {complaint}")
        self.path, self.line = path, line


def shown(cell: str) -> str:
    """Quote the text of a cell on one line, shortened if it is long."""
    return repr(cell if len(cell) <= 40 else f"{cell[:40]}...")
