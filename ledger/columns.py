"""Writes the texts of many rows at once.

A day has tens of thousands of fills, and their texts differ only in some numbers. So the functions
that write these texts take one number, or a column: an array with a number for each row. From a
number a function makes one text. From a column it makes a list with one text for each row. The
words that all rows share are written only once.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TypeVar, overload

import numpy as np

Numbers = int | np.ndarray
Words = str | list[str]
# The type of amounts. A function that gets numbers returns numbers. If it gets columns, it returns
# columns.
Count = TypeVar("Count", int, np.ndarray, Numbers)
# The types of a record's fields. If the record stands for many rows, a field with a number is a
# column of numbers (Held), and a field with a text is a list of texts (Told).
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
    """Join texts. If some parts are columns (of equal length), join the parts row by row."""
    parts = list(parts)
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    columns = (repeat(part) if isinstance(part, str) else part for part in parts)
    return list(map("".join, zip(*columns, strict=False)))


def alike(rows: np.ndarray, *columns: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the groups of rows that have equal values in all *columns*, sorted by these values.

    Args:
        rows: the rows, shape (n,). Within a group the rows keep their order.
        columns: the values to compare, each of shape (n,). The values are booleans, or integers
            from zero.
    """
    if not len(rows):
        return
    form = np.ravel_multi_index(columns, [int(column.max()) + 1 for column in columns])
    order = np.argsort(form, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(form[order])) + 1):
        yield rows.take(places)  # `take` is faster than indexing, which copies each field
