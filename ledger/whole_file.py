"""Writes a file completely or not at all, so that a failure leaves the old file."""

import os
from pathlib import Path


def write_whole(place: Path, content: bytes) -> None:
    """Write a file under a temporary name, and rename it when it is complete."""
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
