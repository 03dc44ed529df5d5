"""Writes the exhibit: a web page in one file, with the answer, pictures, the books and a proof.

The page contains the sealed books of the house group, and the run's manifest. The browser computes
the hashes of the books and of the manifest, reads the books, and computes the hole again.
"""

from datetime import date
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ledger.mistake import MistakeError
from ledger.reports.life.milestones import firsts
from ledger.reports.life.standing import standings
from ledger.run_folder import GROUP, MANIFEST, RunFolder
from runs.exhibit.chosen_fills import chosen_days, entries_with_fills, fills_by_entry
from runs.exhibit.exhibit_figures import figures
from runs.exhibit.key_days import key_days
from runs.exhibit.sealed_block import SealedBlock, compact, listed, packed, sha256

TEMPLATE = "exhibit.html.j2"
STYLE = "exhibit.css"
LIBRARIES = ("d3.min.js", "d3-sankey.min.js")
LICENCES = ("d3.LICENSE.txt", "d3-sankey.LICENSE.txt")
# The page's own scripts, in the order in which the browser runs them.
SCRIPTS = (
    "proof.js",
    "books.js",
    "words.js",
    "sankey_picture.js",
    "line_pictures.js",
    "balance_sheet.js",
    "thread.js",
    "page.js",
)


class ExhibitError(MistakeError):
    """The page can't be written."""


def write_exhibit(run: RunFolder, target: Path) -> int:
    """Write the exhibit of a run into one file.

    Returns:
        The size of the file in bytes.

    Raises:
        ExhibitError: the run has no books of the group, or there is no folder for the file.
        OSError: the file can't be written.
    """
    if not target.parent.is_dir():
        raise ExhibitError(f"{target.parent}: there is no such folder; make it, or name another")
    text = exhibit(run)
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return len(text.encode())


def exhibit(run: RunFolder) -> str:
    """Return the page of a run. The same run always gives the same bytes.

    Raises:
        ExhibitError: the run has no books of the group.
    """
    blocks = _blocks(run)
    scripts = {name: _text("vendored", name) for name in LIBRARIES}
    scripts |= {name: _text("templates", name) for name in SCRIPTS}
    style = _text("templates", STYLE)
    hashes = {block.name: block.sha256 for block in blocks}
    hashes |= {name: sha256(text.encode()) for name, text in {**scripts, STYLE: style}.items()}
    contents = compact(hashes)
    page = Environment(
        loader=PackageLoader("runs.exhibit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return page.get_template(TEMPLATE).render(
        title=f"Where did the money go? {run.path.resolve().name}",
        style_name=STYLE,
        style=Markup(style),
        blocks=[(block.name, block.type, Markup(block.text)) for block in blocks],
        scripts=[(name, Markup(text)) for name, text in scripts.items()],
        contents=Markup(contents),
        contents_sha256=sha256(contents.encode()),
        licences=[_text("vendored", name) for name in LICENCES],
    )


def _blocks(run: RunFolder) -> list[SealedBlock]:
    """Return the data of the page: figures, manifest, the group's books, and single fills."""
    books = run.path / GROUP
    if not books.is_file():
        raise ExhibitError(
            f"{run.path}: the group's own books are missing ({GROUP}); write them from the "
            f"general ledger with `moneytrail rebuild {run.path}`"
        )
    days = standings(run)
    dated = firsts(run, days)
    named = key_days(run, dated, days[0].day, days[-1].day)
    why: dict[date, str] = {}
    for each in named:
        why[each.day] = f"{why[each.day]}; {each.what}" if each.day in why else each.what
    chosen = chosen_days(run, why)
    fills = {
        "days": [{"day": each.day.isoformat(), "why": each.why} for each in chosen],
        "entries": fills_by_entry(run, chosen, entries_with_fills(books.read_text("utf-8"))),
    }
    return [
        listed("figures", figures(run, days, dated, named)),
        packed("manifest", (run.path / MANIFEST).read_bytes()),
        packed("books", books.read_bytes()),
        packed("fills", compact(fills).encode()),
    ]


def _text(folder: str, name: str) -> str:
    return (files("runs.exhibit") / folder / name).read_text(encoding="utf-8")
