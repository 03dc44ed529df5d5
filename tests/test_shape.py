"""Files, constructors and classes are small, and no two files or public classes share a name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for room in ("des", "ledger", "runs") for path in (ROOT / room).rglob("*.py"))

LINES_MAX = 400
PARAMETERS_MAX = 8
ATTRIBUTES_MAX = 20


def classes(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            yield node


def parameters(one: ast.ClassDef) -> list[str]:
    """Return the names of the parameters of a class's own `__init__`, without `self`."""
    for method in one.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            asked = method.args
            every = (*asked.posonlyargs, *asked.args[1:], *asked.kwonlyargs)
            return [argument.arg for argument in every]
    return []


def attributes(one: ast.ClassDef) -> set[str]:
    """Return the names of the fields of a class and of all attributes that its methods set."""
    fields = {
        line.target.id
        for line in one.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }
    return fields | {
        node.attr
        for node in ast.walk(one)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", FILES, ids=names(FILES))
def test_each_file_and_constructor_and_class_is_small(path):
    assert len(path.read_text().splitlines()) <= LINES_MAX
    for one in classes(path):
        assert len(parameters(one)) <= PARAMETERS_MAX, one.name
        assert len(attributes(one)) <= ATTRIBUTES_MAX, one.name


def test_no_two_public_classes_share_a_name():
    first: dict[str, Path] = {}
    for path in FILES:
        for one in ast.parse(path.read_text()).body:
            if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
                assert one.name not in first, (first[one.name], path)
                first[one.name] = path


def test_no_two_files_except_init_files_share_a_name():
    first: dict[str, Path] = {}
    for path in FILES:
        if path.name != "__init__.py":
            assert path.name not in first, (first[path.name], path)
            first[path.name] = path
