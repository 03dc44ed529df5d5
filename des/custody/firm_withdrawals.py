"""Trading firms that lose confidence request the free part of their claims on the house.

The free part of a claim is neither margin nor already requested for withdrawal.
"""

import math
from collections.abc import Sequence

from des.chance import decision_key, mix
from des.clock import DAY_US, HOUR_US
from des.custody.till import Till


class FirmWithdrawals:
    """Random withdrawals of firms, drawn for each firm at each decision.

    Fear raises the probability of a withdrawal.
    """

    def __init__(
        self, seed: int, firms: Sequence[tuple[str, int]], sensitivity: float, till: Till
    ) -> None:
        """Initialise the withdrawals.

        Args:
            seed: the run's seed.
            firms: the name of each firm, and its code in the books.
            sensitivity: the rate of a firm's withdrawals, per day and per unit of fear.
            till: pays firms, or queues their requests.
        """
        self._firms = [
            (decision_key(seed, "firms", "withdrawal", name), name, code) for name, code in firms
        ]
        self._sensitivity, self._till = sensitivity, till

    def decide(self, now_us: int, fear: float, hours: int = 1) -> None:
        """Decide for each firm whether it requests a withdrawal now.

        The next decision is *hours* later.

        Formula: with probability 1 - exp(-fear * sensitivity * hours / 24) a firm requests the
            whole free part of its claim. At constant fear, the probability of a request within
            some time does not depend on the number of decisions in this time. Without fear this
            method requests nothing. Other code moves firms' capital, gains and margin.
        """
        chance = -math.expm1(-fear * self._sensitivity * hours * HOUR_US / DAY_US)
        for key, name, code in self._firms:
            if (mix(key, now_us // HOUR_US) >> 11) / 2**53 < chance:
                why = f", because it has lost confidence: fear is at {fear:.3f}"
                self._till.ask(now_us, code, self._till.owed_cents(code), name, why)
