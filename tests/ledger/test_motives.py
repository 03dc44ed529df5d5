"""Fill files contain the names and codes of motives, so a motive that exists must not change."""

from ledger import narration
from ledger.motives import Motive

WORDS = [
    "pickoff",
    "spread",
    "hedging",
    "variation-margin",
    "funding",
    "leverage",
    "collateral",
    "liquidation",
    "backstop",
    "deleveraging",
    "insurance",
    "socialised-loss",
    "tokens",
    "seizure",
    "closing",
    "net-with-others",
    "unwinding",
]


def test_the_names_and_codes_of_motives_in_fills_are_unchanged():
    assert [motive.word for motive in Motive] == WORDS
    assert [int(motive) for motive in Motive] == list(range(len(WORDS)))


def test_every_motive_has_a_narration():
    assert set(narration.SAID) == set(Motive)
