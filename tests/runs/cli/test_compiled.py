"""The world that `make setup` simulates calls every Numba function, so later runs compile none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

NEVER_CALLED = """
import sys
from pathlib import Path

from numba.core.dispatcher import Dispatcher

from runs.execute import execute
from runs.scenarios import load

execute(load("tests/worlds/everything.toml"), Path(sys.argv[1]))
compiled = {
    value
    for name, module in list(sys.modules.items())
    if name.startswith("des.")
    for value in vars(module).values()
    if isinstance(value, Dispatcher)
}
assert compiled
# An inlined function is compiled with each caller and has no signatures of its own.
alone = [each for each in compiled if each.targetoptions.get("inline") != "always"]
print(*sorted(each.__name__ for each in alone if not each.signatures))
"""


@pytest.mark.slow  # slow, since it compiles every function
def test_the_simulation_of_make_setup_calls_every_function_that_numba_compiles(
    tmp_path: Path,
):
    assert "tests/worlds/everything.toml" in (ROOT / "Makefile").read_text()
    found = subprocess.run(
        [sys.executable, "-c", NEVER_CALLED, tmp_path / "run"],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.split() == []
