"""Errors in files of candles. If one line or candle is wrong, the error has its number."""

from pathlib import Path


class RowError(ValueError):
    """An error in reading a file of candles.

    Args:
        row: the number of the wrong line, counted from 1. In valid JSON it is the number of the
            wrong candle. None: the error is in the file as a whole.
        complaint: the error and its correction, in one line.
    """

    def __init__(self, row: int | None, complaint: str) -> None:
        super().__init__(complaint)
        self.row, self.complaint = row, complaint


class CandleError(ValueError):
    """A file of candles that cannot be used.

    Args:
        path: the file.
        line: the number of the wrong line, counted from 1. In valid JSON it is the number of the
            wrong candle. None: the error is in the file as a whole.
        complaint: the error and its correction, in one line.
        counted: what `line` counts: "line" or "candle".
    """

    def __init__(self, path: Path, line: int | None, complaint: str, counted: str = "line") -> None:
        place = f"{path}" if line is None else f"{path}, {counted} {line}"
        super().__init__(f"{place}: {complaint}")
        self.path, self.line = path, line


def shown(cell: str) -> str:
    """Return a cell's text in quotes, on one line, and cut after 40 characters."""
    return repr(cell if len(cell) <= 40 else f"{cell[:40]}...")
