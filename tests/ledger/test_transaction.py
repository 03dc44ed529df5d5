"""In a transaction, money balances within each entity. Contracts balance over all entities."""

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


def test_each_entity_must_balance_even_if_the_total_is_zero():
    with pytest.raises(UnbalancedTransactionError) as refused:
        check_balance("a gift", [Posting("Assets:FTX:Cash", 1), Posting("Assets:Firm01:Cash", -1)])

    error = refused.value
    assert (error.narration, error.entity, error.residual, error.commodity) == (
        "a gift",
        "FTX",
        1,
        "USD",
    )


def test_dollars_cannot_balance_tokens():
    with pytest.raises(UnbalancedTransactionError):
        check_balance(
            "a swap", [Posting("Assets:FTX:Cash", -5), Posting("Assets:FTX:Tokens:SOL", 5, "SOL")]
        )


def test_a_long_position_is_balanced_by_a_short_position_of_another_entity():
    long = Posting("Assets:Firm01:Contracts:FTX", 5, BTC)

    check_balance("a trade", [long, Posting("Assets:Alameda:Contracts:FTX:Quoter", -5, BTC)])
    with pytest.raises(UnbalancedTransactionError) as refused:
        check_balance("half a trade", [long])

    assert (refused.value.entity, refused.value.commodity) == ("all entities", BTC)


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
def test_the_error_for_an_unbalanced_entity_states_the_exact_imbalance(postings):
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
def test_one_balancing_posting_for_each_entity_makes_a_transaction_valid(postings):
    rest = [
        Posting(
            f"Equity:{entity}:Rest", -sum(p.units for p in postings if f":{entity}:" in p.account)
        )
        for entity in "AB"
    ]

    check_balance("evened out", [*postings, *rest])


def test_the_name_of_an_account_states_its_entity_and_whether_it_holds_contracts():
    assert entity_of("Liabilities:FTX:Customers:Firm01") == "FTX"
    assert is_contract("Assets:Firm01:Contracts:FTX")
    assert not is_contract("Assets:Contracts:Claims:FTX")
