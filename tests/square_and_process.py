"""A piece of work for another process, in a file that imports nothing else."""

import os


def square_and_process(n: int) -> tuple[int, int]:
    return n * n, os.getpid()
