"""The borrowing limit and the margin of an account that owes dollars against tokens.

If M is the value of a lot at the mark, t lots with the weight w have the margin value w * t * M.
The account's only position is its debt D, so its margin fraction is (w * t * M - D) / D. The
borrower may borrow as long as the margin fraction is at least 1 / leverage_max. For this test w is
the initial weight. If the margin fraction is below the maintenance fraction, the venue sells
tokens. If the margin fraction is below the auto-close fraction, the captive maker takes over the
account.
"""

import math
from dataclasses import dataclass

from des.liquidation.token_collateral import E6
from des.scenario import PledgedLoan

WHOLE_E6 = 1_100_000  # 1.1, the numerator of the formula in `size_weight_e6`, in millionths


@dataclass(slots=True)
class PledgedAccount:
    """One borrower's tokens in whole lots, and debt in cents."""

    lots: int
    debt_cents: int = 0

    def value_cents(self, lot_cents: int) -> int:
        """Return the value of the tokens in cents, given the value of a lot."""
        return self.lots * lot_cents


def size_weight_e6(factor: float, tokens: float) -> int:
    """Return the largest weight that the size of a holding allows.

    Formula: 1.1 / (1 + factor * sqrt(tokens)).

    Args:
        factor: the strength of the effect. 0: the size of the holding has no effect.
        tokens: the holding, in whole tokens.

    Returns:
        The weight in millionths. A result of a million or more does not limit the weight.
    """
    return int(WHOLE_E6 / (1 + factor * math.sqrt(tokens))) if factor else WHOLE_E6


def lendable_cents(counted_cents: int, loan: PledgedLoan) -> int:
    """Return the largest allowed debt in cents. *counted_cents* is the tokens' margin value."""
    return counted_cents * E6 // (E6 + loan.margin_e6)


def margin_below(counted_cents: int, debt_cents: int, margin_e6: int) -> bool:
    """Tell whether an account's margin fraction is below *margin_e6* millionths."""
    return (counted_cents - debt_cents) * E6 < debt_cents * margin_e6


def lots_to_sell(
    account: PledgedAccount, lot_cents: int, weight_e6: int, brings_cents: int, margin_e6: int
) -> int:
    """Return how many lots an account must sell to reach a margin fraction, at most all its lots.

    If a sale does not reduce the margin that is missing, the result is all lots.

    Args:
        account: the account.
        lot_cents: the value of a lot at the mark.
        weight_e6: the share of a lot's value that counts as margin, in millionths.
        brings_cents: the price that a buyer pays for a lot, in cents.
        margin_e6: the margin fraction to reach, in millionths.
    """
    needed = account.debt_cents * (E6 + margin_e6) - account.lots * lot_cents * weight_e6
    # The sale of a lot reduces the debt by the proceeds, and the margin value by the weight times
    # the lot's value.
    gained = brings_cents * (E6 + margin_e6) - lot_cents * weight_e6
    if gained <= 0:
        return account.lots
    return min(max(-(-needed // gained), 0), account.lots)
