"""The audit finds forgeries that break a rule of the books. Only a replay finds the others.

The forger changes a run, writes all dependent files again, and makes a new seal.
"""

import re
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from forger import Days, Said, completed, forged, rewritten

from ledger import movements
from ledger.fills import ABSENT, Trigger
from ledger.proof.folders_compared import differences
from ledger.run_folder import RunFolder
from ledger.times import DAY_US
from ledger.transaction import Movement
from runs.full_audit import audit
from runs.program import versions
from runs.replay import replay

GROUP = Path(__file__).parent / "worlds" / "group.toml"
ONE_DAY = {"end": date(2022, 5, 10), "day_ledgers": "all"}
FIRST, SECOND, THIRD = date(2022, 5, 30), date(2022, 5, 31), date(2022, 6, 1)


@pytest.fixture(scope="module")
def run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run with loans, uses of money, and deposits and withdrawals of customers."""
    return executed(GROUP, run={"end": date(2022, 6, 3), "day_ledgers": "all"})


def found_by_audit(folder: Path) -> list[str]:
    seal, *others = audit(folder)
    assert not seal.problems  # the forger has made a new seal
    return [problem for step in others for problem in step.problems]


def found_by_replay(folder: Path, run: RunFolder) -> list[str]:
    """Return the differences between *folder* and *run*, as a replay would find them."""
    return list(differences(folder, run.path, "the scenario gives"))


# ------------------------------------------------------------------------------- the forger


def test_a_forger_who_changes_nothing_writes_the_same_run(run, tmp_path):
    folder = forged(run, tmp_path / "run", lambda days: None)

    assert found_by_replay(folder, run) == []
    assert found_by_audit(folder) == []


# --------------------------------------------------------- forgeries that only a replay finds


def visits_by_nobody(run: RunFolder, days: Days) -> None:
    """Invent a customer's deposit, and a withdrawal of the same amount on the next day."""
    for day, move in ((SECOND, movements.deposit), (THIRD, movements.withdrawal)):
        n = days[day].place_of("fees", "OtherMakers")
        seq, other = days[day].items[n]
        holder = (("holder", '"r-0007"'),)
        parties = run.chart.parties
        entry = move(other.time_us, "Retail", "FTX", 1_234_500, parties, meta=holder)
        days[day].items.insert(n, (seq, entry))


def a_backdated_deposit(run: RunFolder, days: Days) -> None:
    """Book a deposit of the second day on the first day."""
    _, late = days[SECOND].items.pop(days[SECOND].place_of("deposit", "Retail"))
    early = late._replace(time_us=late.time_us - DAY_US)
    items = days[FIRST].items
    place = next(n for n, item in enumerate(items) if after(item, early.time_us))
    items.insert(place, (items[place][0], early))


def after(item: object, time_us: int) -> bool:
    return isinstance(item, tuple) and item[1].time_us > time_us


def two_firms_swapped(run: RunFolder, days: Days) -> None:
    """Exchange the names of two firms in all trades and entries, but not in the scenario."""
    one, other = (run.names.entities.index(name) for name in ("Firm01", "Firm02"))
    for day in days.values():
        for side in ("taker", "maker"):
            was = day.rows[side].copy()
            day.rows[side][was == one], day.rows[side][was == other] = other, one
        day.items = [
            item if isinstance(item, Said) else (item[0], swapped(item[1])) for item in day.items
        ]


def swapped(entry: Movement) -> Movement:
    def other(text: str | None) -> str | None:
        return text and re.sub("Firm0([12])", lambda firm: f"Firm0{3 - int(firm[1])}", text)

    postings = tuple(
        p._replace(account=other(p.account), party=other(p.party)) for p in entry.postings
    )
    links = tuple(map(other, entry.links))
    return entry._replace(
        payee=other(entry.payee), narration=other(entry.narration), postings=postings, links=links
    )


def a_venture_on_credit(run: RunFolder, days: Days) -> None:
    """Invent a draw on the credit line that pays for a venture of the maker."""
    n = days[FIRST].place_of("venture", "MineCo")
    seq, paid = days[FIRST].items[n]
    cents = max(posting.units for posting in paid.postings)
    drawn = movements.draw(paid.time_us, "Alameda", "FTX", cents)
    taken = movements.withdrawal(paid.time_us, "Alameda", "FTX", cents, run.chart.parties)
    days[FIRST].items[n:n] = [(seq, drawn), (seq, taken)]


def a_deposit_told_otherwise(run: RunFolder, days: Days) -> None:
    n = days[SECOND].place_of("deposit", "Retail")
    seq, entry = days[SECOND].items[n]
    days[SECOND].items[n] = (seq, entry._replace(narration=f"{entry.narration}, in gold"))


def triggers_exchanged(run: RunFolder, days: Days) -> None:
    for day in days.values():
        was = day.rows["trigger"].copy()
        day.rows["trigger"][was == Trigger.POSTING] = Trigger.TICK
        day.rows["trigger"][was == Trigger.TICK] = Trigger.POSTING


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (triggers_exchanged, "control-total-of-fills"),
        (visits_by_nobody, "12,345.00 at FTX"),
        (a_backdated_deposit, "deposit"),
        (two_firms_swapped, "Firm0"),
        (a_venture_on_credit, "draws 250,000.00 on its credit line"),
        (a_deposit_told_otherwise, ", in gold"),
    ],
)
def test_forged_books_that_break_no_rule_pass_the_audit_but_a_replay_finds_differences(
    run, tmp_path, forge, said
):
    folder = forged(run, tmp_path / "run", lambda days: forge(run, days))

    assert found_by_audit(folder) == []
    first, *_ = found_by_replay(folder, run)
    assert re.match(r"2022-05\.beancount:\d+: found '", first)
    assert said in first


@pytest.mark.parametrize(
    ("old", "new", "manifest"),
    [("latency_s = 2.0", "latency_s = 1.9", {}), ("seed = 1\n", "seed = 2\n", {"seed": 2})],
)
def test_the_audit_accepts_a_changed_latency_or_seed_but_a_replay_finds_differences(
    executed, tmp_path, old, new, manifest
):
    run = executed("tiny", run=ONE_DAY)
    folder = rewritten(run, tmp_path / "run", "scenario.toml", old, new)
    completed(folder, run, **manifest)

    assert found_by_audit(folder) == []
    replayed = replay(folder)
    assert re.match(r"2022-05\.beancount:\d+: found '", replayed.problems[0])


def test_a_replay_of_an_unchanged_run_finds_no_differences_and_leaves_no_files(
    executed, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    run = executed("tiny", run=ONE_DAY)

    replayed = replay(run.path)

    assert (replayed.problems, replayed.remarks) == ((), ())
    assert list(tmp_path.iterdir()) == []


def test_a_replay_reports_a_library_with_another_version(executed, tmp_path):
    run = executed("tiny", run=ONE_DAY)
    folder = rewritten(run, tmp_path / "run", "scenario.toml", "", "")
    completed(folder, run, versions={**versions(), "numpy": "1.0"})

    replayed = replay(folder)

    assert replayed.problems == ()
    here = f"numpy is {versions()['numpy']} here"
    assert replayed.remarks == (f"{here}, but the run was made with 1.0",)


# --------------------------------------------------------------- forgeries that the audit finds


def a_kind_moved(run: RunFolder, days: Days) -> None:
    """Book a payment for a venture as a payment for a buyback."""
    n = days[FIRST].place_of("venture", "MineCo")
    seq, paid = days[FIRST].items[n]
    moved = {"Assets:Alameda:Ventures:MineCo": "Expenses:Alameda:Buyback"}
    postings = tuple(p._replace(account=moved.get(p.account, p.account)) for p in paid.postings)
    days[FIRST].items[n] = (seq, paid._replace(postings=postings))


def a_day_removed(run: RunFolder, days: Days) -> None:
    del days[THIRD]


def quotes_of_fast_makers(run: RunFolder, days: Days) -> None:
    for day in days.values():
        day.rows["quote_age_us"][day.rows["quote_age_us"] != ABSENT] = 1


def hits_on_no_quotes(run: RunFolder, days: Days) -> None:
    for day in days.values():
        day.rows["quote_age_us"] = ABSENT


@pytest.mark.parametrize(
    ("forge", "place", "said"),
    [
        (a_kind_moved, r"2022-05\.beancount:\d+: ", "not belong to the same kind of payment"),
        (
            a_day_removed,
            r"fills/2022-06\.parquet: row with seq \d+: ",
            "its lots are not the receiver's position",
        ),
        *(
            (
                forge,
                r"fills/2022-05\.parquet: row with seq \d+: ",
                "less than the maker's latency of 2 s in BTC-PERP (and ",
            )
            for forge in (quotes_of_fast_makers, hits_on_no_quotes)
        ),
    ],
)
def test_the_audit_finds_forged_books_that_break_a_rule(run, tmp_path, forge, place, said):
    folder = forged(run, tmp_path / "run", lambda days: forge(run, days))

    assert [p for p in found_by_audit(folder) if re.match(place, p) and said in p]
    assert found_by_replay(folder, run)


MONTH, FILLS = "2022-05.beancount", "fills/2022-05.parquet: 2022-05-01: the entry with seq "
MAIN, CHECK = "main.beancount", "check.beancount"
OF_THE_DAY = "#pickoff ^fills-2022-05-01"

REWRITTEN = (
    # Changes of an entry that sums a day's fills.
    (MONTH, "takes stale quotes", "misses stale quotes", FILLS, "its narration"),
    (MONTH, '* "Firm01" "Firm01 takes', '* "Retail" "Firm01 takes', FILLS, "its payee"),
    (MONTH, OF_THE_DAY, OF_THE_DAY.replace("pickoff", "spread"), FILLS, "its tags"),
    (MONTH, OF_THE_DAY, f"{OF_THE_DAY} ^loan-x", FILLS, "its links"),
    (MONTH, "  fills: 1\n", '  fills: 1\n  why: "x"\n', FILLS, "its metadata"),
    # A changed saved query, and a query in a month's file with the name of a saved query.
    (MAIN, "sum(number) AS hole_usd", "sum(number) / 2 AS hole_usd", f"{MAIN}:", "hole_usd"),
    (MONTH, "\n\n", '\n\n2022-05-01 query "hole" "SELECT 0"\n\n', f"{MONTH}:4: ", "'query'"),
    # Changes of lines on which the meaning of other lines depends.
    (CHECK, 'plugin "moneytrail"\n', "", f"{CHECK}:", "plugin"),
    (MAIN, '  hole: "claim"', '  hole: "group"', f"{MAIN}:", "hole:"),
    ("2022-04.beancount", '"FTX" 0.00 USD 200', '"FTX" 0.00 USD 201', "2022-04.", "taker-fee"),
)


@pytest.mark.parametrize(("name", "old", "new", "place", "said"), REWRITTEN)
def test_the_audit_finds_changed_lines_in_ledger_files(
    small_run, tmp_path, name, old, new, place, said
):
    folder = rewritten(small_run, tmp_path / "run", name, old, new)

    assert [p for p in found_by_audit(folder) if p.startswith(place) and said in p]
