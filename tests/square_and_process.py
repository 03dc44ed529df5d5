"""A function for tests of parallel processes. The file does not import the project's code."""

import os


def square_and_process(n: int) -> tuple[int, int]:
    return n * n, os.getpid()
