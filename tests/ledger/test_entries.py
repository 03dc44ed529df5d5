"""Each fill's postings balance in each party's books, and closing entries sum up fills."""

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from beancount.core import data
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

from ledger.account_sums import AccountSums
from ledger.chart import Chart
from ledger.entries import Entries
from ledger.fills import ABSENT, ROW, Fill, Names, Pairing, postings
from ledger.money import Contract
from ledger.motives import Motive
from ledger.parties import OUTSIDE, Parties
from ledger.text import Text
from ledger.times import DAY_US, settlement_link, time_of_day
from ledger.transaction import Posting, Transaction, check_balance

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01", "Firm02"))
MARKETS = ("BTC-PERP", "SOL-PERP")
CHART = Chart(
    PARTIES,
    tuple(
        Contract(market, venue, "0.01", "1") for venue in ("FTX", "Binance") for market in MARKETS
    ),
)
NAMES = Names(("FTX", "Binance"), MARKETS, PARTIES.names)
DAY_END_US = 19_122 * DAY_US - 1  # the last microsecond of 2022-05-09

# Parties for five motives. At the house venue, a payment is between a customer and the venue.
PAIRINGS = [
    *(Pairing(Motive.PICKOFF, "FTX", firm, "Alameda") for firm in PARTIES.firms),
    # A hit on a quote of another maker has the same posting rule.
    Pairing(Motive.PICKOFF, "FTX", "Firm01", "OtherMakers"),
    Pairing(Motive.SPREAD, "FTX", "Retail", "Alameda"),
    *(Pairing(Motive.HEDGE, "Binance", hedger, OUTSIDE) for hedger in PARTIES.hedgers),
    *(
        Pairing(motive, venue, taker, other)
        for motive in (Motive.MARGIN, Motive.FUNDING)
        for venue, takers, other in (
            ("FTX", PARTIES.house_customers, "FTX"),
            ("Binance", PARTIES.hedgers, OUTSIDE),
        )
        for taker in takers
    ),
]
CENTS = st.integers(-(10**13), 10**13)
FEES = st.integers(0, 10**10)
LOTS = st.integers(-(10**8), 10**8)


def lots_of(pairing: Pairing, *lots: int) -> dict[str, int]:
    return {f"{m}.{pairing.venue.upper()}": n for m, n in zip(MARKETS, lots, strict=False)}


def total(*posted: list[Posting]) -> Counter:
    """Sum the postings by account, commodity and party, and leave out zeros."""
    sums: Counter = Counter()
    for posting in (p for part in posted for p in part):
        sums[posting.account, posting.commodity, posting.party] += posting.units
    return Counter({key: units for key, units in sums.items() if units})


@st.composite
def amounts(draw: st.DrawFn, pairing: Pairing) -> tuple[int, int, dict[str, int]]:
    """Draw an edge, a fee and lots. A payment has no fee."""
    fee = 0 if pairing.motive.is_payment else draw(FEES)
    return draw(CENTS), fee, lots_of(pairing, draw(LOTS), draw(LOTS))


@st.composite
def a_pairing_and_amounts(draw: st.DrawFn, n: int) -> tuple[Pairing, list]:
    pairing = draw(st.sampled_from(PAIRINGS))
    return pairing, [draw(amounts(pairing)) for _ in range(n)]


@given(a_pairing_and_amounts(1))
def test_the_postings_of_a_fill_or_payment_balance_in_total_and_in_the_books_of_each_party(drawn):
    pairing, [(edge, fee, lots)] = drawn

    check_balance("a row", postings(CHART, pairing, edge, fee, lots))


@given(a_pairing_and_amounts(1))
def test_a_fill_changes_a_claim_by_as_much_as_the_debt_in_the_books_of_the_other_party(drawn):
    pairing, [(edge, fee, lots)] = drawn

    posted = postings(CHART, pairing, edge, fee, lots)

    claims, debts = Counter(), Counter()
    for account, units, *_ in posted:
        root, entity, kind, *partner = account.split(":")
        if (root, kind) == ("Assets", "Claims"):
            claims[entity, *partner] += units
        elif (root, kind) == ("Liabilities", "Customers"):
            debts[*partner, entity] -= units
    assert claims == debts


@given(a_pairing_and_amounts(4))
def test_the_postings_of_a_sum_of_rows_equal_the_sum_of_the_postings_of_the_single_rows(drawn):
    pairing, rows = drawn
    edge, fee = sum(row[0] for row in rows), sum(row[1] for row in rows)
    lots = {commodity: sum(row[2][commodity] for row in rows) for commodity in rows[0][2]}

    parts = [postings(CHART, pairing, *row) for row in rows]

    assert total(*parts) == total(postings(CHART, pairing, edge, fee, lots))


@given(a_pairing_and_amounts(1))
def test_the_result_of_the_taker_is_the_edge_minus_the_fee(drawn):
    pairing, [(edge, fee, lots)] = drawn

    posted = postings(CHART, pairing, edge, fee, lots)

    taker = [p for p in posted if p.account.split(":")[1] == pairing.taker]
    received = sum(p.units for p in taker if ":Claims:" in p.account)
    result = -sum(p.units for p in taker if p.account.startswith(("Income:", "Expenses:")))
    assert received == result == edge - fee


@given(a_pairing_and_amounts(1), st.booleans(), st.booleans())
def test_zero_amounts_are_posted_only_if_all_amounts_are_zero(drawn, no_edge, no_fee):
    pairing, [(edge, fee, lots)] = drawn
    edge, fee = (0 if no_edge else edge), (0 if no_fee else fee)

    units = [posting.units for posting in postings(CHART, pairing, edge, fee, lots)]

    assert all(units) or not any(units)


def test_a_row_with_only_zero_amounts_still_has_postings():
    pickoff = PAIRINGS[0]

    posted = postings(CHART, pickoff, 0, 0, lots_of(pickoff, 0))

    assert {p.units for p in posted} == {0}
    assert any(p.account == "Income:Alameda:PickOff" for p in posted)


def test_a_hit_moves_the_edge_from_the_maker_to_the_taker_and_the_fee_to_the_venue():
    """A firm buys 5 contracts. Its edge is 96,400.00 USD, and its fee is 21,350.12 USD."""
    pairing = Pairing(Motive.PICKOFF, "FTX", "Firm01", "Alameda")

    assert postings(CHART, pairing, 9_640_000, 2_135_012, {"BTC-PERP.FTX": 500}) == [
        Posting("Liabilities:FTX:Customers:Firm01", -7_504_988),
        Posting("Liabilities:FTX:Customers:Alameda", 9_640_000),
        Posting("Income:FTX:Fees", -2_135_012),
        Posting("Assets:Firm01:Claims:FTX", 7_504_988),
        Posting("Income:Firm01:PickOff", -9_640_000),
        Posting("Expenses:Firm01:Fees", 2_135_012),
        Posting("Assets:Alameda:Claims:FTX", -9_640_000),
        Posting("Income:Alameda:PickOff", 9_640_000),
        Posting("Assets:Firm01:Contracts:FTX", 500, "BTC-PERP.FTX"),
        Posting("Assets:Alameda:Contracts:FTX:Quoter", -500, "BTC-PERP.FTX"),
    ]


def test_the_loss_and_the_fee_of_a_hedge_are_both_posted_as_expenses_of_the_hedger():
    """Alameda loses 23.00 USD on a hedge, and pays a fee of 12.50 USD."""
    pairing = Pairing(Motive.HEDGE, "Binance", "Alameda", OUTSIDE)

    assert postings(CHART, pairing, -2_300, 1_250, {"BTC-PERP.BINANCE": 200}) == [
        Posting("Liabilities:Binance:Customers:Alameda", 3_550),
        Posting("Liabilities:Binance:Customers:Outside", -2_300),
        Posting("Income:Binance:Fees", -1_250),
        Posting("Assets:Alameda:Claims:Binance", -3_550),
        Posting("Expenses:Alameda:Hedging", 2_300),
        Posting("Expenses:Alameda:Hedging", 1_250, party="Binance"),
        Posting("Assets:Outside:Claims:Binance", 2_300),
        Posting("Income:Outside:Hedging", -2_300),
        Posting("Assets:Alameda:Contracts:Binance:Quoter", 200, "BTC-PERP.BINANCE"),
        Posting("Assets:Outside:Contracts:Binance", -200, "BTC-PERP.BINANCE"),
    ]


@pytest.mark.parametrize(
    ("pairing", "payee"),
    [
        (Pairing(Motive.PICKOFF, "FTX", "Firm01", "Alameda"), "Firm01"),
        (Pairing(Motive.HEDGE, "Binance", "Firm01", OUTSIDE), "Firm01"),
        (Pairing(Motive.HEDGE, "Binance", "Alameda", OUTSIDE), OUTSIDE),
        (Pairing(Motive.MARGIN, "FTX", "Retail", "FTX"), "Retail"),
        (Pairing(Motive.MARGIN, "Binance", "Alameda", OUTSIDE), OUTSIDE),
    ],
)
def test_the_payee_is_a_party_outside_the_house_group(pairing, payee):
    assert pairing.payee(PARTIES) == payee


# --------------------------------------------------------------------------- whole rows


@st.composite
def fills(draw: st.DrawFn) -> np.ndarray:
    """Draw the rows of one day, sorted by `seq`.

    Some amounts are zero, and the edge of some fills equals the fee.
    """
    drawn = draw(st.lists(st.tuples(st.sampled_from(PAIRINGS), CENTS, FEES, LOTS), min_size=1))
    rows = np.zeros(len(drawn), dtype=ROW)
    for i, (pairing, edge, fee, lots) in enumerate(drawn):
        paid = pairing.motive.is_payment
        quoted = draw(st.booleans())
        rows[i] = tuple(
            Fill(
                seq=i + 1,
                time_us=draw(st.integers(DAY_END_US - DAY_US + 1, DAY_END_US)),
                motive=pairing.motive,
                venue=NAMES.venues.index(pairing.venue),
                market=draw(st.integers(0, 1)),
                taker=NAMES.entities.index(pairing.taker),
                maker=NAMES.entities.index(pairing.maker),
                holder=draw(st.integers(-1, 1)),
                lots=draw(st.sampled_from((lots, 0, 1))),
                price=draw(st.integers(29_990, 30_010)),
                lead=30_000,
                lead_when_quoted=30_001 if quoted else -1,
                quote_age_us=draw(st.integers(0, 10**7)) if quoted else -1,
                trigger=0,
                fee_e6=0,
                edge_cents=draw(st.sampled_from((edge, 0, fee))),
                fee_cents=0 if paid else draw(st.sampled_from((fee, 0))),
            )
        )
    return rows


def by_row(rows: np.ndarray) -> list[Fill]:
    return [Fill._make(row) for row in rows.tolist()]


def one_of(columns: Transaction, i: int) -> Transaction:
    """Return transaction number *i* from columns that contain many transactions."""
    return columns._replace(
        time_us=columns.time_us[i],
        narration=columns.narration[i],
        postings=tuple(p._replace(units=p.units[i]) for p in columns.postings),
        links=tuple(link[i] for link in columns.links),
        meta=tuple((key, value[i]) for key, value in columns.meta),
    )


@given(fills())
def test_entries_are_the_same_whether_rows_are_posted_together_or_one_by_one(rows):
    entries = Entries(CHART, NAMES)

    at_once = {
        seq: one_of(columns, i)
        for seqs, columns in entries.of_rows(rows)
        for i, seq in enumerate(seqs.tolist())
    }

    assert at_once == {fill.seq: entries.of_row(fill) for fill in by_row(rows)}


@given(fills())
def test_rows_that_are_posted_together_have_the_same_postings_as_rows_that_are_posted_one_by_one(
    rows,
):
    """The amounts of one row are integers. The amounts of rows posted together are columns."""
    posted = {
        seq: list(one_of(columns, i).postings)
        for seqs, columns in Entries(CHART, NAMES).of_rows(rows)
        for i, seq in enumerate(seqs.tolist())
    }

    for fill in by_row(rows):
        pairing = Pairing.of(fill, NAMES)
        lots = {f"{NAMES.markets[fill.market]}.{pairing.venue.upper()}": fill.lots}
        alone = postings(CHART, pairing, fill.edge_cents, fill.fee_cents, lots)
        assert posted.pop(fill.seq) == alone
    assert not posted


@given(fills())
def test_entries_that_are_written_for_many_rows_are_unchanged_when_beancount_reads_them(rows):
    text = Text(CHART)
    written = [
        part
        for seqs, columns in Entries(CHART, NAMES).of_rows(rows)
        for part in text.transaction(columns, seqs)
    ]

    read, errors, _ = parser.parse_string("".join(written))

    assert not errors
    read = {int(entry.meta["seq"]): entry for entry in read}
    assert len(read) == len(written) == len(rows)
    for fill in by_row(rows):
        entry = read[fill.seq]
        assert entry.date.isoformat() == "2022-05-09"
        assert entry.meta["time"] == time_of_day(fill.time_us)
        assert entry.tags == {Motive(fill.motive).word}
        assert details(entry) == details_of(fill)
        assert sums_read(entry) == sums_of(fill)


def details(entry: data.Transaction) -> dict:
    return {key: entry.meta[key] for key in DETAILS if key in entry.meta}


DETAILS = ("holder", "quantity", "price", "lead", "lead-when-quoted", "quote-age-s")


def details_of(fill: Fill) -> dict:
    """Return the metadata of a fill. A lot is 0.01 contracts, and a tick is 1 USD."""
    told = {"quantity": Decimal(fill.lots) / 100, "price": fill.price, "lead": fill.lead}
    if fill.holder != ABSENT:
        told["holder"] = f"r-000{fill.holder}"
    if fill.lead_when_quoted != ABSENT:
        told["lead-when-quoted"] = fill.lead_when_quoted
        told["quote-age-s"] = Decimal(fill.quote_age_us) / 10**6
    return told


def sums_read(entry: data.Transaction) -> Counter:
    read: Counter = Counter()
    for posting in entry.postings:
        party = posting.meta.get("party")
        read[posting.account, posting.units.currency, party] += posting.units.number
    return Counter({key: number for key, number in read.items() if number})


def sums_of(fill: Fill) -> Counter:
    """Return the sums of a fill's postings. A lot is 0.01 contracts, and a cent is 0.01 dollars."""
    pairing = Pairing.of(fill, NAMES)
    lots = {f"{NAMES.markets[fill.market]}.{pairing.venue.upper()}": fill.lots}
    posted = total(postings(CHART, pairing, fill.edge_cents, fill.fee_cents, lots))
    return Counter({key: Decimal(units) / 100 for key, units in posted.items()})


@given(fills())
def test_closing_entries_sum_the_rows_of_a_day_and_count_each_row_once(rows):
    entries = Entries(CHART, NAMES)

    closing = list(entries.closing(rows, DAY_END_US))

    rows_alone = [entries.of_row(fill) for fill in by_row(rows)]
    assert total(*(e.postings for e in closing)) == total(*(e.postings for e in rows_alone))
    assert sum(int(dict(e.meta)["fills"]) for e in closing) == len(rows)
    for entry in closing:
        check_balance(entry.narration, entry.postings)
        assert entry.links == ("fills-2022-05-09",)


@given(fills(), fills())
def test_the_fast_sums_by_account_equal_the_sums_of_the_closing_entries(first_day, next_day):
    """On the second day, `AccountSums` already knows the pairings of the first day."""
    sums, entries = AccountSums(CHART, NAMES), Entries(CHART, NAMES)

    for rows in (first_day, next_day):
        by_account: Counter = Counter()
        for (account, commodity, _), units in total(
            *(e.postings for e in entries.closing(rows, DAY_END_US))
        ).items():
            by_account[account, commodity] += units
        moved = {(posting.account, posting.commodity): posting.units for posting in sums.of(rows)}
        assert moved == {key: units for key, units in by_account.items() if units}


@given(fills())
def test_a_day_has_one_closing_entry_for_each_motive_and_venue_and_taker_and_counterparty(rows):
    keys = {tuple(row[c] for c in ("motive", "venue", "taker", "maker")) for row in rows}

    assert len(list(Entries(CHART, NAMES).closing(rows, DAY_END_US))) == len(keys)


@given(fills())
def test_a_payment_has_the_link_of_its_settlement_and_a_fill_has_its_own_link(rows):
    entries = Entries(CHART, NAMES)
    for fill in by_row(rows):
        paid = Motive(fill.motive).is_payment
        expected = settlement_link(fill.time_us) if paid else f"fill-{fill.seq}"

        assert entries.of_row(fill).links == (expected,)


def test_a_day_without_fills_has_no_closing_entries():
    assert not list(Entries(CHART, NAMES).closing(np.empty(0, dtype=ROW), DAY_END_US))
