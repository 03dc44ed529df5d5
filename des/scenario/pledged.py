"""Loans against a thinly traded token: the borrower, the pledge, and the token's order book."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import (
    Entity,
    Fraction,
    Part,
    PositiveUsd,
    TokenName,
    Usd,
    check_full_hour,
    check_span,
    moment_us,
)


class TokenBook(Part):
    """The order book in which a pledged token is sold. The book refills over time.

    The book shows the same number of dollars at each basis point below the token's price.
    """

    usd_per_bp: Usd  # dollars shown at each basis point below the price
    # A sale uses the book only up to this distance from the price, in basis points.
    through_bps: Annotated[float, Field(gt=0, le=1_000)] = 5.0
    refill_s: Annotated[int, Field(ge=1, le=86_400)]  # seconds until the book is full again


class PledgedLoan(Part):
    """A customer who pledges tokens, borrows as much as the venue allows, and withdraws the loan.

    The tokens are pledged from the run's start on. At each settlement from `since` on and before
    `until`, the customer raises the debt to the largest amount that the token's price and
    `borrowed_usd_max` allow. The customer never repays voluntarily.
    """

    borrower: Entity
    token: TokenName  # one of leverage.tokens; its weight applies to margin checks
    tokens: Annotated[float, Field(gt=0, le=1e12)]  # number of tokens, rounded down to whole lots
    # The weight for new loans, at most the token's weight.
    weight_initial: Annotated[float, Field(ge=0.01, le=1)]
    # 1 / (the margin in dollars that each dollar of new debt needs).
    leverage_max: Annotated[float, Field(ge=1, le=200)]
    since: date | datetime
    until: date | datetime | None = None  # None: until the end of the run
    borrowed_usd_max: PositiveUsd | None = None  # the largest debt; None: no limit
    imf_factor: Fraction = 0.0  # lowers the weight of large holdings; 0: no effect
    book: TokenBook

    @property
    def margin_e6(self) -> int:
        """Return the margin that each dollar of new debt needs, in millionths of a dollar."""
        return round(1_000_000 / self.leverage_max)

    def weight_initial_e6(self, weight_e6: int) -> int:
        """Return the weight for new loans in millionths, at most the token's weight."""
        return min(round(self.weight_initial * 1_000_000), weight_e6)

    def borrows_at(self, time_us: int) -> bool:
        """Tell whether the customer borrows at this time."""
        until_us = time_us + 1 if self.until is None else moment_us(self.until)
        return moment_us(self.since) <= time_us < until_us

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.until is None:
            check_full_hour("since", self.since)
        else:
            check_span(self.since, self.until)
        return self
