"""The maker looks at its own results once a month, and draws its conclusion.

Quoting on the lead venue is what it began with. When that stops paying, an independent firm sizes
down and shuts off; a captive maker takes its quotes to the house venue instead.
"""

from typing import Literal

SMALLEST = 8  # what is less than one part in so many of what it began with is shut off


class MonthlyReview:
    """Decides how much the maker shows on the lead venue, and whether it quotes on the house's."""

    def __init__(
        self, policy: Literal["captive", "independent"] | None, lead_quote_cents: int
    ) -> None:
        """Begin on the lead venue; without a policy on both, and nothing ever changes."""
        self._policy, self._first_cents = policy, lead_quote_cents
        self.lead_quote_cents = lead_quote_cents
        self.on_house = policy is None

    def close_month(self, lead_result_cents: int) -> str | None:
        """Judge a month by its result on the lead venue.

        Returns:
            What was decided, if anything was.
        """
        if self._policy is None or not self.lead_quote_cents or lead_result_cents >= 0:
            return None
        if self._policy == "captive":
            self.lead_quote_cents, self.on_house = 0, True
            return "moves to the house venue"
        self.lead_quote_cents //= 2
        if self.lead_quote_cents * SMALLEST < self._first_cents:
            self.lead_quote_cents = 0
            return "shuts off"
        return "sizes down"
