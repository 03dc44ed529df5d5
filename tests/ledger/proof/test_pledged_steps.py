"""The audit recomputes loans on pledged tokens from the books and reports each wrong step."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.copy_of_text import write_copy
from ledger.pledged_terms import PledgedTerms
from ledger.proof import invariants, pledged_steps
from ledger.proof.pledged_steps import wrong_loans
from ledger.run_folder import RunFolder
from runs.scenarios import load

THIN = Path(__file__).parents[2] / "worlds" / "thin.toml"
MONTH = "2021-04.beancount"
# The price of the token falls slowly, by 60 cents an hour. So some tokens are sold before the rest
# is taken over.
HOURS = range(36)
FALLING = tuple(
    {"at": datetime(2021, 4, 6) + timedelta(hours=hour), "price_usd": 60 - 0.6 * hour}
    for hour in HOURS
)
Forged = Callable[[Callable[[str], str]], RunFolder]


def world(**loan_changes: Any) -> dict[str, Any]:
    given = load(str(THIN)).model_dump(exclude_none=True)
    (loan,), (market,) = given["leverage"]["pledged_loans"], given["markets"]
    market["price"]["anchors"] = FALLING
    return {"leverage": {"pledged_loans": (loan | loan_changes,)}, "markets": (market,)}


BOOK = {"usd_per_bp": 20_000.0, "through_bps": 5.0, "refill_s": 60}


@pytest.fixture(scope="module")
def falling_run(executed) -> RunFolder:
    return executed(THIN, **world(book=BOOK))


@pytest.fixture
def forged(falling_run: RunFolder, tmp_path: Path) -> Forged:
    """Return a function that copies the run and changes the text of its ledger.

    The function also removes all balance directives, because with them Beancount would find the
    change.
    """

    def forge(doctor: Callable[[str], str]) -> RunFolder:
        folder = tmp_path / "forged"
        shutil.copytree(falling_run.path, folder)
        path = folder / MONTH
        text = path.read_text(encoding="utf-8")
        changed = doctor(text)
        assert changed != text
        path.write_text(re.sub(r"\n\d{4}-\S+ balance .*", "", changed), encoding="utf-8")
        write_copy(folder, RunFolder(folder).entries)
        return RunFolder(folder)

    return forge


def steps(text: str, tag: str) -> list[str]:
    """Return the entries with a tag, in the order of the text."""
    return [each for each in re.split(r"\n(?=\d{4}-)", text) if f"#{tag} " in each.split("\n")[0]]


Change = Callable[[re.Match[str]], str]


def within(tag: str, pattern: str, to: str | Change) -> Callable[[str], str]:
    """Return a function that replaces a pattern in one entry: the third of those that have *tag*.

    If fewer than three entries have this tag, it replaces the pattern in the last of them.
    """

    def doctor(text: str) -> str:
        found = steps(text, tag)
        step = found[min(2, len(found) - 1)]
        return text.replace(step, re.sub(pattern, to, step))

    return doctor


def paid(more_cents: int) -> Change:
    """Return a function that adds cents to the absolute value of a matched amount."""

    def change(found: re.Match[str]) -> str:
        cents = int(found[2].replace(".", "")) + more_cents
        return f"{found[1]}{cents // 100}.{cents % 100:02} USD"

    return change


AMOUNT = r"(-?)(\d+\.\d\d) USD"


@pytest.mark.parametrize(
    "loan",
    [{}, {"book": BOOK}, {"book": BOOK, "imf_factor": 0.0004}, {"borrowed_usd_max": 3e7}],
    ids=["thin", "deep", "by size", "limited"],
)
def test_all_steps_of_a_pledged_loan_in_an_unchanged_run_are_correct(executed, loan):
    run = executed(THIN, **world(**loan))

    assert {entry.payee for entry in run.transactions if "margin-loan" in entry.tags} == {"Trader"}
    assert list(wrong_loans(run)) == []


@pytest.mark.parametrize(
    ("doctor", "said"),
    [
        (
            within("margin-loan", AMOUNT, paid(1)),
            "the loan is not the amount that the tokens allow",
        ),
        (within("margin-sale", AMOUNT, paid(100)), "the proceeds are wrong"),
        (
            within("margin-sale", r"quantity: \d+", "quantity: 1"),
            "the stated quantity is not the quantity moved",
        ),
        (within("margin-sale", r"lead: \d+", "lead: 59"), "though the margin suffices"),
        (within("margin-sale", r"takes: \d+", "takes: 900000"), "takes more tokens than its depth"),
        (within("margin-sale", r"over-s: \d+", "over-s: 3601"), "do not fit the time of the sale"),
        (within("account-takeover", AMOUNT, paid(100)), "not taken over as a whole"),
        (within("takeover-sale", AMOUNT, paid(100)), "the proceeds are wrong"),
        (within("takeover-sale", r"takes: \d+", "takes: 1"), "that the captive maker sells is not"),
        (
            lambda text: re.sub(r'("pledged-terms" "Trader" "MOB" \d+ \d+) \d+', r"\1 1", text),
            "tokens are sold though the margin suffices",
        ),
        (
            lambda text: text.replace(steps(text, "account-takeover")[0], ""),
            "the number of tokens that the captive maker sells is not the smaller of two numbers",
        ),
    ],
)
def test_a_forged_step_of_a_pledged_loan_is_reported(forged, doctor, said):
    problems = list(wrong_loans(forged(doctor)))

    assert any(said in problem for problem in problems), problems


def test_a_step_whose_price_is_not_the_mark_of_its_settlement_is_reported(
    executed, falling_run, monkeypatch
):
    busy = executed(THIN.with_name("everything.toml"))
    assert busy.notes(PledgedTerms)
    assert len(pledged_steps._marks(busy)) > 40
    assert list(wrong_loans(busy)) == []  # this world also has settlements of contracts

    entry = next(each for each in falling_run.transactions if "margin-sale" in each.tags)
    moment = datetime.combine(entry.date, time.fromisoformat(entry.meta["time"]))
    monkeypatch.setattr(pledged_steps, "_marks", lambda run: {(moment, "MOB-PERP"): 1})
    (problem,) = wrong_loans(falling_run)
    assert "its price is not the settlement's mark" in problem


def test_a_shift_of_a_dollar_between_two_sales_is_found_although_no_invariant_is_broken(forged):
    def doctor(text: str) -> str:
        first, second, *_ = steps(text, "margin-sale")
        text = text.replace(first, re.sub(AMOUNT, paid(100), first))
        return text.replace(second, re.sub(AMOUNT, paid(-100), second))

    run = forged(doctor)
    entries, errors = run.loaded
    assert not errors
    assert not invariants.check(entries, {})[1]
    assert len(list(wrong_loans(run))) >= 2
