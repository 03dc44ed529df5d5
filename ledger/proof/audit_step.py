"""A step of the audit, and the kinds of proof that steps give."""

from dataclasses import dataclass
from enum import Enum


class Proof(Enum):
    """A kind of proof: the method, and what the method shows."""

    SEAL = ("the seal", "no file has changed since the run was sealed")
    SIGNATURE = ("the signature", "the holder of the given key sealed the run")
    BOOKS = (
        "recomputation and invariants",
        "the books are consistent in amounts and words, and agree with the scenario's inputs",
    )
    REPLAY = ("replay", "the books are what the scenario gives, byte for byte")

    def __init__(self, means: str, shows: str) -> None:
        self.means, self.shows = means, shows


@dataclass(frozen=True, slots=True)
class AuditStep:
    """One step of the audit: its subject, and its problems."""

    step: str
    problems: tuple[str, ...]
    proof: Proof = Proof.BOOKS
    remarks: tuple[str, ...] = ()  # notes that are not problems
