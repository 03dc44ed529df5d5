"""The diagnosis finds causes in books from which the names of causes are removed."""

import ast
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ledger import fill_store
from ledger.copy_of_text import write_copy
from ledger.motives import Motive
from ledger.reports.blind import diagnose as diagnosis
from ledger.reports.blind.diagnose import (
    FILLS_MIN,
    LOSSES,
    ZERO,
    Cause,
    diagnose,
    verdict,
)
from ledger.reports.blind.stripped_books import (
    CASH,
    CLAIMS,
    CUSTOMERS,
    NO_QUOTE,
    OTHER,
    BlindBooks,
    Payments,
    StrippedEntry,
    StrippedLine,
    Trades,
    blind_copy,
    without_holdings,
)
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder

WORLDS = Path(__file__).parents[3] / "worlds"
ROOTS = {"Assets", "Liabilities", "Equity", "Income", "Expenses"}
WORDS = {CASH, CLAIMS, CUSTOMERS, OTHER}


@pytest.fixture(params=["tiny_run", "busy_run", "margin_run", "tokens_run", "group_run"])
def each_run(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of five runs. Together these runs have many kinds of movements of money."""
    return request.getfixturevalue(request.param)


def known(run: RunFolder) -> dict[Cause, Decimal]:
    return diagnose(blind_copy(run)[0]).usd


def words_in(value: object) -> Iterator[str]:
    """Yield every string in a nested structure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from words_in(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from words_in(getattr(value, field.name))
    else:
        assert isinstance(value, Decimal | date | bool | None | np.ndarray)
        assert not isinstance(value, np.ndarray) or value.dtype.kind == "i"


# ------------------------------------------------------------------------ the removed names


def test_the_only_words_of_the_blind_copy_are_account_roots_and_four_kinds_and_party_numbers(
    each_run,
):
    books, key = blind_copy(each_run)

    assert set(words_in(books)) <= ROOTS | WORDS | set(key)
    assert all(re.fullmatch(r"P\d+", number) for number in key)


def test_parties_are_numbered_neither_in_the_order_of_names_nor_in_the_order_of_the_chart(
    tiny_run,
):
    _, key = blind_copy(tiny_run)

    by_number = [key[number] for number in sorted(key)]
    assert set(by_number) == set(tiny_run.chart.parties.names)
    assert by_number not in (sorted(by_number), list(tiny_run.chart.parties.names))


def test_the_blind_copy_shows_a_liquid_account_of_an_unknown_kind_as_cash(life, tmp_path_factory):
    stands, folder = hole(life).hole_usd, tmp_path_factory.mktemp("till")
    shutil.copytree(life.path, folder, dirs_exist_ok=True)
    till = """
2022-05-09 open Assets:Alameda:Till:Coin USD
  hole: "liquid"
2022-05-23 * "Alameda moves 100.00 of its cash to another account"
  seq: 33
  time: "12:00:00.000000"
  Assets:Alameda:Till:Coin  100.00 USD
  Assets:Alameda:Cash      -100.00 USD
"""
    with (folder / "main.beancount").open("a", encoding="utf-8") as main:
        main.write(till)
    write_copy(folder, RunFolder(folder).entries)
    books, _ = blind_copy(RunFolder.at(folder))

    assert diagnose(books).hole_usd == stands
    assert diagnose(books).usd == known(life)


def test_the_blind_copy_stays_the_same_if_kinds_and_motives_and_narrations_are_changed(
    life, tmp_path
):
    other = tmp_path / "other"
    shutil.copytree(life.path, other, ignore=shutil.ignore_patterns("other"))
    main = other / "main.beancount"
    text = main.read_text("utf-8")
    kinds = set(re.findall(r"(?:Assets|Liabilities|Equity|Income|Expenses):\w+:(\w+)", text))
    merged = sorted(kinds - {CASH, CLAIMS, CUSTOMERS, "Contracts"})
    chance = random.Random(7)
    for kind in merged:
        drawn = "".join(chance.choices("bcdfghjk", k=12)).capitalize()
        text = re.sub(rf"^(\s*\S*\b\w+:\w+:){kind}\b", rf"\g<1>{drawn}", text, flags=re.M)
        text = re.sub(rf"(open \w+:\w+:){kind}\b", rf"\g<1>{drawn}", text)
    text = re.sub(r'(\* "\w+") "[^"]*" #\S+.*', r'\1 "Something happens"', text)
    main.write_text(text, "utf-8")
    write_copy(other, RunFolder(other).entries)
    run = RunFolder.at(other)
    with run.connect() as connection:
        rows = fill_store.read(connection, "rows", run.names)
    trades = rows["motive"] < Motive.MARGIN
    rows["motive"][trades] = [chance.randrange(Motive.MARGIN) for _ in rows[trades]]
    for path in run.fill_files:
        path.unlink()
    fill_store.write(other / "fills" / "2022-05.parquet", rows, run.names)

    assert len(merged) > 10
    assert "Ventures" not in text
    assert "#pickoff" not in text
    before, after = blind_copy(life)[0], blind_copy(run)[0]
    assert after.entries == before.entries
    assert after.closing == before.closing
    for part in ("trades", "payments"):
        for field in fields(getattr(before, part)):
            columns = (getattr(getattr(each, part), field.name) for each in (before, after))
            np.testing.assert_array_equal(*columns)
    assert diagnose(after).findings == diagnose(before).findings


def test_the_diagnosis_stays_the_same_if_parties_get_other_numbers(group_run):
    books, _ = blind_copy(group_run)
    drawn = random.Random(3).sample(books.parties, len(books.parties))
    renamed = dict(zip(books.parties, drawn, strict=True))
    place = np.array([sorted(drawn).index(renamed[each]) for each in books.parties])

    def line(each: StrippedLine) -> StrippedLine:
        party = renamed[each.party] if each.party else None
        return each._replace(owner=renamed[each.owner], party=party)

    def codes(part: Trades | Payments, *columns: str) -> Trades | Payments:
        return replace(part, **{name: place[getattr(part, name)] for name in columns})

    other = BlindBooks(
        parties=tuple(sorted(drawn)),
        house=renamed[books.house],
        maker=renamed[books.maker],
        entries=tuple(StrippedEntry(e.day, tuple(map(line, e.lines))) for e in books.entries),
        trades=codes(books.trades, "venue", "taker", "maker"),
        payments=codes(books.payments, "venue", "receiver", "payer"),
        closing=tuple(map(line, books.closing)),
    )
    found = diagnose(books).findings

    assert sorted(map(repr, diagnose(other).findings)) == sorted(
        repr(each._replace(party=renamed[each.party] if each.party else None)) for each in found
    )
    assert {each.cause for each in found} >= {Cause.STAKES, Cause.SUMS, Cause.COSTS}


def test_the_diagnosis_imports_from_the_project_only_the_causes_and_the_stripped_books():
    tree = ast.parse(Path(diagnosis.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}

    ours = {module for module in imported if module.split(".")[0] in ("ledger", "des", "runs")}
    # ledger.causes contains only the names of causes
    assert ours == {"ledger.causes", "ledger.reports.blind.stripped_books"}
    assert "blind_copy" not in names


# ---------------------------------------------------------------- comparison with the books


def test_the_findings_of_the_diagnosis_sum_to_the_hole(each_run):
    found = diagnose(blind_copy(each_run)[0])

    assert found.hole_usd == hole(each_run).hole_usd
    assert found.unexplained_usd == 0


@pytest.mark.parametrize("run_name", ["margin_run", "tokens_run", "group_run"])
def test_the_sum_of_positions_and_takeovers_and_costs_equals_the_booked_sum_of_their_kinds(
    run_name, request
):
    run = request.getfixturevalue(run_name)
    kinds, found = hole(run).kinds_usd, known(run)
    of_desks = ("VariationMargin", "Funding", "Directional", "Backstop", "Insurance", "Hedging")
    of_desks += ("GapLoss", "SocialisedLoss", "Interest")

    parts = (found[cause] for cause in (Cause.POSITIONS, Cause.TAKEOVERS, Cause.COSTS))
    assert sum(parts) == sum(kinds.get(kind, ZERO) for kind in of_desks)
    assert any(kinds.get(kind) for kind in ("Backstop", "Directional"))


def test_if_each_taker_at_the_house_has_one_motive_the_diagnosis_finds_the_result_of_each_motive(
    busy_run,
):
    # In this world all orders of a party at the house have the same motive.
    kinds, found = hole(busy_run).kinds_usd, known(busy_run)

    assert found[Cause.FASTER] == kinds["PickOff"] > 0
    assert found[Cause.OTHER_FLOW] == kinds["Spread"]
    assert found[Cause.FEES] == kinds["Fees"]


def test_the_diagnosis_of_the_hand_written_run_life_finds_the_expected_amounts(life):
    found = known(life)

    assert found[Cause.STAKES] == 2400 + 400  # a venture at cost, and tokens at cost
    assert found[Cause.BORROWED] == -(1000 - 600)
    assert found[Cause.OPENING] == -(100 + 2000)
    assert found[Cause.SUMS] == found[Cause.SPENDING] == 0
    # Two fills are too few to call a party faster.
    assert found[Cause.FASTER] == 0
    assert (
        found[Cause.OTHER_FLOW] == hole(life).kinds_usd["PickOff"] + hole(life).kinds_usd["Spread"]
    )


# ------------------------------------------------------------------------- hand-written worlds

PARTIES = ("P1", "P2", "P3", "P4", "P5")
HOUSE, MAKER, LEAD, FIRM, CROWD = range(5)
# venue, taker, maker, lots, price, lead price, and whether the trade fills a quote
Row = tuple[int, int, int, int, int, int, bool]


def world(
    trades: list[Row] | None = None,
    payments: list[tuple[int, int, int, int]] | None = None,
    entries: tuple[StrippedEntry, ...] = (),
) -> BlindBooks:
    """Return blind books with trades in one market, without fees and without closing balances."""
    venue, taker, maker, lots, price, lead, quoted = np.array(trades or [], int).reshape(-1, 7).T
    return BlindBooks(
        PARTIES,
        PARTIES[HOUSE],
        PARTIES[MAKER],
        entries,
        Trades(
            venue,
            np.zeros_like(venue),
            taker,
            maker,
            lots,
            price,
            lead,
            np.where(quoted, 1_000_000, NO_QUOTE),
            np.zeros_like(venue),
        ),
        Payments(*np.array(payments or [], int).reshape(-1, 4).T),
        (),
    )


def hits(taker: int, gains_cents: list[int]) -> list[Row]:
    """Return purchases of one lot each by one party, with the given gains in cents."""
    return [(HOUSE, taker, MAKER, 1, 100_000 - gain, 100_000, True) for gain in gains_cents]


def paid(
    day: date, cents: int, to: str, root: str = "Expenses", payer: int = MAKER
) -> StrippedEntry:
    """Return a payment from *payer* to *to*. The payer books it on an account with *root*."""
    usd, who = Decimal(cents).scaleb(-2), PARTIES[payer]
    return StrippedEntry(
        day,
        (
            StrippedLine(
                root, who, OTHER, to if root in ("Assets", "Liabilities") else None, usd, True
            ),
            StrippedLine("Assets", who, CASH, None, -usd, True),
            StrippedLine("Assets", to, CASH, None, usd, True),
            StrippedLine("Income", to, OTHER, None, -usd, True),
        ),
    )


def test_a_taker_that_gains_on_average_counts_as_faster_although_a_third_of_its_fills_lose():
    chance = np.random.default_rng(1)
    fast = [*chance.integers(50, 70, 200).tolist(), *chance.integers(-70, -50, 100).tolist()]
    found = diagnose(world([*hits(FIRM, fast), *hits(CROWD, [-gain for gain in fast])]))

    assert found.usd[Cause.FASTER] == Decimal(sum(fast)).scaleb(-2)
    assert found.usd[Cause.OTHER_FLOW] == -found.usd[Cause.FASTER]
    assert verdict(found.usd).main is Cause.FASTER


def test_a_party_with_uninformed_orders_rarely_counts_as_faster():
    chance = np.random.default_rng(2)
    accused = sum(
        diagnose(world(hits(CROWD, list(chance.normal(0, 1_000, 50))))).usd[Cause.FASTER] > 0
        for _ in range(2_000)
    )
    # With many fills for each party, 1 in 740 uninformed parties would count as faster. With only
    # 50 fills it is about 1 in 430: 4 or 5 in 2,000.
    assert accused <= 12


def test_a_party_with_too_few_fills_does_not_count_as_faster():
    lucky = [100, 101] * (FILLS_MIN // 2)

    assert diagnose(world(hits(FIRM, lucky[1:]))).usd[Cause.FASTER] == 0
    assert diagnose(world(hits(FIRM, lucky))).usd[Cause.FASTER] == Decimal(sum(lucky)).scaleb(-2)


def test_the_result_of_positions_is_the_sum_over_both_venues():
    at_house = [(HOUSE, MAKER, HOUSE, -900), (HOUSE, CROWD, HOUSE, 900)]
    at_lead = [(LEAD, MAKER, LEAD, 650), (LEAD, CROWD, MAKER, 30)]
    found = diagnose(world(payments=[*at_house, *at_lead]))

    assert found.usd[Cause.POSITIONS] == Decimal(
        "2.80"
    )  # losses: 9.00 at the house, and -6.50 and 0.30 on the lead venue
    assert found.usd[Cause.TAKEOVERS] == 0


def test_the_loss_of_a_takeover_includes_price_moves_until_the_position_is_hedged():
    paid_on_it = [(HOUSE, MAKER, HOUSE, -1_600), (HOUSE, CROWD, HOUSE, 1_600)]
    trades = [
        # The maker takes over 10 lots at 1,005, which is 5 above their value.
        (HOUSE, CROWD, MAKER, -10, 1_005, 1_000, False),
        (LEAD, MAKER, LEAD, -4, 900, 900, False),  # The maker hedges 4 lots after a fall of 100.
        (
            LEAD,
            MAKER,
            LEAD,
            -6,
            800,
            800,
            False,
        ),  # The maker hedges 6 lots after another fall of 100.
        (LEAD, CROWD, LEAD, 1, 100, 100, False),  # A fall after the last hedge has no effect.
    ]
    found = diagnose(world(trades, paid_on_it)).usd

    assert found[Cause.TAKEOVERS] == Decimal(
        "16.50"
    )  # in cents: 10 lots x 5 at the takeover, 10 x 100 in the first fall, 6 x 100 in the second
    assert found[Cause.POSITIONS] == 0  # takeovers explain all of the 16.00 that the maker paid


def test_a_hedge_is_divided_between_takeovers_and_quotes_in_proportion_to_their_lots():
    trades = [
        (HOUSE, CROWD, MAKER, -30, 1_000, 1_000, True),  # The maker's quotes buy 30 lots.
        (HOUSE, CROWD, MAKER, -10, 1_000, 1_000, False),  # The maker takes over 10 lots.
        (
            LEAD,
            MAKER,
            LEAD,
            -20,
            1_000,
            1_000,
            False,
        ),  # The maker hedges half of the lots of each purchase.
        (LEAD, CROWD, LEAD, 1, 900, 900, False),
    ]
    found = diagnose(world(trades, [(HOUSE, MAKER, HOUSE, -2_000)])).usd

    assert found[Cause.TAKEOVERS] - Decimal("-20.00") == Decimal(
        "5.00"
    )  # 5 lots without a hedge lose 100 cents each; the 20.00 that the venue keeps are left out
    assert found[Cause.POSITIONS] == Decimal("15.00")


JUNE = [date(2022, 6, day) for day in (1, 2, 3)]


@pytest.mark.parametrize(
    ("parts_cents", "cause"),
    [
        ([300], Cause.SUMS),
        ([150, 150], Cause.SUMS),
        ([149, 151], Cause.SUMS),
        ([100, 100, 100], Cause.SPENDING),
        ([149, 150, 1], Cause.SUMS),
        ([140, 149, 11], Cause.SPENDING),
        ([-100, -200], Cause.FEES),
    ],
)
def test_payments_to_a_party_count_as_one_sum_if_at_least_half_of_the_money_is_paid_on_one_day(
    parts_cents, cause
):
    payments = (paid(*each, "P4") for each in zip(JUNE, parts_cents, strict=False))
    found = diagnose(world(entries=tuple(payments))).usd

    assert found[cause] == Decimal(sum(parts_cents)).scaleb(-2)
    assert sum(map(abs, found.values())) == abs(found[cause])


def test_payments_are_summed_by_day_and_classified_separately_for_each_payer():
    entries = (
        paid(JUNE[0], 80, "P4"),
        paid(JUNE[0], 80, "P4"),
        paid(JUNE[1], 100, "P4"),
        *(paid(day, 100, "P4", payer=HOUSE) for day in JUNE),
    )
    found = diagnose(world(entries=entries)).usd

    assert found[Cause.SUMS] == Decimal("2.60")
    assert found[Cause.SPENDING] == Decimal("3.00")


def test_a_payment_on_an_asset_or_debt_account_is_classified_by_the_account_and_not_by_the_date():
    entries = (
        paid(JUNE[0], 5_000, "P4", "Assets"),
        paid(JUNE[0], -700, "P5", "Liabilities"),
        paid(JUNE[1], 30, "P5"),  # interest, because P5 is a creditor
    )
    found = diagnose(world(entries=entries)).usd

    assert found[Cause.STAKES] == Decimal("50.00")
    assert found[Cause.BORROWED] == Decimal("-7.00")
    assert found[Cause.COSTS] == Decimal("0.30")
    assert found[Cause.SUMS] == found[Cause.SPENDING] == 0


def test_a_party_to_which_the_group_owes_only_coins_is_not_a_lender():
    coins = StrippedLine("Liabilities", HOUSE, OTHER, "P4", Decimal("-3.00"), False)
    entries = (StrippedEntry(JUNE[0], (coins,)), paid(JUNE[1], 30, "P4"))
    found = diagnose(world(entries=entries)).usd

    assert found[Cause.SUMS] == Decimal("0.30")
    assert found[Cause.COSTS] == 0


def test_movements_of_an_unknown_form_remain_unexplained():
    seven = Decimal("7.00")
    on_lead = StrippedLine("Assets", "P2", CLAIMS, "P3", seven, True)
    gift = StrippedEntry(
        JUNE[0], (on_lead, StrippedLine("Income", "P2", OTHER, None, -seven, True))
    )
    found = diagnose(replace(world(entries=(gift,)), closing=(on_lead,)))

    assert set(found.usd.values()) == {ZERO}
    assert found.hole_usd == found.unexplained_usd == -seven


@pytest.mark.parametrize("run_name", ["tiny_run", "group_run"])
def test_if_the_books_show_no_holdings_stakes_count_as_sums_handed_over_or_as_spending(
    run_name, request
):
    books, _ = blind_copy(request.getfixturevalue(run_name))
    found, by_cash = diagnose(books), diagnose(without_holdings(books))
    spent = (Cause.STAKES, Cause.SUMS, Cause.SPENDING)

    assert by_cash.usd[Cause.STAKES] == by_cash.unexplained_usd == 0
    assert sum(by_cash.usd[each] for each in spent) == sum(found.usd[each] for each in spent)
    for cause in set(Cause) - set(spent):
        assert by_cash.usd[cause] == found.usd[cause]


# ----------------------------------------------------------------------------- the verdict


def test_the_verdict_states_the_two_largest_losses_and_their_difference_in_percent_of_all_losses():
    usd = dict.fromkeys(Cause, ZERO) | {
        Cause.BORROWED: Decimal(900),  # repaid loans are not a loss
        Cause.STAKES: Decimal(50),
        Cause.SUMS: Decimal(30),
        Cause.COSTS: Decimal(20),
        Cause.POSITIONS: Decimal(-500),
    }

    assert verdict(usd) == (Cause.STAKES, Cause.SUMS, Decimal("20.0"))


def test_the_verdict_has_no_main_cause_if_there_are_no_losses():
    nothing = dict.fromkeys(Cause, ZERO)

    assert verdict(nothing) == (None, None, 0)
    for cause in LOSSES:
        assert verdict(nothing | {cause: Decimal(1)}) == (cause, None, 100)
