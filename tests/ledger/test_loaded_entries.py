"""Amounts are read from Beancount's directives, and a missing amount is never inferred."""

from decimal import Decimal

import pytest
from beancount.core.data import Transaction
from beancount.parser import parser

from ledger.loaded_entries import (
    UnstatedAmountError,
    in_text_order,
    moved_by,
    narration_of,
    party_of,
    stated,
)

TEXT = """
2022-05-10 * "Alice" "Alice deposits 2.50 at FTX"
  Assets:FTX:Cash              2.50 USD
  Assets:Alice:Contracts:FTX      3 BTC-PERP.FTX
    party: "Bob"
  Liabilities:FTX:Customers:Alice
"""


@pytest.fixture
def entry() -> Transaction:
    (found,), _, _ = parser.parse_string(TEXT)
    assert isinstance(found, Transaction)
    return found


def test_the_stated_amount_of_a_posting_without_an_amount_is_none(entry: Transaction):
    assert [stated(posting) for posting in entry.postings] == [
        (Decimal("2.50"), "USD"),
        (Decimal(3), "BTC-PERP.FTX"),
        None,
    ]


def test_the_error_for_a_missing_amount_names_the_account(entry: Transaction):
    with pytest.raises(UnstatedAmountError) as refused:
        moved_by(entry.postings[2])

    assert refused.value.account == "Liabilities:FTX:Customers:Alice"


def test_postings_are_sorted_in_the_order_of_the_text(entry: Transaction):
    mixed = entry._replace(postings=[entry.postings[i] for i in (2, 0, 1)])

    assert in_text_order(mixed) == entry.postings


def test_the_party_of_a_posting_is_read_from_its_metadata(entry: Transaction):
    assert [party_of(posting) for posting in entry.postings] == [None, "Bob", None]


def test_a_missing_narration_is_read_as_an_empty_text(entry: Transaction):
    assert narration_of(entry) == "Alice deposits 2.50 at FTX"
    assert narration_of(entry._replace(narration=None)) == ""
