"""Queries of the Parquet copy agree with loops over the directives that Beancount loads."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.convert import convert_amount
from beancount.core.prices import build_price_map

from ledger.accounts import cash, claim, in_pool
from ledger.reports.blind.stripped_books import blind_copy
from ledger.reports.days import calendar, posted_cents
from ledger.reports.dollars import usd_balances
from ledger.reports.firms.league import profiles
from ledger.reports.life.balance_sheet import balances_at
from ledger.reports.life.waiting import withdrawals
from ledger.reports.money.bridge import claim_movements
from ledger.reports.money.cash import cash_statement
from ledger.reports.money.quarters import where_by_quarter
from ledger.reports.paper_wealth import Marks, moved_by_group
from ledger.reports.trail.booked_entries import booked_entries
from ledger.reports.trail.both_tiers import BothTiers
from ledger.reports.trail.trail_down import trail
from ledger.run_folder import RunFolder
from ledger.transaction import entity_of, kind_of

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
WITHIN = ("seq", "time", "filename", "lineno")  # metadata that the copy's column `meta` leaves out


@pytest.fixture(params=["afternoon", "tiny_run", "busy_run", "crowd_run", "tokens_run", "life"])
def run(request: pytest.FixtureRequest) -> RunFolder:
    return request.getfixturevalue(request.param)


@pytest.fixture
def entries(run: RunFolder) -> list[data.Directive]:
    """Return the directives that Beancount loads."""
    found, errors, _ = loader.load_file(str(run.path / "main.beancount"))
    assert not errors
    return found


def booked(entries: list[data.Directive]) -> Iterator[data.Transaction]:
    return (entry for entry in entries if isinstance(entry, data.Transaction))


def dollars(entry: data.Transaction) -> Iterator[tuple[str, Decimal]]:
    return ((p.account, p.units.number) for p in entry.postings if p.units.currency == "USD")


def opens_books(entry: data.Transaction) -> bool:
    return any(kind_of(p.account) == "Opening" for p in entry.postings)


def test_balances_and_daily_sums_of_postings_agree_with_beancount(run, entries):
    days = sorted({entry.date for entry in booked(entries)})
    balances: dict[str, Decimal] = defaultdict(Decimal)
    posted: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for entry in booked(entries):
        for account, usd in dollars(entry):
            balances[account] += usd
            posted[entry.date, account] += usd
    accounts = sorted(balances)
    cents = posted_cents(run, [[account] for account in accounts])

    assert usd_balances(run) == balances
    assert calendar(run) == [days[0] + timedelta(n) for n in range((days[-1] - days[0]).days + 1)]
    assert cents.tolist() == [
        [int(posted[day, account] * 100) for account in accounts] for day in calendar(run)
    ]


def test_the_balance_of_every_account_on_every_day_agrees_with_beancount(run, entries):
    stood: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    by_day: dict[date, list[data.Transaction]] = defaultdict(list)
    for entry in booked(entries):
        by_day[entry.date].append(entry)
    for day in calendar(run):
        for entry in by_day[day]:
            for posting in entry.postings:
                stood[posting.account, posting.units.currency] += posting.units.number

        found = balances_at(run, day)

        assert {key: str(number) for key, number in found.items()} == {
            key: str(number) for key, number in stood.items()
        }


def test_cash_by_receiver_agrees_with_beancount(run, entries):
    parties = run.chart.parties
    tills = {cash(entity) for entity in parties.group}
    tills |= {in_pool(parties.maker, token.name) for token in run.chart.tokens if token.is_pooled}
    opening, paid = ZERO, defaultdict(lambda: [ZERO, ZERO])
    for entry in booked(entries):
        received: dict[str, Decimal] = defaultdict(Decimal)
        for posting in entry.postings:
            if posting.account in tills and posting.units.currency == "USD":
                party = posting.meta.get("party") or entry.payee or "not named"
                received[party] += posting.units.number
        if opens_books(entry):
            opening += sum(received.values())
        else:
            for party, usd in received.items():
                if usd:
                    paid[party][usd < 0] += abs(usd)

    found = cash_statement(run)

    assert found.opening_usd == opening
    assert {p.party: [p.paid_in_usd, p.paid_out_usd] for p in found.parties} == paid


def test_the_changes_of_claims_for_each_reason_agree_with_beancount(run, entries):
    for venue in (run.chart.parties.house, run.chart.parties.lead):
        moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for entry in booked(entries):
            books: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
            for account, usd in dollars(entry):
                books[entity_of(account)].append((account, usd))
            for customer, lines in books.items():
                claimed = [usd for account, usd in lines if account == claim(customer, venue)]
                for account, usd in lines if claimed and not opens_books(entry) else ():
                    kind = kind_of(account)
                    if kind == "Cash":
                        moved[customer, "deposits" if usd < 0 else "withdrawals"] -= usd
                    elif account.startswith(("Income:", "Expenses:", "Equity:")):
                        moved[customer, kind] -= usd
                if claimed and opens_books(entry):
                    moved[customer, "opening claim"] += sum(claimed)

        assert claim_movements(run, venue) == moved


def test_the_amount_of_each_kind_in_each_quarter_agrees_with_beancount(run, entries):
    holes = {e.account: e.meta.get("hole") for e in entries if isinstance(e, data.Open)}
    kinds: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    grown: dict[str, Decimal] = defaultdict(Decimal)
    for entry in booked(entries):
        quarter = f"{entry.date.year}q{(entry.date.month + 2) // 3}"
        for account, usd in dollars(entry):
            if holes[account] == "cause":
                kinds[quarter, kind_of(account)] += usd
            elif holes[account] in ("claim", "liquid"):
                grown[quarter] -= usd

    found = where_by_quarter(run)

    told = {
        (quarter, kind): usd for quarter, of in found.kinds_usd.items() for kind, usd in of.items()
    }
    assert {place: usd for place, usd in told.items() if usd} == {
        place: usd for place, usd in kinds.items() if usd
    }
    assert {quarter: usd for quarter, usd in found.grown_usd.items() if usd} == {
        quarter: usd for quarter, usd in grown.items() if usd
    }


def test_the_tokens_of_the_group_and_their_marks_agree_with_beancount(run, entries):
    holes = {e.account: e.meta.get("hole") for e in entries if isinstance(e, data.Open)}
    moved: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    for entry in booked(entries):
        for posting in entry.postings:
            account, (number, token) = posting.account, posting.units
            ours = entity_of(account) in run.chart.parties.group and holes[account] != "in-kind"
            if ours and account.startswith("Assets:") and kind_of(account) == "Tokens":
                moved[entry.date, token] += number
    prices, marks = build_price_map(entries), Marks(run)

    assert {(day, token): units for day, token, units in moved_by_group(run)} == moved
    for day in calendar(run):
        for token in run.chart.quantities:
            worth = convert_amount(Amount(Decimal(7), token), "USD", prices, day)
            usd = worth.number.quantize(CENT) if worth.currency == "USD" else ZERO
            assert marks.usd({token: Decimal(7)}, day) == usd


def test_the_status_of_withdrawals_and_of_each_firm_agrees_with_beancount(run, entries):
    told = [(e.date, e.type, e.description) for e in entries if isinstance(e, data.Event)]
    of_house = {
        d: said for d, name, said in told if name == f"{run.chart.parties.house}:withdrawals"
    }
    status, at_close = None, {}
    for day in calendar(run):
        status = at_close[day] = of_house.get(day, status)

    assert withdrawals(run, calendar(run)) == at_close
    for firm, profile in profiles(run).items():
        said = [each for _, name, each in told if name == f"{firm}:status"]
        assert profile.status == (said[-1] if said else None)


def test_the_entries_of_a_trail_agree_with_beancount(run, entries):
    account = f"Income:{run.chart.parties.maker}:PickOff"
    shares: dict[tuple[int, str | None], Decimal] = defaultdict(Decimal)
    for entry in booked(entries):
        for posting in entry.postings:
            if posting.account == account and posting.units.currency == "USD":
                party = posting.meta.get("party") or entry.payee
                shares[int(entry.meta["seq"]), party] += posting.units.number

    found = trail(run, kind="PickOff").shares

    assert [(each.seq, each.party) for each in found] == sorted(shares, key=lambda share: share[0])
    assert {(each.seq, each.party): each.usd for each in found} == shares


def test_entries_and_the_balances_before_every_tenth_entry_agree_with_beancount(run, entries):
    stood: dict[str, Decimal] = defaultdict(Decimal)
    told = {each.seq: each for each in booked_entries(run, "true")}
    in_order = sorted(booked(entries), key=lambda entry: entry.meta["seq"])
    with run.connect() as connection:
        books = BothTiers(run, connection)
        for n, entry in enumerate(in_order):
            ours = told[int(entry.meta["seq"])]
            about = {k: str(v) for k, v in entry.meta.items() if k not in WITHIN and k[0] != "_"}
            lines = [(p.account, *p.units, (p.meta or {}).get("party")) for p in entry.postings]
            assert (ours.date, ours.payee, ours.narration) == (
                entry.date,
                entry.payee,
                entry.narration,
            )
            assert (ours.time, ours.meta, list(ours.lines)) == (entry.meta["time"], about, lines)
            assert ({ours.tag} - {None}, set(ours.links)) == (entry.tags, entry.links)
            if n % 10 == 0:
                before = books.standing(ours.seq, booked=True)
                assert {account: usd for account, usd in before.items() if usd} == {
                    account: usd for account, usd in stood.items() if usd
                }
            for account, usd in dollars(entry):
                stood[account] += usd

    assert len(told) == len(in_order)
    assert books.last_day == in_order[-1].date


def test_the_entries_that_a_blind_audit_reads_agree_with_beancount(run, entries):
    books, key = blind_copy(run)
    in_order = sorted(booked(entries), key=lambda entry: entry.meta["seq"])

    told = [
        (
            entry.day,
            [(n.root, key[n.owner], key.get(n.party), n.amount, n.is_money) for n in entry.lines],
        )
        for entry in books.entries
    ]
    assert told == [
        (
            entry.date,
            [
                (root, owner, next(iter(others), None), p.units.number, p.units.currency == "USD")
                for p in entry.postings
                for root, owner, _, *others in [p.account.split(":")]
            ],
        )
        for entry in in_order
        if "fills" not in entry.meta
    ]
