"""Writes a range of values with its unit, for tables and sentences."""

from datetime import date
from decimal import Decimal

from runs.claims.statement import Value

# The size of each unit in dollars, the largest first.
SCALES = (
    (Decimal(10**9), "bn USD"),
    (Decimal(10**6), "m USD"),
    (Decimal(10**3), "k USD"),
    (Decimal(1), "USD"),
)
USD = "USD"


def spoken_span(span: tuple[Value, Value], unit: str) -> str:
    """Write a range, such as 6.5 to 12.4 bn USD, or one value if both ends look the same.

    Args:
        span: the least and the greatest value: two amounts, or two days.
        unit: the unit of both values.
    """
    low, high = span
    if isinstance(low, date) or isinstance(high, date):
        return f"{low}" if low == high else f"{low} to {high}"
    if unit == USD:
        largest = max(abs(low), abs(high))
        per, unit = next((each for each in SCALES if largest >= each[0]), SCALES[-1])
        first, last = (f"{round(each / per, 1) + 0:,f}" for each in (low, high))
    else:
        first, last = f"{low + 0:,f}", f"{high + 0:,f}"
    said = first if first == last else f"{first} to {last}"
    return f"{said} {unit}" if unit else said
