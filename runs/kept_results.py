"""Stores results one by one, so that work can continue after an interruption."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.mistake import MistakeError
from ledger.whole_file import write_whole

MADE_BY = "made-by.json"


class OtherResultsError(MistakeError):
    """The results in a folder come from other inputs, or the folder can't be written."""


class KeptResults:
    """A folder with one complete file for each result."""

    def __init__(self, folder: Path, made_by: Mapping[str, Any]) -> None:
        """Create the folder, or use the existing results in it.

        Args:
            folder: the folder, which is created if missing.
            made_by: all inputs on which the results depend.

        Raises:
            OtherResultsError: the folder can't be written, or its results depend on other inputs.
        """
        self.folder = folder
        text, place = json.dumps(made_by, sort_keys=True), folder / MADE_BY
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if place.is_file() and place.read_text(encoding="utf-8") != text:
                raise OtherResultsError(
                    f"{folder}: its results come from other inputs or other software; give "
                    "another --out"
                )
            write_whole(place, text.encode())
        except OSError as error:
            raise OtherResultsError(f"{folder}: can't be written ({error.strerror})") from error

    def get(self, name: str) -> Any:
        """Return the stored result with this name, or None if there is none yet."""
        place = self._place(name)
        return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None

    def keep(self, name: str, result: Any) -> None:
        """Store a result."""
        write_whole(self._place(name), json.dumps(result, sort_keys=True).encode())

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}.json"
