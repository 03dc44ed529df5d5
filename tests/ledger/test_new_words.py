"""A new kind of account needs one line of code, and a new motive needs two lines.

The line for a kind is in kinds.py. The lines for a motive are in motives.py and narration.py. Then
reports show the new kind, and count fills with the new motive. No simulated order has a new motive.
So the test replaces the motive of some sales when they are booked.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from des import compile_cache
from ledger.motives import Motive

ROOT = Path(__file__).parents[2]
GROUP = ROOT / "tests" / "worlds" / "group.toml"

KIND = '    PREMIUMS = _use("Premiums", "insurance of the house", Cause.SPENDING)\n'
MOTIVES = f"""
    NEW_SPREAD = {len(Motive)}, MotiveEntry("new-spread", Kind.SPREAD, volume=VolumePart.CAPTIVE)
    NEW_HEDGE = {len(Motive) + 1}, MotiveEntry("new-hedge", Kind.HEDGING, Rule.HEDGE)
"""
SENTENCES = """
    Motive.NEW_SPREAD: Said(_house_fill, partial(_quotes_hit, "comes and goes")),
    Motive.NEW_HEDGE: Said(_hedge, _hedge_sum),
"""
# For each file: a pattern whose match ends where the new lines begin, and the new lines.
ADDED = {
    "kinds.py": (r"(?=    PROPERTY = )", KIND),
    "motives.py": (r"(?=\n    @property\n    def word)", MOTIVES),
    "narration.py": (r"    Motive\.CLOSING: .*\n", SENTENCES),
}

SCENARIO = """
question = "What does a group pay for insurance?"
extends = "{group}"

[[group.uses]]
date = 2022-05-30
until = 2022-06-01
usd = 10_000
kind = "Premiums"
by = "house"
to = "Insurer"
why = "the monthly premium"
"""

ASK = """
import json
from click.testing import CliRunner
from ledger.journal import Journal
from ledger.motives import Motive
from runs.cli.main import main

COUNT = "SELECT motive, count(*) FROM fills WHERE 'Alameda' IN (maker, taker) GROUP BY 1"
book = Journal.trade

def trade(journal, rows):
    rows = rows.copy()
    sold = rows["lots"] < 0
    for old, new in ((Motive.SPREAD, Motive.NEW_SPREAD), (Motive.HEDGE, Motive.NEW_HEDGE)):
        rows["motive"][sold & (rows["motive"] == old)] = new
    book(journal, rows)

Journal.trade = trade

def told(*words):
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.output

print(json.dumps({
    "run": told("run", "premium.toml", "--out", "run"),
    "where": told("where", "run", "--table", "hole-by-kind"),
    "diagnose": told("diagnose", "run", "--table", "causes"),
    "counterfactual": told(
        "counterfactual", "run", "--without", "Premiums", "--table", "difference"
    ),
    "audit": told("audit", "run", "--processes", "1"),
    "views": told("where", "run", "--table", "views", "--format", "json"),
    "check": told("expectations", "run", "--table", "check", "--format", "json"),
    "fills": told("sql", "run", COUNT, "--format", "json"),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the output of commands that run with a new kind and two new motives."""
    place = tmp_path_factory.mktemp("new-words")
    (place / "ledger").mkdir()
    for path in (ROOT / "ledger").iterdir():
        if path.name not in (*ADDED, "__pycache__"):
            (place / "ledger" / path.name).symlink_to(path)
    for name, (where, lines) in ADDED.items():
        text = (ROOT / "ledger" / name).read_text("utf-8")
        (found,) = re.finditer(where, text)
        grown = text[: found.end()] + lines + text[found.end() :]
        (place / "ledger" / name).write_text(grown, "utf-8")
    (place / "premium.toml").write_text(SCENARIO.format(group=GROUP), "utf-8")
    (place / "ask.py").write_text(ASK, "utf-8")
    # The subprocess uses a copy of Numba's cache, so it does not change the original cache.
    half_written = shutil.ignore_patterns("*.tmp.*")
    compiled = compile_cache.folder()
    shutil.copytree(compiled, place / "compiled" / compiled.name, ignore=half_written)

    asked = subprocess.run(
        [sys.executable, "ask.py"],
        cwd=place,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(
                map(str, (place, ROOT))
            ),  # `des` and `runs` are imported from the repository
            "NUMBA_CACHE_DIR": str(place / "compiled"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    answers = json.loads(asked.stdout)
    assert {name: code for name, (code, _) in answers.items()} == dict.fromkeys(answers, 0), answers
    return {name: text for name, (_, text) in answers.items()}


def test_reports_show_the_new_kind_of_use(told):
    assert re.search(r"Premiums +10,000\.00", told["where"])
    assert re.search(r"regular spending .* Premiums", told["diagnose"])
    assert re.search(r"Premiums +10,000\.00 +0\.00 +10,000\.00", told["counterfactual"])


def test_fills_with_a_new_motive_are_audited_and_counted_under_the_kind_of_the_motive(told):
    fills = {motive: int(n) for motive, n in json.loads(told["fills"])["sql"]["rows"]}
    shown = {row[0]: int(row[1]) for row in json.loads(told["views"])["views"]["rows"]}

    assert min(fills[motive] for motive in ("spread", "new-spread", "hedging", "new-hedge")) > 0
    assert shown["Spread"] == fills["spread"] + fills["new-spread"]
    assert shown["Hedging"] == fills["hedging"] + fills["new-hedge"]
    for _, *differences in json.loads(told["check"])["check"]["rows"]:
        assert {float(each) for each in differences} == {0.0}
