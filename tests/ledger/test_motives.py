"""Words and codes of motives are in the files of fills: they may be added to, and never changed."""

from ledger import narration
from ledger.motives import Customers, Motive, possible

WORDS = {
    Customers.ANY: "pickoff spread hedging variation-margin funding",
    Customers.ON_MARGIN: "leverage collateral liquidation backstop deleveraging insurance "
    "socialised-loss",
    Customers.WITH_TOKENS: "tokens seizure",
}


def test_a_world_knows_the_motives_of_its_customers_by_their_codes():
    known: list[str] = []
    for customers, words in WORDS.items():
        known += words.split()

        assert [motive.word for motive in possible(customers)] == known
        assert list(possible(customers)) == list(range(len(known)))


def test_every_motive_can_be_told():
    assert set(narration.SAID) == set(Motive)
