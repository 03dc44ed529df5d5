"""Beancount reads the written text back unchanged, and each posting states its amount."""

from datetime import date
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Balance, Event, Open, Transaction
from beancount.core.interpolate import AUTOMATIC_META
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from ledger import transaction
from ledger.chart import Chart
from ledger.main_file import main_text
from ledger.money import Contract
from ledger.opened import Opened
from ledger.parties import Parties
from ledger.text import EXACT, Text, opened, quoted
from ledger.transaction import MONEY, Posting

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01",))
CHART = Chart(PARTIES, (Contract("SOL-PERP", "FTX", "10", "0.001"),))
SOL = CHART.contracts[0].commodity
SECOND_US = 1_000_000
TEN_PAST_TWO_US = 1_652_148_600 * SECOND_US  # 2022-05-10 02:10:00

LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60
)


def read(text: str) -> list:
    entries, errors, _ = parser.parse_string(text)
    assert not errors
    return entries


@given(LINES)
def test_any_line_of_text_is_read_back_unchanged(words):
    (event,) = read(f"2022-05-10 event {quoted('name')} {quoted(words)}\n")

    assert isinstance(event, Event)
    assert event.description == words


@given(LINES, st.integers(-(10**14), 10**14), st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_a_transaction_is_read_back_unchanged(words, cents, lots, seq):
    written = transaction.Transaction(
        TEN_PAST_TWO_US + 7,
        "Firm01",
        words,
        "deposit",
        (
            Posting("Assets:FTX:Cash", cents),
            Posting("Assets:Firm01:Cash", -cents, party="FTX"),
            Posting("Assets:Firm01:Contracts:FTX", lots, SOL),
        ),
        ("fill-1",),
        (("holder", quoted(words)),),
    )

    (entry,) = read(Text(CHART).transaction(written, seq))

    assert isinstance(entry, Transaction)
    assert (entry.date, entry.payee, entry.narration) == (date(2022, 5, 10), "Firm01", words)
    assert (entry.tags, entry.links) == ({"deposit"}, {"fill-1"})
    assert (entry.meta["seq"], entry.meta["time"]) == (seq, "02:10:00.000007")
    assert entry.meta["holder"] == words
    assert [(p.account, p.units.number, p.units.currency) for p in entry.postings] == [
        ("Assets:FTX:Cash", Decimal(cents) / 100, MONEY),
        ("Assets:Firm01:Cash", Decimal(-cents) / 100, MONEY),
        ("Assets:Firm01:Contracts:FTX", Decimal(10 * lots), SOL),
    ]
    assert [p.meta.get("party") for p in entry.postings] == [None, "FTX", None]
    assert not any(AUTOMATIC_META in p.meta for p in entry.postings)


def test_a_missing_payee_is_not_written():
    written = transaction.Transaction(0, None, "Opening balances", "opening", ())

    (entry,) = read(Text(CHART).transaction(written, 1))

    assert (entry.payee, entry.narration) == (None, "Opening balances")


@given(st.integers(-(10**12), 10**12))
def test_a_balance_directive_states_the_number_of_contracts_and_not_of_lots(lots):
    account = "Assets:Firm01:Contracts:FTX"
    (assertion,) = read(Text(CHART).balance(date(2022, 5, 11), account, lots, SOL))

    assert isinstance(assertion, Balance)
    assert (assertion.date, assertion.account) == (date(2022, 5, 11), account)
    assert (assertion.amount.number, assertion.amount.currency) == (10 * lots, SOL)


def test_an_open_directive_states_how_its_account_counts_in_the_hole_and_describes_the_account():
    line = Opened("Income:FTX:Fees", (MONEY, SOL), "cause", 'a "fee"')

    (entry,) = read(opened(date(2022, 5, 9), line))

    assert isinstance(entry, Open)
    assert (entry.account, entry.currencies) == ("Income:FTX:Fees", [MONEY, SOL])
    assert (entry.meta["hole"], entry.meta["about"]) == ("cause", 'a "fee"')


def test_an_imbalance_of_half_a_cent_is_refused():
    books = (
        f"{EXACT}\n2022-05-09 open Assets:A:Cash USD\n2022-05-09 open Equity:A:Opening USD\n"
        '2022-05-09 * "Half a cent more"\n'
        "  Assets:A:Cash     1.00 USD\n  Equity:A:Opening  -1.005 USD\n"
    )

    assert loader.load_string(books)[1]
    assert not loader.load_string(books.replace(EXACT, ""))[
        1
    ]  # without EXACT, Beancount accepts an imbalance of half a cent


@pytest.mark.parametrize(
    "title",
    [
        'Who said "where did the money go?"',
        "A back\\slash, and {braces}",
        "Two lines\n2022-05-09 open Assets:Firm99:Cash USD",
    ],
)
def test_a_title_may_contain_quotation_marks_and_backslashes_and_line_breaks(title):
    day = date(2022, 5, 9)

    entries, errors, options = loader.load_string(main_text(title, CHART, day, day, ()))

    assert not errors
    assert options["title"] == title
    assert sorted(e.account for e in entries if isinstance(e, Open)) == sorted(
        line.account for _, lines in CHART.accounts() for line in lines
    )
