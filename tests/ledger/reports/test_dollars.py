"""All amounts in a sentence have the unit of the largest amount."""

from decimal import Decimal

import pytest

from ledger.reports.dollars import speaker

MILLIONS = speaker(Decimal(2_000_000))


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        ("0", "$0"),
        ("0.01", "less than $0.1 million"),
        ("50000", "less than $0.1 million"),
        ("50000.01", "$0.1 million"),
        ("2000000", "$2.0 million"),
    ],
)
def test_an_amount_above_zero_is_never_written_as_zero_million(usd, said):
    assert MILLIONS(Decimal(usd)) == said
