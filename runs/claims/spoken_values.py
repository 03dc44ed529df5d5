"""A value with its unit, or the span of several, as a table and a sentence write it."""

from datetime import date
from decimal import Decimal

from runs.claims.statement import Value

# From how many dollars on an amount is written in which unit.
SCALES = (
    (Decimal(10**9), "bn USD"),
    (Decimal(10**6), "m USD"),
    (Decimal(10**3), "k USD"),
    (Decimal(1), "USD"),
)
USD = "USD"


def spoken_span(span: tuple[Value, Value], unit: str) -> str:
    """Write the least and the greatest value: 6.5 to 12.4 bn USD; one if they read alike.

    Args:
        span: both ends, of one kind.
        unit: of both.
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
