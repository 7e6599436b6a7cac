"""What each column of a roster seems to be: by its header, else by what stands in it. Pure: headers and some rows in,
fields out. A guess is shown before it is used; refuses to guess where two readings are as likely.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from hub.roster_file_dates import DAY_FIRST as _DMY
from hub.roster_file_dates import MONTH_FIRST, YEAR_FIRST, Orders
from hub.roster_file_names import (
    FIRST_BESIDE_LAST,
    LAST_BESIDE_FIRST,
    field_of,
    is_known,
    is_wanted,
    plain,
)
from hub.roster_file_words import (
    BIRTH_DATE,
    CUSTOM,
    DAY_FIRST,
    EXTERNAL_ID,
    LEFT_OUT,
    NAME,
    TAG_FIELD,
    TAG_FILE_FIELDS,
)
from hub.roster_file_words import (
    MONTH_FIRST as _MONTH_FIRST,
)
from hub.roster_words import CUSTOM_MAX

Values = Sequence[str]
"""What stands in a column, of some rows; without empty cells."""

GENDERS: Final = frozenset(
    (
        *(
            "m",
            "f",
            "w",
            "d",
            "x",
            "h",
            "male",
            "female",
            "men",
            "women",
            "mann",
            "frau",
            "männlich",
            "weiblich",
        ),
        *("divers", "homme", "femme", "hombre", "mujer", "non-binary", "nonbinary"),
    )
)
ENOUGH: Final = 3
"""Values that say what a column without a name is."""
_TAG: Final = re.compile(r"(?=.*\d)[0-9A-Fa-f]{8,32}|[A-Z]{1,4}\d{4,10}")
_BIB: Final = re.compile(r"[A-Z]{0,3}-?\d{1,6}")
_NAME: Final = re.compile(r"[^\W\d_][^\d_@;|]*")
ENGLISH: Final = frozenset({"birthdate", "dateofbirth", "dob", "birthday", "born"})
"""5/6/2010 is the sixth of May under these; under all others, the fifth of June."""
BIRTH_FIELDS: Final = {YEAR_FIRST: BIRTH_DATE, _DMY: DAY_FIRST, MONTH_FIRST: _MONTH_FIRST}


def header_index(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns: that with most names that are known; else the first, if it has no
    digit in it where others have; None: none does."""
    known = list(map(_known, rows))
    best = max(range(len(rows)), key=lambda index: (known[index], -index), default=0)
    if rows and (known[best] >= 2 or (known[best] == 1 and not any(map(_is_number, rows[best])))):
        return best
    return 0 if _names_columns(rows) else None


def _known(row: Sequence[str]) -> int:
    return len({plain(cell) for cell in row if cell and is_known(cell)})


def _is_number(cell: str) -> bool:
    return cell.isdecimal()


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row looks otherwise than those below it."""
    if len(rows) < 2:
        return False
    first, others = rows[0], rows[1:]
    if any(any(map(str.isdigit, cell)) for cell in first) or len(set(first)) < len(first) or len(first) < 2:
        return False
    return any(
        cell and all(len(row) > index and any(map(str.isdigit, row[index])) for row in others)
        for index, cell in enumerate(first)
    )


def headers_of(cells: Sequence[str], width: int) -> list[str]:
    """The name of each column; what has none is called by its number, a second one of a name by that, too."""
    found: dict[str, None] = {}
    for index in range(width):
        name = cells[index] if index < len(cells) and cells[index] else f"Column {index + 1}"
        count = 1
        while (name if count == 1 else f"{name} {count}") in found:
            count += 1
        found[name if count == 1 else f"{name} {count}"] = None
    return list(found)


def guess(
    named: Sequence[str], columns: Sequence[Values], kind_tags: bool, tag_first: bool
) -> list[str | None]:
    """What each column is. named: their headers, as they are; empty where there is none. kind_tags: the file says
    whose tags are whose, and nothing else; tag_first: the tag is first where nothing else tells."""
    fields = [field_of(name) if name else None for name in named]
    if kind_tags:
        return _tag_file(fields, columns, tag_first)
    _settle_names(named, fields)
    for index, name in enumerate(named):
        if not name:
            fields[index] = _by_content(columns[index], fields)
        elif fields[index] is None and "gender" not in fields and _are(columns[index], _is_gender):
            fields[index] = "gender"
    if not any(named):
        _settle_bare(fields, columns)
    found = _settled(named, columns, fields)
    if tuple(named[:2]) == LEFT_OUT:
        found[:2] = None, None
    return found


def birth_field(name: str, orders: Orders) -> str:
    """What a column of birth dates is, when all of it was seen; a column of years is none."""
    if orders.dates == 0 and orders.others:
        return CUSTOM if orders.serials < orders.others or not name else BIRTH_DATE
    return BIRTH_FIELDS[orders.order(MONTH_FIRST if plain(name) in ENGLISH or not name else _DMY)]


def _settle_names(named: Sequence[str], fields: list[str | None]) -> None:
    """`Name` beside `Vorname` is the last name; `Nombre` beside `Apellidos` the first."""
    for words, beside, field in (
        (LAST_BESIDE_FIRST, "first_name", "last_name"),
        (FIRST_BESIDE_LAST, "last_name", "first_name"),
    ):
        if beside in fields and field not in fields:
            for index, name in enumerate(named):
                if plain(name) in words:
                    fields[index] = field
                    break


def _settled(named: Sequence[str], columns: Sequence[Values], fields: list[str | None]) -> list[str | None]:
    """Each field once; what else there is is kept under its name, as far as that may be."""
    taken: set[str] = set()
    custom = 0
    for index, field in enumerate(fields):
        if field is None or (field in taken and field != TAG_FIELD):
            wanted = is_wanted(named[index]) and bool(named[index] or columns[index]) and custom < CUSTOM_MAX
            fields[index] = CUSTOM if wanted else None
            custom += wanted
        else:
            taken.add(field)
    return fields


def _by_content(values: Values, fields: Sequence[str | None]) -> str | None:
    """What a column without a name is."""
    if _are(values, _is_gender) and "gender" not in fields:
        return "gender"
    if len(values) >= ENOUGH and BIRTH_DATE not in fields:
        orders = Orders()
        for each in values:
            orders.see(each)
        if orders.are_dates:
            return BIRTH_DATE
    if _are(values, _is_tag) and len(set(values)) == len(values):
        return TAG_FIELD
    return None


def _settle_bare(fields: list[str | None], columns: Sequence[Values]) -> None:
    """Of a file whose columns have no names: numbers that nobody shares are bibs, two columns of words are names."""
    free = [index for index, field in enumerate(fields) if field is None and columns[index]]
    for index in free:
        values = columns[index]
        if _are(values, _is_bib) and len(set(values)) == len(values):
            fields[index] = "bib"
            break
    words = [index for index in free if fields[index] is None and _are(columns[index], _is_name)]
    beside = [index for index in words if index + 1 in words]
    if beside:
        fields[beside[0]], fields[beside[0] + 1] = "first_name", "last_name"
        if any("," in each for each in columns[beside[0]]):
            fields[beside[0]], fields[beside[0] + 1] = NAME, None
    elif words:
        fields[words[0]] = NAME
    for index in free:
        if fields[index] is None and _are(columns[index], _is_age):
            fields[index] = "age"
            break


def _tag_file(fields: list[str | None], columns: Sequence[Values], tag_first: bool) -> list[str | None]:
    found: list[str | None] = [each if each in TAG_FILE_FIELDS else None for each in fields]
    if "bib" not in found and EXTERNAL_ID in fields and TAG_FIELD in found:
        return found
    bare = [index for index, values in enumerate(columns) if values and found[index] is None]
    if "bib" not in found and bare:
        among = bare if TAG_FIELD in found else bare[:2]
        found[_bib_among(among, columns, tag_first and TAG_FIELD not in found)] = "bib"
    if TAG_FIELD not in found:
        for index in bare:
            if found[index] is None:
                found[index] = TAG_FIELD
                if any(fields):
                    break
    return found


def _bib_among(indexes: Sequence[int], columns: Sequence[Values], last: bool) -> int:
    """The one with the shorter numbers; of two alike the first, or the `last`."""

    def length(index: int) -> float:
        values = columns[index]
        return sum(map(len, values)) / len(values) + (0 if _are(values, _is_bib) else 100)

    shortest = min(map(length, indexes))
    alike = [index for index in indexes if length(index) <= shortest + 0.5]
    return alike[-1] if last else alike[0]


def _are(values: Values, is_one: Callable[[str], bool]) -> bool:
    """Whether nearly all of them are such."""
    return len(values) >= ENOUGH and sum(map(is_one, values)) * 20 >= len(values) * 19


def _is_gender(value: str) -> bool:
    return value.casefold() in GENDERS


def _is_tag(value: str) -> bool:
    return _TAG.fullmatch(value) is not None


def _is_bib(value: str) -> bool:
    return _BIB.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    return _NAME.fullmatch(value) is not None


def _is_age(value: str) -> bool:
    return value.isascii() and value.isdecimal() and 1 <= len(value) <= 2 and int(value) >= 3
