"""A function for tests of other processes, in a file that imports no project code."""

import os


def square_and_process(n: int) -> tuple[int, int]:
    return n * n, os.getpid()
