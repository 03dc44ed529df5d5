"""Each transaction of the journal balances in total and within each entity, to the last unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transaction import (
    MONEY,
    Posting,
    UnbalancedTransactionError,
    check_balance,
    entity_of,
    is_contract,
)

BTC = "BTC-PERP.FTX"


def test_a_deposit_that_both_sides_book_is_accepted():
    check_balance(
        "a deposit",
        [
            Posting("Assets:FTX:Cash", 100),
            Posting("Liabilities:FTX:Customers:Firm01", -100),
            Posting("Assets:Firm01:Claims:FTX", 100),
            Posting("Assets:Firm01:Cash", -100),
        ],
    )


def test_a_total_of_zero_does_not_excuse_one_set_of_books_that_is_out_by_a_cent():
    with pytest.raises(UnbalancedTransactionError) as refused:
        check_balance("a gift", [Posting("Assets:FTX:Cash", 1), Posting("Assets:Firm01:Cash", -1)])

    error = refused.value
    assert (error.narration, error.entity, error.residual, error.commodity) == (
        "a gift",
        "FTX",
        1,
        "USD",
    )


def test_dollars_do_not_pay_for_tokens():
    with pytest.raises(UnbalancedTransactionError):
        check_balance(
            "a swap", [Posting("Assets:FTX:Cash", -5), Posting("Assets:FTX:Tokens:SOL", 5, "SOL")]
        )


def test_a_long_in_one_set_of_books_is_balanced_by_a_short_in_another():
    long = Posting("Assets:Firm01:Contracts:FTX", 5, BTC)

    check_balance("a trade", [long, Posting("Assets:Alameda:Contracts:FTX:Quoter", -5, BTC)])
    with pytest.raises(UnbalancedTransactionError) as refused:
        check_balance("half a trade", [long])

    assert (refused.value.entity, refused.value.commodity) == ("everybody", BTC)


POSTINGS = st.lists(
    st.builds(
        Posting,
        st.sampled_from(
            ["Assets:A:Cash", "Assets:A:Claims:B", "Income:B:Fees", "Equity:B:Opening"]
        ),
        st.integers(-(10**12), 10**12),
        st.just(MONEY),
        st.none(),
    )
)


@given(POSTINGS)
def test_any_remainder_in_a_set_of_books_is_named_exactly(postings):
    left = {
        entity: sum(p.units for p in postings if p.account.split(":")[1] == entity)
        for entity in "AB"
    }

    if not any(left.values()):
        check_balance("it balances", postings)
        return
    with pytest.raises(UnbalancedTransactionError) as refused:
        check_balance("it does not", postings)

    assert refused.value.residual == left[refused.value.entity] != 0


@given(POSTINGS)
def test_one_posting_that_balances_each_set_of_books_is_enough(postings):
    rest = [
        Posting(
            f"Equity:{entity}:Rest", -sum(p.units for p in postings if f":{entity}:" in p.account)
        )
        for entity in "AB"
    ]

    check_balance("evened out", [*postings, *rest])


def test_an_account_name_gives_its_owner_and_whether_it_holds_contracts():
    assert entity_of("Liabilities:FTX:Customers:Firm01") == "FTX"
    assert is_contract("Assets:Firm01:Contracts:FTX")
    assert not is_contract("Assets:Contracts:Claims:FTX")
