"""A function for tests of parallel processes. This file imports no project code."""

import os


def square_and_process(n: int) -> tuple[int, int]:
    return n * n, os.getpid()
