"""Compiles all functions of the simulation: `python -m runs.compile_all SCENARIO`.

The scenario must call every function that Numba compiles. Numba compiles a function at the first
call and stores the code for later runs. The functions for quotes, races and fills are compiled
together, which takes half of the total time. So two processes share the work. This process plays
the whole scenario. The other process plays it without quotes and trades. So the other process
compiles the remaining functions while this process compiles those for quotes, races and fills.
"""

import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np

from des.quoting.quotes import Quotes
from des.quoting.race import NO_FILLS, NO_ORDERS, Fills
from des.world import World
from runs.scenarios import load


def play(path: str) -> None:
    """Play a scenario, and delete its books."""
    with TemporaryDirectory(prefix="moneytrail-") as folder:
        World(load(path), Path(folder)).run(lambda: None)


def play_without_trading(path: str) -> None:
    """Play a scenario without quotes and trades."""

    def nothing_happens(standing: Quotes, *_: object) -> tuple[Quotes, np.ndarray, Fills]:
        return standing, NO_ORDERS, NO_FILLS

    with patch("des.quoting.session.play", nothing_happens):
        play(path)


def main(path: str) -> None:
    """Compile all functions that a scenario calls."""
    other = get_context("spawn").Process(target=play_without_trading, args=(path,))
    other.start()
    play(path)
    other.join()


if __name__ == "__main__":
    main(sys.argv[1])
