"""Fill files contain the names of motives, so the name of an existing motive must not change."""

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


def test_the_names_of_motives_are_unchanged_and_the_code_of_a_motive_is_its_position():
    assert [motive.word for motive in Motive] == WORDS
    assert [int(motive) for motive in Motive] == list(range(len(WORDS)))


def test_every_motive_has_a_narration():
    assert set(narration.SAID) == set(Motive)
