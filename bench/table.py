"""The table of figures, for the terminal and for docs/performance.md. Knows rows; refuses to know what is measured."""

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Final, NamedTuple

from rich.table import Table

BEGIN: Final = "<!-- figures: begin -->"
END: Final = "<!-- figures: end -->"
_HEAD: Final = ("what", "measured", "wanted", "fits")


class Row(NamedTuple):
    """`wanted` in words, empty for what is told beside it; `fits`: whether it holds. `value` None: `unit` says why
    there is none."""

    what: str
    value: float | None
    unit: str
    wanted: str = ""
    fits: bool = True

    def cells(self) -> tuple[str, str, str, str]:
        if self.value is None:
            return self.what, self.unit, "", ""
        decimals = 0 if abs(self.value) >= 1000 else 1 if abs(self.value) >= 100 else 2
        fits = ("yes" if self.fits else "NO") if self.wanted else ""
        return self.what, f"{self.value:,.{decimals}f} {self.unit}", self.wanted, fits


def below(what: str, value: float, unit: str, most: float) -> Row:
    """A figure that has to stay under a limit."""
    return Row(what, value, unit, f"< {most:g} {unit}", value < most)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of all does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": quantile(values, 0.50),
        "p95": quantile(values, 0.95),
        "p99": quantile(values, 0.99),
        "max": max(values),
        "count": len(values),
    }


def for_terminal(rows: Iterable[Row]) -> Table:
    table = Table(title="race hub", title_justify="left")
    for name in _HEAD:
        table.add_column(name, justify="left" if name == "what" else "right")
    for row in rows:
        table.add_row(*row.cells())
    return table


def for_docs(rows: Iterable[Row]) -> str:
    lines = [f"| {' | '.join(_HEAD)} |", "|---|---:|---:|---|"]
    return "\n".join(lines + [f"| {' | '.join(row.cells())} |" for row in rows])


def written_into(document: str, text: str) -> str:
    """The document with this text between its two marks. Raises ValueError when they are not there."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"expected the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{text}\n{END}{after}"
