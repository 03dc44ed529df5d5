"""Sphinx builds the pages without a warning, and the table of contents lists all pages."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_site_builds_without_a_warning(tmp_path):
    """Sphinx warns of a broken link, and of a page that the table of contents does not list."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    command = "-m sphinx --fail-on-warning --nitpicky --quiet --conf-dir docs --doctree-dir"
    done = subprocess.run(
        [sys.executable, *command.split(), tmp_path / "trees", ".", tmp_path / "site"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    site = tmp_path / "site"
    for page in pages:
        assert (site / page.relative_to(ROOT).with_suffix(".html")).is_file()
    assert "docs/index.html" in (site / "index.html").read_text("utf-8")
