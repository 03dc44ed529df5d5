"""Explains the keys of scenarios: one key on the terminal, or all keys in docs/scenario.md.

python -m runs.scenario_reference      # writes the page and the JSON Schema (or: make reference)
"""

import re
import textwrap
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from des.scenario import Scenario
from ledger.mistake import MistakeError
from runs.scenario_keys import Key, about, all_keys, readers
from runs.scenario_schema import SCHEMA_FILE, schema_text

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scenario.md"
WIDTH = 100
READERS_MAX = 6
HEAD = """\
# Every key of a scenario

`make reference` writes this page from the models in [des/scenario](../des/scenario/__init__.py)
and the sentences in [meanings.toml](../des/scenario/meanings.toml). `moneytrail scenario explain
KEY` prints the meaning of one key, and the files that read it.

A scenario is a [TOML](https://toml.io) file. With `extends = "tiny"` it has a base: another
scenario, given by a built-in name or a path. If the file and the base have the same table, the keys
of the file replace the same keys of the base, and the other keys of the base stay. If the value of
a key is a list, the file's list replaces the base's whole list. `without = ["group.portfolio"]`
removes keys of the base. The command `moneytrail run tiny --set maker.credit_line_usd=0` changes a
single key, and `--set 'markets[0].quoter.latency_s=0.5'` changes a key in the first entry of a
list.

Money is in dollars, a basis point (bps) is a hundredth of a percent, and a date is written without
quotes. A key without a default must be given.
"""


class UnknownKeyError(MistakeError):
    """Scenarios have no key of this name."""


def explained(word: str) -> str:
    """Return the explanation of a key.

    Args:
        word: the key's place, such as ``markets[0].lot``, or the end of its place, such as ``lot``.
            If two or three keys have this end, the text explains all of them. If more than three
            keys have this end, the text only lists their places.

    Raises:
        UnknownKeyError: no key has this place or this end.
    """
    found = _keys_called(word)
    if len(found) > 3:
        places = textwrap.fill(", ".join(key.place for key in found), WIDTH - 2)
        return f"{len(found)} keys are called {word}; give one of\n{textwrap.indent(places, '  ')}"
    return "\n\n".join(map(_explanation, found))


def page() -> str:
    """Return the text of the reference page, which lists every table with its keys."""
    tables = [key for key in all_keys() if key.model is not None]
    parts = [
        HEAD,
        _section("At the top", about(Scenario), [k for k in all_keys() if _depth(k) == 1]),
    ]
    for table in tables:
        own = [key for key in all_keys() if key.keys[:-1] == _inside(table)]
        brackets = ("[[", "]]") if table.is_list else ("[", "]")
        place = table.place.replace("[]", "")
        model = table.model
        said = about(model) if model else ""
        parts.append(_section(f"`{brackets[0]}{place}{brackets[1]}`", said, own))
    return "\n".join(parts)


def _keys_called(word: str) -> list[Key]:
    plain = re.sub(r"\[\d*\]", "", word.strip())
    by_place = [(key, key.place.replace("[]", "")) for key in all_keys()]
    exact = [key for key, place in by_place if place == plain]
    found = exact or [key for key, place in by_place if plain and place.endswith(f".{plain}")]
    if found:
        return found
    known = [place for _, place in by_place] + [key.name for key, _ in by_place]
    close = get_close_matches(plain, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "docs/scenario.md lists all keys"
    raise UnknownKeyError(f"a scenario has no key {word!r}; {hint}")


def _explanation(key: Key) -> str:
    rows = [("must be", key.wanted), ("unit", key.unit), ("default", key.default)]
    if key.model is None:
        files = readers(key)
        more = f" and {len(files) - READERS_MAX} more" if len(files) > READERS_MAX else ""
        rows += [("table", about(key.table)), ("read in", ", ".join(files[:READERS_MAX]) + more)]
    else:
        own = [each for each in all_keys() if each.keys[:-1] == _inside(key)]
        rows += [("table", about(key.model)), *((f"  {k.name}", k.meaning) for k in own)]
    width = max(len(name) for name, _ in rows) + 2
    lines = [
        textwrap.fill(
            said,
            WIDTH,
            initial_indent=f"  {name:{width}}",
            subsequent_indent=" " * (width + 2),
            break_on_hyphens=False,
        )
        for name, said in rows
        if said
    ]
    return "\n".join(
        [key.place, textwrap.indent(textwrap.fill(key.meaning, WIDTH - 2), "  "), *lines]
    )


def _inside(table: Key) -> tuple[str | int, ...]:
    return (*table.keys, 0) if table.is_list else table.keys


def _depth(key: Key) -> int:
    return len(key.keys)


def _section(title: str, said: str, keys: Sequence[Key]) -> str:
    rows = [
        f"| `{key.name}` | {key.meaning} | {key.wanted} | {key.unit} | {_cell(key)} |"
        for key in keys
    ]
    head = ["| key | meaning | must be | unit | default |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([f"## {title}", "", said, "", *head, *rows, ""])


def _cell(key: Key) -> str:
    return "" if key.field.is_required() else key.default


def main() -> None:
    """Write the files of the page and of the schema."""
    PAGE.write_text(page(), "utf-8")
    SCHEMA_FILE.write_text(schema_text(), "utf-8")


if __name__ == "__main__":
    main()
