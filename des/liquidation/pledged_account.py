"""An account that owes dollars against tokens: its borrowing limit, and the failure of its margin.

At mark M, t tokens of weight w count as w t M. With debt D the account's margin fraction is
(w t M - D) / D: dollars borrowed are its only position. It may borrow while that fraction, at the
initial weight, is at least one over the most leverage; it lacks margin below the maintenance
fraction, and is ended below the auto-close fraction.
"""

import math
from dataclasses import dataclass

from des.liquidation.token_collateral import E6
from des.scenario import PledgedLoan

WHOLE_E6 = 1_100_000  # the weight of a large holding is at most this over 1 + factor x root


@dataclass(slots=True)
class PledgedAccount:
    """One borrower's tokens and debt, in whole lots and cents."""

    lots: int
    debt_cents: int = 0

    def value_cents(self, lot_cents: int) -> int:
        """Return the value of the tokens at the mark."""
        return self.lots * lot_cents


def size_weight_e6(factor: float, tokens: float) -> int:
    """Return the weight of a holding by its size, in millionths: 1.1 / (1 + factor x root).

    Args:
        factor: the token's factor; 0: there is no such rule.
        tokens: the holding, in whole tokens.

    Returns:
        Millionths, above a million where the holding is too small for the rule to bind.
    """
    return int(WHOLE_E6 / (1 + factor * math.sqrt(tokens))) if factor else WHOLE_E6


def lendable_cents(counted_cents: int, loan: PledgedLoan) -> int:
    """Return the largest debt in cents against tokens with that margin value."""
    return counted_cents * E6 // (E6 + loan.margin_e6)


def margin_below(counted_cents: int, debt_cents: int, margin_e6: int) -> bool:
    """Tell whether an account's margin fraction is below *margin_e6* millionths."""
    return (counted_cents - debt_cents) * E6 < debt_cents * margin_e6


def lots_to_sell(
    account: PledgedAccount, lot_cents: int, weight_e6: int, brings_cents: int, margin_e6: int
) -> int:
    """Return how many lots to sell to restore an account's margin; all lots if they are too few.

    Args:
        account: the account.
        lot_cents: the value of a lot at the mark.
        weight_e6: the part of that value that counts.
        brings_cents: the proceeds of a lot.
        margin_e6: the margin fraction to reach.
    """
    needed = account.debt_cents * (E6 + margin_e6) - account.lots * lot_cents * weight_e6
    # A sold lot lowers the debt by its proceeds, and the margin value by its weight.
    gained = brings_cents * (E6 + margin_e6) - lot_cents * weight_e6
    if gained <= 0:
        return account.lots
    return min(max(-(-needed // gained), 0), account.lots)
