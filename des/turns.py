"""What comes first within a microsecond.

Ticks are there already; then customers bring and take money, quotes are posted, and orders arrive
by firm number, whoever is no firm after them. A settlement comes after everything else.
"""

import simpy

QUOTE = 1
ORDER = 2  # plus the firm's number
SETTLEMENT = 2**62


class Moment(simpy.Event):
    """Something that happens at a time, in its turn within the microsecond."""

    def __init__(self, env: simpy.Environment, time_us: int, turn: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        # SimPy orders by any integer; its annotation knows only its own two priorities.
        env.schedule(self, priority=turn, delay=time_us - env.now)  # type: ignore[arg-type]
