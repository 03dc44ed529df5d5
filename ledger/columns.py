"""Many rows at once: what they have in common is written once, what differs as a column.

A day has tens of thousands of fills that differ in little but numbers. So what writes one fill
writes a column of them as well, as numpy has it for sums: where a number gives a text, a column of
numbers (an array) gives a column of texts (a list), and a text by itself stands in every row.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TypeVar, overload

import numpy as np

Numbers = int | np.ndarray
Words = str | list[str]
# What is linear takes a number, a column, or whichever it is, and gives the same.
Count = TypeVar("Count", int, np.ndarray, Numbers)
# What a record holds: it can be read as one that may hold either.
Held = TypeVar("Held", bound=Numbers, covariant=True)
Told = TypeVar("Told", bound=Words, covariant=True)


@overload
def each(write: Callable[[int], str], numbers: int) -> str: ...
@overload
def each(write: Callable[[int], str], numbers: np.ndarray) -> list[str]: ...
@overload
def each(write: Callable[[int], str], numbers: Numbers) -> Words: ...
def each(write: Callable[[int], str], numbers: Numbers) -> Words:
    """Write a number, or a column: each of its numbers once, since prices and sizes come again."""
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
    """Join texts to a text; where there are columns (of one length) among them, row by row."""
    parts = list(parts)
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    columns = (repeat(part) if isinstance(part, str) else part for part in parts)
    return list(map("".join, zip(*columns, strict=False)))


def alike(rows: np.ndarray, *columns: np.ndarray) -> Iterator[np.ndarray]:
    """Yield together those rows that are the same in all *columns*, sorted by what they are there.

    Args:
        rows: shape (n,); those that are alike keep their order.
        columns: what to compare, each of shape (n,): booleans, or integers from zero.
    """
    if not len(rows):
        return
    form = np.ravel_multi_index(columns, [int(column.max()) + 1 for column in columns])
    order = np.argsort(form, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(form[order])) + 1):
        yield rows.take(places)  # an index would pick records field by field
