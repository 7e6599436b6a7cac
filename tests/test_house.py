"""The habits of the house, read over the whole tree."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

TOP: Final = Path(__file__).parent.parent
FILE_LINES_MAX: Final = 500
FUNCTION_LINES_MAX: Final = 70
NO_TEST_NEEDED: Final = {"__init__.py"}
OPEN_WORK: Final = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (TOP / folder).rglob("*.py"))


@pytest.mark.parametrize("path", sources("hub"), ids=lambda path: str(path.relative_to(TOP)))
def test_every_module_has_its_test_file(path: Path) -> None:
    if path.name in NO_TEST_NEEDED:
        return
    name = "main" if path.stem == "__main__" else path.stem
    place = TOP / "tests" / path.relative_to(TOP / "hub").parent / f"test_{name}.py"
    assert place.exists(), f"expected {place.relative_to(TOP)}"


@pytest.mark.parametrize(
    "path", sources("hub", "tests", "bench"), ids=lambda path: str(path.relative_to(TOP))
)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES_MAX, node.name


@pytest.mark.parametrize(
    "path", sources("hub", "tests", "bench"), ids=lambda path: str(path.relative_to(TOP))
)
def test_nothing_is_left_open(path: Path) -> None:
    assert not OPEN_WORK.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sources("hub"), ids=lambda path: str(path.relative_to(TOP)))
def test_modules_say_what_they_know(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_query_file_is_unused_or_missing() -> None:
    used = set()
    for path in sources("hub"):
        used |= set(re.findall(r'query\("([a-z_]+)"\)', path.read_text(encoding="utf-8")))
    files = {path.stem for path in (TOP / "hub/store/queries").glob("*.sql")}
    assert used == files
