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


def test_motives_have_the_names_in_the_list_and_each_code_is_the_position_in_the_list():
    assert [motive.word for motive in Motive] == WORDS
    assert [int(motive) for motive in Motive] == list(range(len(WORDS)))


def test_every_motive_has_a_narration():
    assert set(narration.SAID) == set(Motive)
