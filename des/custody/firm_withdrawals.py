"""Trading firms that lose confidence withdraw their free money from the house."""

import math
from collections.abc import Sequence

from des.chance import decision_key, mix
from des.clock import DAY_US, HOUR_US
from des.custody.till import Till


class FirmWithdrawals:
    """Hazards in proportion to fear, one draw for each firm and hour."""

    def __init__(
        self, seed: int, firms: Sequence[tuple[str, int]], sensitivity: float, till: Till
    ) -> None:
        """Begin.

        Args:
            seed: the run's seed.
            firms: name and code in the books of each.
            sensitivity: a firm's hazard per day and unit of fear.
            till: pays them, or lets them wait.
        """
        self._firms = [
            (decision_key(seed, "firms", "withdrawal", name), name, code) for name, code in firms
        ]
        self._sensitivity, self._till = sensitivity, till

    def decide(self, now_us: int, fear: float, hours: int = 1) -> None:
        """Let each firm decide for an hour, or for several that pass at once.

        Formula: with probability 1 - exp(-fear * sensitivity * hours / 24) a firm asks for the
            whole free part of its claim. This is a hazard rate, so the result does not depend on
            the length of a step. Firms have no base rate: in normal times their transfers follow
            from results and margin.
        """
        chance = -math.expm1(-fear * self._sensitivity * hours * HOUR_US / DAY_US)
        for key, name, code in self._firms:
            if (mix(key, now_us // HOUR_US) >> 11) / 2**53 < chance:
                why = f", because it has lost confidence: fear is at {fear:.3f}"
                self._till.ask(now_us, code, self._till.owed_cents(code), name, why)
