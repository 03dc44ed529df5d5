"""The books of one entity balance alone, and Beancount loads them without other books."""

from collections import defaultdict
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Open, Transaction

from ledger.reports.days import calendar
from ledger.reports.dollars import spoken, usd_balances
from ledger.reports.life.balance_sheet import Side, sheets
from ledger.reports.trail.entity_books import UnknownEntityError, books, lines_of
from ledger.reports.trail.entity_text import books_text
from ledger.run_folder import RunFolder
from ledger.transaction import is_contract

ENTITIES = ("FTX", "Alameda", "Firm01", "Firm02", "Retail", "OtherMakers", "Binance", "Outside")


def load(text: str) -> tuple[list, list]:
    """Load a ledger with Beancount, and return its directives and errors."""
    entries, errors, _ = loader.load_string(text)
    return entries, errors


def balances(entries: list) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units.currency == "USD"
                found[posting.account] += posting.units.number
    return found


def source(run: RunFolder) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in run.path.glob("*.beancount"))


# ------------------------------------------------------------------- the trial balance


def test_the_trial_balance_has_the_opening_balance_and_movement_and_closing_balance_of_each_account(
    afternoon,
):
    trial, contracts = books(afternoon, "Firm02").tables()

    assert trial.rows == [
        (root, account, Decimal(f"{opening}.00"), Decimal(f"{moved}.00"), Decimal(f"{end}.00"))
        for root, account, opening, moved, end in (
            ("Assets", "Assets:Firm02:Cash", 0, 16, 16),
            ("Assets", "Assets:Firm02:Claims:FTX", 100, 161, 261),
            ("Assets", "Assets:Firm02:Claims:Binance", 50, 0, 50),
            ("Assets", "all Assets", 150, 177, 327),
            ("Equity", "Equity:Firm02:Opening", -150, 0, -150),
            ("Equity", "all Equity", -150, 0, -150),
            ("Income", "Income:Firm02:PickOff", 0, -200, -200),
            ("Income", "Income:Firm02:VariationMargin", 0, 5, 5),
            ("Income", "Income:Firm02:Funding", 0, -1, -1),
            ("Income", "all Income", 0, -196, -196),
            ("Expenses", "Expenses:Firm02:Fees", 0, 10, 10),
            ("Expenses", "Expenses:Firm02:Hedging", 0, 9, 9),
            ("Expenses", "all Expenses", 0, 19, 19),
            (None, "sum (must be 0.00)", 0, 0, 0),
        )
    ]
    assert contracts.rows == [
        ("Assets:Firm02:Contracts:FTX", "BTC-PERP.FTX", 0, 6, 6),
        ("Assets:Firm02:Contracts:Binance", "BTC-PERP.BINANCE", 0, -5, -5),
    ]


def test_assets_at_cost_are_the_same_in_the_books_and_the_balance_sheet_of_an_entity_with_tokens(
    group_run,
):
    own, maker = books(group_run, "Alameda"), sheets(group_run, calendar(group_run)[-1])
    booked = sum(
        line.closing for line in own.lines if line.commodity == "USD" and "Assets:" in line.account
    )

    assert maker["Alameda"].usd(Side.ASSETS) > booked
    assert own.answer().startswith(
        f"Alameda owns {spoken(maker['Alameda'].usd(Side.ASSETS))} at cost"
    )
    assert "Equity:Alameda:Tokens:" in own.tables()[0].notes[1]


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_books_of_each_entity_balance_at_the_opening_and_at_the_close(any_run, entity):
    trial, _ = books(any_run, entity).tables()

    assert trial.rows[-1][2:] == (0, 0, 0)
    assert all(cell.as_tuple().exponent == -2 for row in trial.rows for cell in row[2:])


def test_the_trial_balance_does_not_sum_to_zero_if_a_transfer_of_cash_has_no_reason_in_the_books(
    afternoon_with,
):
    gift = """
2022-05-10 * "Firm01 pays Firm02 cash without a stated reason"
  seq: 26
  time: "09:00:00.000000"
  Assets:Firm01:Cash                           -7.00 USD
  Assets:Firm02:Cash                            7.00 USD
"""
    trial, _ = books(afternoon_with(gift), "Firm01").tables()

    assert trial.rows[-1][2:] == (0, -7, -7)


def test_every_account_is_in_the_books_of_exactly_one_entity(run):
    listed = [
        account for entity in ENTITIES for account in {n.account for n in lines_of(run, entity)}
    ]

    assert sorted(listed) == sorted(run.opens)


def test_contracts_sum_to_zero_over_all_entities(run):
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entity in ENTITIES:
        for _, commodity, _, _, closing in books(run, entity).tables()[1].rows:
            sums[commodity] += closing

    assert set(sums.values()) == {Decimal(0)}
    assert any(row[-1] for row in books(run, "Alameda").tables()[1].rows)


# --------------------------------------------------------------- books as a ledger


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_books_of_one_entity_load_alone_and_have_the_balances_of_the_general_ledger(
    any_run, entity
):
    entries, errors = load(books_text(any_run, entity))

    assert not errors
    booked = {
        account: number
        for account, number in usd_balances(any_run).items()
        if account.split(":")[1] == entity
    }
    assert balances(entries) == booked
    assert booked


def test_the_books_of_an_entity_contain_the_balance_assertions_of_its_accounts(tiny_run):
    shift = """
2022-05-09 * "A cent moves"
  Assets:Firm01:Claims:FTX                      0.01 USD
  Assets:Firm01:Claims:Binance                 -0.01 USD
"""
    _, errors = load(books_text(tiny_run, "Firm01") + shift)

    assert [error.entry.account for error in errors] == [
        "Assets:Firm01:Claims:Binance",
        "Assets:Firm01:Claims:FTX",
    ]


def test_the_lines_of_an_entry_are_copied_unchanged_from_the_general_ledger(run):
    original = set(source(run).splitlines())
    text = books_text(run, "Alameda")
    entries = text.split("\n\n")
    written = [line for entry in entries if entry[:2] == "20" for line in entry.splitlines()]

    assert [line for line in written if line not in original] == []
    assert sum(line.startswith("  seq: ") for line in written) == len(
        [
            entry
            for entry in run.transactions
            if any(
                posting.account.split(":")[1] == "Alameda" and not is_contract(posting.account)
                for posting in entry.postings
            )
        ]
    )


def test_an_entry_keeps_its_payee_and_narration_and_tags_and_links_and_metadata(afternoon):
    entries, _ = load(books_text(afternoon, "Alameda"))
    hedge = next(e for e in entries if isinstance(e, Transaction) and "hedging" in e.tags)

    assert (hedge.payee, hedge.narration) == ("Outside", "Alameda hedges on Binance")
    assert hedge.links == {"fills-2022-05-09"}
    assert (hedge.meta["seq"], hedge.meta["time"]) == (9, "18:00:00.000000")
    assert [posting.meta.get("party") for posting in hedge.postings] == [None, None, "Binance"]


def test_amounts_and_texts_in_metadata_are_unchanged(afternoon):
    entries, _ = load(books_text(afternoon, "OtherMakers"))
    fees = next(e for e in entries if isinstance(e, Transaction) and "fees" in e.tags)

    assert fees.meta["market"] == "BTC-PERP"
    assert str(fees.meta["volume"]) == "3120600.00 USD"


def test_an_entitys_books_and_the_general_ledger_agree_on_each_accounts_part_in_the_hole(run):
    entries, _ = load(books_text(run, "FTX"))
    parts = {e.account: e.meta.get("hole") for e in entries if isinstance(e, Open)}

    assert parts == {
        account: opened.hole
        for account, opened in run.opens.items()
        if account.split(":")[1] == "FTX"
    }
    assert set(parts.values()) == {"liquid", "group", "claim", "cause"}


def test_the_books_of_an_entity_contain_no_postings_of_contracts(afternoon):
    text = books_text(afternoon, "Firm02")

    assert "takes a position over" not in text
    assert ":Contracts:" not in text
    assert "Contracts are left out" in text


# ------------------------------------------------------------------ unknown entities


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [
        ("Alamda", "Alameda"),
        ("ftx", "FTX"),
        ("ALAMEDA", "Alameda"),
        ("Frm02", "Firm02"),
        ("Lehman Brothers", None),
    ],
)
def test_the_error_for_an_unknown_entity_lists_all_entities_and_suggests_a_similar_name_if_any(
    afternoon, asked, suggested
):
    with pytest.raises(UnknownEntityError) as refused:
        books(afternoon, asked).tables()

    assert isinstance(refused.value, ValueError)
    assert (refused.value.entity, refused.value.suggestion) == (asked, suggested)
    assert refused.value.entities == ENTITIES
    assert "\n" not in str(refused.value)
    assert all(name in str(refused.value) for name in ENTITIES)


def test_no_ledger_is_written_for_an_unknown_entity(afternoon):
    with pytest.raises(UnknownEntityError):
        books_text(afternoon, "Alamda")
