"""A name means one thing: public classes of `ledger` and `runs`, and all files, have their own."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = [path for folder in ("des", "ledger", "runs") for path in (ROOT / folder).rglob("*.py")]


def twice(places: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: sorted(where) for name, where in places.items() if len(where) > 1}


def test_no_two_public_classes_share_a_name():
    places = defaultdict(list)
    for path in FILES:
        if path.relative_to(ROOT).parts[0] == "des":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))

    assert len(places) > 150
    assert not twice(places)


def test_no_two_files_share_a_name():
    places = defaultdict(list)
    for path in FILES:
        if path.name != "__init__.py":
            places[path.name].append(str(path.relative_to(ROOT)))

    assert len(places) > 150
    assert not twice(places)
