"""Writes the text of many rows at once.

A day has tens of thousands of fills that differ only in some numbers. So a function that writes the
text of one fill can also write the texts of many fills. From a number the function makes a text,
and from an array of numbers a list of texts. A text that all rows share is written once.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TypeVar, overload

import numpy as np

Numbers = int | np.ndarray
Words = str | list[str]
# A linear function returns a number if it gets a number, and a column if it gets a column.
Count = TypeVar("Count", int, np.ndarray, Numbers)
# The fields of a record are of this type: numbers, or columns of numbers.
Held = TypeVar("Held", bound=Numbers, covariant=True)
Told = TypeVar("Told", bound=Words, covariant=True)


@overload
def each(write: Callable[[int], str], numbers: int) -> str: ...
@overload
def each(write: Callable[[int], str], numbers: np.ndarray) -> list[str]: ...
@overload
def each(write: Callable[[int], str], numbers: Numbers) -> Words: ...
def each(write: Callable[[int], str], numbers: Numbers) -> Words:
    """Write a number or a column as text. Equal numbers are converted only once."""
    if not isinstance(numbers, np.ndarray):
        return write(numbers)
    values = numbers.tolist()
    written = {number: write(number) for number in set(values)}
    return list(map(written.__getitem__, values))


@overload
def joined(parts: Iterable[str]) -> str: ...
@overload
def joined(parts: Iterable[Words]) -> Words: ...
def joined(parts: Iterable[Words]) -> Words:
    """Join texts. If some texts are columns of one length, join them row by row."""
    parts = list(parts)
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    columns = (repeat(part) if isinstance(part, str) else part for part in parts)
    return list(map("".join, zip(*columns, strict=False)))


def alike(rows: np.ndarray, *columns: np.ndarray) -> Iterator[np.ndarray]:
    """Yield groups of rows that are equal in all *columns*, sorted by these values.

    Args:
        rows: the rows, shape (n,). Equal rows keep their order.
        columns: the values to compare, each of shape (n,). The values are booleans, or integers
            from zero.
    """
    if not len(rows):
        return
    form = np.ravel_multi_index(columns, [int(column.max()) + 1 for column in columns])
    order = np.argsort(form, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(form[order])) + 1):
        yield rows.take(places)  # `take` is faster than indexing, which copies each field
