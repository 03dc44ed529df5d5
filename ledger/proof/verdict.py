"""The result of an audit: a verdict in one sentence, and a conclusion in one paragraph."""

from collections.abc import Iterable, Sequence

from ledger.proof.audit_step import AuditStep, Proof

_SOUND = {
    Proof.SEAL: "the run has not changed since it was sealed",
    Proof.SIGNATURE: "the key's holder sealed it",
    Proof.BOOKS: "its books are consistent",
    Proof.REPLAY: "its scenario gives the same books, byte for byte",
}
# Proofs that an audit makes only on request: the question that stays open without the proof, and
# the option that requests the proof.
_OPEN = {
    Proof.SIGNATURE: "who sealed it (--verify KEY)",
    Proof.REPLAY: (
        "whether the scenario gives the same prices, orders, notes, ages of quotes, triggers of "
        "hits, and payments outside trading as the books have (--replay)"
    ),
}


def verdict(steps: Sequence[AuditStep]) -> str:
    """Return the verdict of an audit in a sentence."""
    wrong = [step for step in steps if step.problems]
    if wrong:
        first = wrong[0].problems[0].partition(": ")[0]
        return (
            f"The run fails its audit: {len(wrong)} of {len(steps)} steps found something wrong, "
            f"and the first problem is in {first}."
        )
    asked = {step.proof for step in steps}
    sound = _listed([said for proof, said in _SOUND.items() if proof in asked])
    return f"{sound[0].upper()}{sound[1:]}."


def conclusion(steps: Sequence[AuditStep]) -> str:
    """Return a paragraph: what is proven and how, what is not proven, and what was not checked."""
    asked = {step.proof for step in steps}
    wrong = {step.proof for step in steps if step.problems}
    parts = (
        ("Proven", [f"{p.shows} ({p.means})" for p in Proof if p in asked - wrong]),
        ("Not proven (see the steps with WRONG)", [f"that {p.shows}" for p in Proof if p in wrong]),
        ("Not checked", [said for proof, said in _OPEN.items() if proof not in asked]),
    )
    said = [f"{heading}: {'; '.join(each)}." for heading, each in parts if each]
    return " ".join((*said, "No audit proves that the model is right."))


def _listed(said: Iterable[str]) -> str:
    *others, last = said
    return f"{', '.join(others)}{',' if len(others) > 1 else ''} and {last}" if others else last
