"""What a template says: a canvas of so many pixels, a state while somebody is shown and one while nobody is, and the
blocks of both. Knows words and limits; refuses to know tables, files, and how any of it is drawn.

All lengths are pixels of the canvas, all colours `#rrggbb` or `#rrggbbaa`, empty for none. `{{word}}` in a text is
filled with that field of the runner or of the session.
"""

import gzip
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec.structs import replace

from hub.errors import Invalid
from hub.event_words import LOCATION_CHARS_MAX, check_text

NAME_CHARS_MAX: Final = 100
SIDE_PX_MIN: Final = 16
SIDE_PX_MAX: Final = 8192
"""The largest that a browser draws as one surface."""
PLACE_PX_MAX: Final = 4 * SIDE_PX_MAX
"""How far off its canvas a block may be put aside."""
BLOCKS_MAX: Final = 100
"""In a state: more than any wall has, and drawn in a few milliseconds."""
TEXT_CHARS_MAX: Final = 500
TEXTS_MAX: Final = 100
ROWS_MAX: Final = 40
COLUMNS_MAX: Final = 8
CONTENT_BYTES_MAX: Final = 512 * 1024
"""Of a template as JSON, without its images: what a screen on bad Wi-Fi has in a few seconds."""
HTML_BYTES_MAX: Final = 256 * 1024
"""Of one state of an old template."""
PACKING: Final = 6
"""Of gzip's levels: the next ones take longer for a hundredth less."""


IMAGE_NAME: Final = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")
"""What the hub calls an image: by its content."""
PLACEHOLDER: Final = re.compile(r"\{\{\s*([\w][\w .-]{0,63}?)\s*\}\}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_COLOUR: Final = r"^(#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?)?\Z"
_TIME: Final = r"^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?)?\Z"

Font = Literal["Hanken Grotesk", "Barlow Condensed", "Bebas Neue", "Roboto Slab", "DSEG7 Classic"]
"""Those that the hub brings along."""
Entrance = Literal["fade", "rise", "drop", "from-left", "from-right", "zoom", "bounce", "flip", "turn"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Side = Annotated[int, msgspec.Meta(ge=SIDE_PX_MIN, le=SIDE_PX_MAX)]
Place = Annotated[int, msgspec.Meta(ge=-PLACE_PX_MAX, le=PLACE_PX_MAX)]
Length = Annotated[int, msgspec.Meta(ge=1, le=PLACE_PX_MAX)]
Px = Annotated[int, msgspec.Meta(ge=0, le=SIDE_PX_MAX)]
Colour = Annotated[str, msgspec.Meta(pattern=_COLOUR)]
Words = Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]
Label = Annotated[str, msgspec.Meta(max_length=NAME_CHARS_MAX)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]
Group = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{0,32}\Z")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Part = Annotated[float, msgspec.Meta(gt=0, le=100)]
Cell = Annotated[int, msgspec.Meta(ge=0, le=47)]
Span = Annotated[int, msgspec.Meta(ge=1, le=48)]
Millis = Annotated[int, msgspec.Meta(ge=0, le=5000)]
Image = Annotated[str, msgspec.Meta(pattern=rf"^({IMAGE_NAME.pattern})?\Z")]
Location = Annotated[str, msgspec.Meta(min_length=1, max_length=LOCATION_CHARS_MAX)]
Locations = Annotated[list[Location], msgspec.Meta(max_length=100)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A word that is not known is a mistake, and said to be one."""


class Canvas(_Strict, frozen=True):
    width: Side
    height: Side


class Grid(_Strict, frozen=True):
    """Where blocks are put first: columns and rows between margins, with gutters between them."""

    columns: Span = 12
    rows: Span = 8
    margin: Px = 80
    gutter: Px = 24


class Wall(_Strict, frozen=True):
    """From how far it is read, and how far the middles of its pixels are from each other."""

    distance_m: Annotated[float, msgspec.Meta(gt=0, le=500)]
    pitch_mm: Annotated[float, msgspec.Meta(gt=0, le=100)]


class Type(_Strict, frozen=True):
    """How a text is set. `size` is the largest, `least` the smallest: between them it is as large as it fits, in at
    most so many lines; then a first name becomes an initial."""

    font: Font = "Hanken Grotesk"
    size: Annotated[int, msgspec.Meta(ge=4, le=4000)] = 96
    least: Annotated[int, msgspec.Meta(ge=4, le=4000)] = 40
    weight: Literal[400, 500, 600, 700, 800, 900] = 700
    italic: bool = False
    upper: bool = False
    colour: Colour = "#eef1f6"
    align: Literal["start", "left", "center", "right"] = "start"
    valign: Literal["top", "middle", "bottom"] = "middle"
    lines: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    leading: Annotated[float, msgspec.Meta(ge=0.7, le=3)] = 1.12
    spacing: Annotated[float, msgspec.Meta(ge=-0.2, le=1)] = 0.0
    """Between letters, in em."""


class Box(_Strict, frozen=True):
    """What is behind a block, and around it."""

    fill: Colour = ""
    fill_to: Colour = ""
    """Not empty: `fill` goes over into it, at `angle` degrees (0: upwards, 90: to the right)."""
    angle: Annotated[int, msgspec.Meta(ge=0, le=359)] = 90
    line: Colour = ""
    line_px: Px = 0
    radius: Px = 0
    padding: Px = 0


class Enter(_Strict, frozen=True):
    """How a block comes in."""

    how: Entrance = "rise"
    ms: Millis = 320
    delay: Millis = 0


class Block(_Strict, frozen=True, tag_field="kind"):
    """`x`, `y`: of its upper left corner before it is turned by `rotate` degrees about its middle. `cell`: the column,
    row, columns and rows of the grid that it fills; null: it is placed freely. `group`: blocks of one are chosen and
    moved together. `locked`, `hidden`: in the builder; what is hidden is on no screen either. `when`: whether it is
    shown for somebody of the roster, for a tag that nobody is known by, or both."""

    id: Id
    x: Place
    y: Place
    w: Length
    h: Length
    name: Label = ""
    rotate: Annotated[float, msgspec.Meta(ge=-360, le=360)] = 0.0
    cell: tuple[Cell, Cell, Span, Span] | None = None
    group: Group = ""
    locked: bool = False
    hidden: bool = False
    opacity: Share = 1.0
    when: Literal["always", "known", "unknown"] = "always"
    box: Box = Box()
    enter: Enter | None = None


class TextBlock(Block, frozen=True, tag="text"):
    """A text of whose placeholders none has a value is not shown."""

    text: Words = ""
    type: Type = Type()


class ImageBlock(Block, frozen=True, tag="image"):
    image: Image = ""
    fit: Literal["contain", "cover", "fill"] = "contain"


class ShapeBlock(Block, frozen=True, tag="shape"):
    """Drawn by its box; of a line `line` and `line_px` along its middle."""

    form: Literal["rectangle", "ellipse", "line"] = "rectangle"


class ClockBlock(Block, frozen=True, tag="clock"):
    """`day`: the time of day. `race`: since the gun, of the start at `start` or of the newest; `before` until then.
    `countdown`: until `at`, a time of day in the session's zone, and from the gun or then on as `race`."""

    mode: Literal["day", "race", "countdown"] = "day"
    at: Annotated[str, msgspec.Meta(pattern=_TIME)] = ""
    start: Annotated[str, msgspec.Meta(max_length=LOCATION_CHARS_MAX)] = ""
    seconds: bool = True
    before: Words = ""
    type: Type = Type()


class MessageBlock(Block, frozen=True, tag="message"):
    """What the hub says with a runner, else one of `texts`: by the read's offset, so that all screens say the same;
    while nobody is shown, one after the other."""

    texts: Annotated[list[Words], msgspec.Meta(max_length=TEXTS_MAX)] = []
    every_s: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 10
    type: Type = Type()


class Column(_Strict, frozen=True):
    """`share`: of the width, as compared with the others'."""

    text: Words
    share: Part = 1.0
    align: Literal["start", "left", "center", "right"] = "start"
    colour: Colour = ""
    weight: Literal[0, 400, 500, 600, 700, 800, 900] = 0
    """0: as the list's."""


class ListBlock(Block, frozen=True, kw_only=True, tag="list"):
    """The last so many runners, each once a location, at these locations or at all of the display's."""

    rows: Annotated[int, msgspec.Meta(ge=1, le=ROWS_MAX)] = 5
    columns: Annotated[list[Column], msgspec.Meta(min_length=1, max_length=COLUMNS_MAX)]
    newest: Literal["top", "bottom"] = "top"
    skip: Annotated[int, msgspec.Meta(ge=0, le=ROWS_MAX)] = 0
    """So many of the newest are left out: they stand elsewhere."""
    locations: Locations = []
    gap: Px = 0
    rule: Colour = ""
    """The line between rows."""
    type: Type = Type()


class CounterBlock(Block, frozen=True, tag="counter"):
    """`runners`: how many have been read at these locations, each once; `reads`: how often; `roster`: how many there
    are; `left`: of the roster, how many have not been read there. `text` has it as `{{count}}`."""

    what: Literal["runners", "reads", "roster", "left"] = "runners"
    locations: Locations = []
    text: Words = "{{count}}"
    type: Type = Type()


class QrBlock(Block, frozen=True, tag="qr"):
    text: Words = ""
    dark: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#0b0e14"
    light: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#ffffff"


AnyBlock = (
    TextBlock | ImageBlock | ShapeBlock | ClockBlock | MessageBlock | ListBlock | CounterBlock | QrBlock
)


class State(_Strict, frozen=True):
    """`image` covers the ground. The first block is the lowest."""

    ground: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#0b0e14"
    image: Image = ""
    blocks: Annotated[list[AnyBlock], msgspec.Meta(max_length=BLOCKS_MAX)] = []


class Template(_Strict, frozen=True, tag_field="format", tag="racehub-3"):
    """`safe`: the share of each side that a frame may cover. `wall` null: nobody has said it yet."""

    canvas: Canvas
    grid: Grid = Grid()
    safe: Annotated[float, msgspec.Meta(ge=0, le=0.25)] = 0.04
    wall: Wall | None = None
    active: State = State()
    resting: State = State()


class OldState(_Strict, frozen=True):
    """Sanitised HTML, its `<style>` first, and the canvas that it was drawn for."""

    html: str
    width: Side
    height: Side


class OldTemplate(_Strict, frozen=True, tag_field="format", tag="html-2"):
    """One of the predecessor's. `resting` null: it had one state alone, which is shown all the time."""

    active: OldState
    resting: OldState | None = None


Content = Template | OldTemplate


def decoded(data: bytes) -> Content:
    """A template as it is kept. Raises Invalid with the place of what is wrong."""
    if len(data) > CONTENT_BYTES_MAX:
        raise Invalid(f"template: expected at most {CONTENT_BYTES_MAX} bytes", field="template")
    try:
        content: Content = msgspec.json.decode(data, type=Content)
    except RecursionError:
        raise Invalid("template: it is nested too deeply", field="template") from None
    except ValueError as problem:
        raise Invalid(f"template: {' '.join(str(problem).split())[:300]}", field="template") from problem
    check(content)
    return content


def kept(text: str | bytes) -> Content:
    """A template as PostgreSQL holds it: it was checked when it was saved. Raises ValueError for one that nobody has
    checked."""
    content: Content = msgspec.json.decode(text, type=Content)
    return content


def encoded(content: Content) -> bytes:
    """With all that was left out, so that nobody who draws it has to know what is meant by it."""
    return msgspec.json.encode(content)


def packed(content: Content) -> bytes:
    """The same as it goes over the line."""
    return gzip.compress(encoded(content), PACKING, mtime=0)


def check(content: Content) -> None:
    """Raises Invalid."""
    if isinstance(content, OldTemplate):
        for old in filter(None, (content.active, content.resting)):
            if len(old.html.encode()) > HTML_BYTES_MAX:
                raise Invalid(f"html: expected at most {HTML_BYTES_MAX} bytes", field="html")
            if "\0" in old.html:
                raise Invalid("html: expected no NUL characters", field="html")
        return
    for which, state in (("active", content.active), ("resting", content.resting)):
        ids = [block.id for block in state.blocks]
        for block in state.blocks:
            where = f"{which}.{block.id}"
            if ids.count(block.id) > 1:
                raise Invalid(f"template: {where}: expected one block of this id", field="template")
            if block.cell is not None and not _is_in(content.grid, block.cell):
                raise Invalid(f"template: {where}: expected a cell within the grid", field="template")
            for text in _texts(block):
                if _CONTROL.search(text):
                    raise Invalid(f"template: {where}: expected no control characters", field="template")


def check_name(name: str) -> str:
    """A template's name, without space around it. Raises Invalid."""
    name = unicodedata.normalize("NFC", name).strip()
    check_text(name, "name")
    if not name or len(name) > NAME_CHARS_MAX or "/" in name or name in (".", ".."):
        raise Invalid(f"name: expected 1 to {NAME_CHARS_MAX} characters and no slash", field="name")
    return name


def images(content: Content) -> set[str]:
    """The names of all images that it shows; of an old one those of the hub's."""
    if isinstance(content, OldTemplate):
        old = filter(None, (content.active, content.resting))
        return {found[0] for state in old for found in IMAGE_NAME.finditer(state.html)}
    both = (content.active, content.resting)
    blocks = (block.image for state in both for block in state.blocks if isinstance(block, ImageBlock))
    return {name for name in (*(state.image for state in both), *blocks) if name}


def with_images(content: Content, names: Mapping[str, str]) -> Content:
    """The same with other images: `names` says which is now called what; empty: there is none any more."""
    if isinstance(content, OldTemplate):
        resting = _with_old_images(content.resting, names) if content.resting else None
        return OldTemplate(active=_with_old_images(content.active, names), resting=resting)
    active, resting_state = (_with_images(each, names) for each in (content.active, content.resting))
    return replace(content, active=active, resting=resting_state)


def free_name(name: str, taken: Collection[str]) -> str:
    """This name, or with the first number behind it with which it is none of those taken."""
    held = {each.casefold() for each in taken}
    found, number = name, 1
    while found.casefold() in held:
        number += 1
        found = f"{name[: NAME_CHARS_MAX - 5].rstrip()} {number}"
    return found


def canvas(content: Content) -> tuple[int, int]:
    """Width and height of the active state."""
    drawn = content.active if isinstance(content, OldTemplate) else content.canvas
    return drawn.width, drawn.height


def _is_in(grid: Grid, cell: tuple[int, int, int, int]) -> bool:
    column, row, columns, rows = cell
    return column + columns <= grid.columns and row + rows <= grid.rows


def _with_images(state: State, names: Mapping[str, str]) -> State:
    blocks = [
        replace(block, image=names.get(block.image, block.image)) if isinstance(block, ImageBlock) else block
        for block in state.blocks
    ]
    return replace(state, image=names.get(state.image, state.image), blocks=blocks)


def _with_old_images(state: OldState, names: Mapping[str, str]) -> OldState:
    """What is not there any more stays named: nothing can be left out of HTML without reading it."""
    return replace(state, html=IMAGE_NAME.sub(lambda found: names.get(found[0]) or found[0], state.html))


def _texts(block: AnyBlock) -> Iterator[str]:
    yield block.name
    match block:
        case TextBlock() | CounterBlock() | QrBlock():
            yield block.text
        case ClockBlock():
            yield block.before
            yield block.start
        case MessageBlock():
            yield from block.texts
        case ListBlock():
            yield from (column.text for column in block.columns)
            yield from block.locations
        case _:
            pass
