"""Files of fills contain words and codes of motives: new ones may be added, none may change."""

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


def test_motives_are_known_by_their_codes():
    assert [motive.word for motive in Motive] == WORDS
    assert [int(motive) for motive in Motive] == list(range(len(WORDS)))


def test_every_motive_has_a_sentence():
    assert set(narration.SAID) == set(Motive)
