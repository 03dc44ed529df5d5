"""Loans against a thin token: the borrower, the pledge, and the token's book."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import (
    ContradictionError,
    Entity,
    Fraction,
    Part,
    PositiveUsd,
    TokenName,
    Usd,
    check_full_hour,
    moment_us,
)


class TokenBook(Part):
    """The book into which a token is sold: linear, and it fills up again."""

    usd_per_bp: Usd  # shown for each basis point from the price
    through_bps: Annotated[float, Field(gt=0, le=1_000)] = 5.0  # that a sale goes through
    refill_s: Annotated[int, Field(ge=1, le=86_400)]  # seconds until the book is full again


class PledgedLoan(Part):
    """A customer who borrows all dollars that the venue lends on a token, and withdraws them.

    It has the token on the first day. From `since` until `until` it borrows at each settlement as
    much as the price allows. It never repays voluntarily.
    """

    borrower: Entity
    token: TokenName  # one of leverage.tokens; its weight applies when margin is checked
    tokens: Annotated[float, Field(gt=0, le=1e12)]  # rounded down to whole lots
    weight_initial: Annotated[float, Field(ge=0.01, le=1)]  # for new loans; at most its weight
    leverage_max: Annotated[float, Field(ge=1, le=200)]  # 1 / the margin kept on a new dollar
    since: date | datetime
    until: date | datetime | None = None  # None: until the end
    borrowed_usd_max: PositiveUsd | None = None  # None: no limit on one customer's debt
    imf_factor: Fraction = 0.0  # a larger holding has a smaller weight; 0: no such rule
    book: TokenBook

    @property
    def margin_e6(self) -> int:
        """Return the margin kept on a new dollar, in millionths of it."""
        return round(1_000_000 / self.leverage_max)

    def weight_initial_e6(self, weight_e6: int) -> int:
        """Return the weight when it borrows, in millionths, given the token's weight."""
        return min(round(self.weight_initial * 1_000_000), weight_e6)

    def borrows_at(self, time_us: int) -> bool:
        """Tell whether it borrows at a moment."""
        until_us = time_us + 1 if self.until is None else moment_us(self.until)
        return moment_us(self.since) <= time_us < until_us

    @model_validator(mode="after")
    def _span(self) -> Self:
        check_full_hour("since", self.since)
        if self.until is None:
            return self
        check_full_hour("until", self.until)
        if not moment_us(self.since) < moment_us(self.until):
            raise ContradictionError(
                ("until",), f"is {self.until}; give a time after since, {self.since}"
            )
        return self
