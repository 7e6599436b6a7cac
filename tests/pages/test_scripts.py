"""The display's scripts, for screens that are some years old, and the builder's, for laptops that are: nothing newer
than ES2019; and each of the display's runs as it is served."""

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page

from hub.web.routes import STATIC

DISPLAY: Final = sorted(
    path for kind in ("display", "old-", "template-") for path in STATIC.glob(f"{kind}*.js")
)
SCRIPTS: Final = [*sorted(STATIC.glob("build*.js")), *DISPLAY]
MODULES: Final = [path for path in DISPLAY if path.stem not in ("display", "display-worker", "old-inside")]
WORDS: Final = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL
)
"""Comments and texts; a slash within one of the few patterns that the scripts have does not look like them."""
NEWER: Final = {
    "optional chaining": r"\?\.(?!\d)",
    "?? and ??=": r"\?\?",
    "||= and &&=": r"\|\|=|&&=",
    "a private name": r"#[A-Za-z_]+\s*[=(;]",
    "a class field": r"class\s+\w+[^{]*\{[^}]*^\s*(?:static\s+)?\w+\s*=",
    "a numeric separator": r"\b\d+_\d",
    "BigInt": r"\b\d+n\b|\bBigInt\b",
    "await outside of a function": r"^(?:const .*= *)?await\b",
    "globalThis": r"\bglobalThis\b",
    "a method of later": r"\.(?:at|replaceAll|matchAll|hasOwn|findLast|findLastIndex|groupBy|with)\(",
    "a copying method": r"\.(?:toSorted|toReversed|toSpliced)\(",
    "a function of later": r"\b(?:structuredClone|queueMicrotask|Promise\.(?:any|allSettled|withResolvers))\b",
    "import.meta": r"\bimport\.meta\b",
    "export * as": r"export\s*\*\s*as\b",
    "Intl of later": r"\b(?:timeStyle|dateStyle|fractionalSecondDigits)\b",
    "a lookbehind": r"\(\?<[=!]",
}


NESTED: Final = re.compile(r"\$\{[^}`]*`")
"""A text in backticks within another: what leaves out the comments would leave out blanks of it, too."""


def newer(script: str) -> list[str]:
    bare = WORDS.sub('""', script)
    return [name for name, pattern in NEWER.items() if re.search(pattern, bare, re.MULTILINE)]


def exported(path: Path) -> list[str]:
    script = path.read_text()
    again = re.findall(r"^export \{ (.*) \};", script, re.MULTILINE)
    named = re.findall(r"^export (?:async )?(?:function|const) (\w+)", script, re.MULTILINE)
    return sorted([*named, *", ".join(again).split(", ")] if again else named)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_newer_than_es2019(path: Path) -> None:
    assert newer(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "a?.b", "a ?? b", "a ||= b", "list.at(-1)", 'text.replaceAll("a", "b")', "const a = await load();",
        "await load();", "class A {\n  field = 1;\n}", "class A { #own = 1; }", "1_000", "10n", "globalThis.x",
        "import.meta.url", "structuredClone(a)", "Object.hasOwn(a, 1)", "/(?<!a)b/",
    ],
)  # fmt: skip
def test_what_is_newer_is_found(line: str) -> None:
    assert newer(line)


@pytest.mark.parametrize(
    "line", ["a ? .5 : 1", '"a?.b ?? c"', "// a?.b", "async () => { await b(); }", "catch { }"]
)
def test_what_is_not_newer_is_let_pass(line: str) -> None:
    assert newer(line) == []


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
async def test_each_module_runs_as_it_is_served(modules: Page, path: Path) -> None:
    """Those that are left, the page's own script, its worker and the one in a frame, run in every test of theirs."""
    names = await modules.evaluate("async name => Object.keys(await import('/static/' + name))", path.name)
    assert sorted(names) == exported(path)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_no_text_within_the_braces_of_a_text(path: Path) -> None:
    assert NESTED.findall(path.read_text()) == []
