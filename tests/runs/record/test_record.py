"""The public record: the file of facts, and the comparison of liquidations with the facts."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.run_folder import RunFolder
from runs.record.facts import Fact, Range, Record, RecordError, load_record, verdict
from runs.record.recorded_liquidations import PAYOUTS, SHARE, TOTAL, beside_record, share

FACT = """\
[[fact]]
key = "liquidations-of-all-venues"
day = 2022-05-09
value = 1_000
low = 900
high = 1_100
unit = "USD"
role = "outcome"
source = "a newspaper"
provenance = "found: its page"
"""


def fact(key: str, day: date, *figures: float, **more: object) -> Fact:
    """Return a fact. *figures* are its value alone, or its low end, value and high end."""
    low, value, high = figures if len(figures) == 3 else (None, *figures, None)
    about = {"unit": "USD", "role": "outcome", "source": "s", "provenance": "found: p"}
    return Fact(key=key, day=day, value=value, low=low, high=high, **about, **more)


# ------------------------------------------------------------------------------ the file


def test_all_facts_with_the_same_key_have_the_same_role():
    record = load_record()

    roles = {
        key: {f.role for f in record.fact if f.key == key} for key in {f.key for f in record.fact}
    }
    assert all(len(role) == 1 for role in roles.values())
    assert roles["volume-of-ftx"] == {"input"}
    assert roles[TOTAL] == roles[SHARE] == {"outcome"}


def test_a_fact_without_a_value_has_no_recorded_range():
    record = load_record()

    assert record.on(date(2022, 5, 7), TOTAL) is None
    (payouts,) = record.of("backstop-payouts-of-ftx")
    assert payouts.amounts is None
    assert payouts.first < date(2022, 5, 9) < payouts.last


def test_a_fact_without_low_and_high_has_its_value_as_both_ends_of_the_range(tmp_path):
    (tmp_path / "facts.toml").write_text(FACT.replace("low = 900\nhigh = 1_100\n", ""))

    assert load_record(tmp_path / "facts.toml").on(date(2022, 5, 9), TOTAL) == (1_000, 1_000)


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("value = 1_000\n", "", "fact[0].value is missing, but low and high"),
        ("value = 1_000", "value = 1_200", "fact[0].value is 1200, outside of 900 to 1100"),
        ("low = 900\n", "", "fact[0].low and high must be given together"),
        ("day = 2022-05-09", "since = 2022-05-09", "fact[0].day is missing or is given twice"),
        (
            "day = 2022-05-09",
            "since = 2022-05-09\nuntil = 2022-05-08",
            "fact[0].until is 2022-05-08",
        ),
        ("day =", "until = 2022-05-09\nday =", "fact[0].day is missing or is given twice"),
        ("day = 2022-05-09\n", "", "fact[0].day is missing or is given twice"),
        ('unit = "USD"', 'unit = "EUR"', "fact[0].unit "),
        ('unit = "USD"', 'unit = "date"', "fact[0].value is 1000, but unit is date"),
        ("high = 1_100", "high = 2022-05-11", "fact[0].high is 2022-05-11, but unit is USD"),
        ('role = "outcome"\n', "", "fact[0].role "),
        ("found: its page", "somewhere", "fact[0].provenance "),
        ("source", "sauce", "fact[0].s"),
        ("[[fact]]", "[[fakt]]", "fact "),
        (
            "[[fact]]",
            FACT + "[[fact]]",
            "fact[1].key repeats 'liquidations-of-all-venues' for the same market and",
        ),
    ],
)
def test_a_mistake_in_a_fact_is_reported_in_one_line(tmp_path: Path, right, wrong, problem):
    assert right in FACT
    (tmp_path / "facts.toml").write_text(FACT.replace(right, wrong, 1))

    with pytest.raises(RecordError) as raised:
        load_record(tmp_path / "facts.toml")
    assert f"facts.toml: {problem}" in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_the_value_of_a_fact_may_be_a_date(tmp_path: Path):
    days = FACT.replace('"USD"', '"date"').replace("1_000", "2022-05-09")
    days = days.replace("900", "2022-05-08").replace("1_100", "2022-05-11")
    (tmp_path / "facts.toml").write_text(days)
    (found,) = load_record(tmp_path / "facts.toml").fact

    assert found.days == (date(2022, 5, 8), date(2022, 5, 11))
    assert verdict(date(2022, 5, 11), found.days) == "inside"
    assert verdict(date(2022, 5, 7), found.days) == "below"


@pytest.mark.parametrize(
    ("figure", "said"), [(899, "below"), (900, "inside"), (1_100, "inside"), (1_101, "above")]
)
def test_a_figure_at_an_end_of_the_recorded_range_is_inside(figure, said):
    assert verdict(Decimal(figure), Range(Decimal(900), Decimal(1_100))) == said
    assert verdict(Decimal(figure), None) == "silent"


# ------------------------------------------------------------------------- liquidations


def test_a_day_without_a_recorded_share_has_the_range_of_all_shares_within_a_year_of_it():
    record = Record(
        fact=(
            fact(SHARE, date(2020, 5, 10), 0.1),
            fact(SHARE, date(2021, 5, 19), 2.0),
            fact(SHARE, date(2022, 1, 21), 18.0, 19.0, 20.0),
        )
    )

    assert share(date(2021, 5, 19), record) == (2, 2)
    assert share(date(2021, 5, 9), record) == (Decimal("0.1"), 20)
    assert share(date(2022, 5, 9), record) == (2, 20)
    assert share(date(2022, 6, 9), record) == (18, 20)
    assert share(date(2018, 1, 1), record) is None


def beside(run: RunFolder, *facts: Fact) -> dict[tuple, dict]:
    table = beside_record(run, liquidations(run).days, Record(fact=facts))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {(row["day"], row["market"]): row for row in rows}


def test_liquidations_of_a_day_are_compared_with_the_recorded_total_times_the_share_of_ftx(
    margin_run: RunFolder,
):
    crash = date(2022, 5, 10)
    usd = next(d.liquidated_usd for d in liquidations(margin_run).days if d.day == crash)
    total = float(usd) * 10  # 5 % of `total` is half of `usd`, and 20 % is twice `usd`

    rows = beside(
        margin_run,
        fact(TOTAL, crash, total),
        fact(TOTAL, crash, 1.0, market="BTC-PERP"),
        fact(TOTAL, crash, 1.0, market="LUNA-PERP"),
        fact(SHARE, date(2022, 1, 1), 5.0),
        fact(SHARE, date(2021, 12, 1), 20.0),
    )

    row = rows[crash, "all markets of the run"]
    assert row["liquidated_usd"] == usd
    assert row["recorded_low_usd"] == pytest.approx(usd / 2, abs=1)
    assert row["recorded_high_usd"] == pytest.approx(usd * 2, abs=1)
    assert row["verdict"] == "inside"
    assert rows[crash, "BTC-PERP"]["verdict"] == "above"
    assert (crash, "LUNA-PERP") not in rows  # the run does not have this market
    assert rows[date(2022, 5, 11), "all markets of the run"]["verdict"] == "silent"


def test_if_the_run_has_no_liquidations_on_a_recorded_day_the_verdict_is_below(
    margin_run: RunFolder,
):
    quiet = date(2022, 5, 9)
    table = beside_record(
        margin_run,
        [],
        Record(fact=(fact(TOTAL, quiet, 10.0), fact(SHARE, quiet, 10.0))),
    )

    ((day, _, usd, *_, said),) = table.rows
    assert (day, usd, said) == (quiet, 0, "below")


def test_liquidations_are_shown_in_percent_of_the_recorded_volume_of_the_day(margin_run: RunFolder):
    crash = date(2022, 5, 10)
    rows = beside(margin_run, fact("volume-of-ftx", crash, 1e9))
    row = rows[crash, "all markets of the run"]

    assert row["of_ftx_volume_pct"] == pytest.approx(
        row["liquidated_usd"] / 10**7, abs=Decimal("0.005")
    )


def test_if_the_run_overlaps_the_period_of_payouts_a_note_says_that_payouts_are_not_recorded(
    margin_run: RunFolder,
):
    def notes(first: date, last: date) -> tuple[str, ...]:
        about = {"unit": "USD", "role": "outcome", "source": "s", "provenance": "recalled: none"}
        payouts = Fact(key=PAYOUTS, since=first, until=last, note="the payouts", **about)
        return beside_record(
            margin_run, liquidations(margin_run).days, Record(fact=(payouts,))
        ).notes

    told = "The record is silent about the payouts."
    assert told in notes(date(2019, 5, 1), date(2022, 11, 11))
    assert told not in notes(date(2019, 5, 1), date(2022, 5, 8))


def test_the_comparison_with_the_record_has_no_rows_if_no_customer_is_on_margin(
    tiny_run: RunFolder,
):
    assert not beside_record(tiny_run, liquidations(tiny_run).days, load_record()).rows
