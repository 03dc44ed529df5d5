"""Groups similar rows, and writes the texts of many rows at once.

A day may have tens of thousands of fills, and the texts of similar fills differ little. So each
function that writes these texts accepts a number or a column. A column is an array with one number
for each row. For a number the function returns one text. For a column it returns a list with one
text for each row.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TypeVar, overload

import numpy as np

Numbers = int | np.ndarray
Words = str | list[str]
# The type of amounts. A function with this type returns a column if it gets columns.
Count = TypeVar("Count", int, np.ndarray, Numbers)
# The types of a record's fields: `Held` for a number, `Told` for a text. If one record represents
# many rows, the number becomes a column, and the text becomes a list of texts.
Held = TypeVar("Held", bound=Numbers, covariant=True)
Told = TypeVar("Told", bound=Words, covariant=True)


@overload
def each(write: Callable[[int], str], numbers: int) -> str: ...
@overload
def each(write: Callable[[int], str], numbers: np.ndarray) -> list[str]: ...
@overload
def each(write: Callable[[int], str], numbers: Numbers) -> Words: ...
def each(write: Callable[[int], str], numbers: Numbers) -> Words:
    """Write a number, or each number of a column, as text. Equal numbers are converted once."""
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
    """Join texts. If some parts are lists, join the parts row by row.

    All lists have the same length.
    """
    parts = list(parts)
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    columns = (repeat(part) if isinstance(part, str) else part for part in parts)
    return list(map("".join, zip(*columns, strict=False)))


def alike(rows: np.ndarray, *columns: np.ndarray) -> Iterator[np.ndarray]:
    """Yield groups of rows that have equal values in all *columns*.

    The groups are sorted by these values. Within a group the rows keep their order.

    Args:
        rows: the rows, shape (n,).
        columns: the values to compare, each of shape (n,). The values are booleans, or integers of
            at least 0.
    """
    if not len(rows):
        return
    form = np.ravel_multi_index(columns, [int(column.max()) + 1 for column in columns])
    order = np.argsort(form, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(form[order])) + 1):
        yield rows.take(places)  # `take` is faster than indexing, which copies each field
