"""A template for each kind of block, with what that kind can do, in both states: for pictures of them."""

import io
from typing import Any, Final, Literal

import msgspec
from PIL import Image, ImageDraw

from hub.template_words import (
    AnyBlock,
    Box,
    Canvas,
    ClockBlock,
    Column,
    CounterBlock,
    Font,
    ImageBlock,
    ListBlock,
    MessageBlock,
    QrBlock,
    ShapeBlock,
    State,
    Template,
    TextBlock,
    Type,
)

WIDTH: Final = 960
HEIGHT: Final = 540
PHOTO: Final = "0" * 32 + ".png"
LOGO: Final = "1" * 32 + ".png"
INK: Final = "#0b0e14"
PAPER: Final = "#eef1f6"
QUIET: Final = "#aab4c5"
SUN: Final = "#ffc74a"
SEA: Final = "#3fb6c9"
LINE: Final = "#2c3648"

At = tuple[int, int, int, int]
FITS: Final[tuple[Literal["contain", "cover", "fill"], ...]] = ("contain", "cover", "fill")
COUNTED: Final[tuple[tuple[Literal["runners", "reads", "roster", "left"], list[str], Font], ...]] = (
    ("runners", ["FINISH"], "Hanken Grotesk"),
    ("reads", [], "Barlow Condensed"),
    ("roster", [], "Bebas Neue"),
    ("left", ["FINISH"], "DSEG7 Classic"),
)


def place(at: At) -> dict[str, Any]:
    return dict(zip(("x", "y", "w", "h"), at, strict=True))


def label(number: int, words: str, x: int, y: int, w: int = 280) -> TextBlock:
    """What a specimen is, small and quiet."""
    small = Type(size=22, least=12, weight=500, colour=QUIET)
    return TextBlock(id=f"label-{number}", **place((x, y, w, 32)), text=words, type=small)


def text_of(number: int, at: At, words: str, kind: Type, **more: Any) -> TextBlock:
    return TextBlock(id=f"text-{number}", **place(at), text=words, type=kind, **more)


TEXT_ACTIVE: Final = [
    text_of(1, (40, 24, 880, 150), "{{name}}", Type(size=140, least=60, lines=2, leading=1)),
    text_of(
        2,
        (40, 190, 560, 70),
        "{{city}}, {{country}}",
        Type(font="Roboto Slab", size=56, weight=400, italic=True),
    ),
    text_of(
        3,
        (640, 196, 280, 110),
        "{{bib}}",
        Type(size=88, weight=800, colour=INK, align="center"),
        box=Box(fill=SUN, fill_to="#ff8f3f", angle=135, radius=24, padding=10),
    ),
    text_of(
        4,
        (40, 280, 560, 90),
        "{{race_name}}",
        Type(font="Bebas Neue", size=86, upper=True, spacing=0.08, colour=SUN),
    ),
    text_of(
        5,
        (40, 390, 560, 110),
        "{{first_name}} ran well past {{location}} and all of us saw it",
        Type(font="Barlow Condensed", size=60, least=20, weight=500, lines=2, leading=1, colour=QUIET),
    ),
    text_of(
        6,
        (610, 390, 340, 80),
        "{{division}}",
        Type(size=56, weight=600, align="center"),
        rotate=-8,
        box=Box(line=SEA, line_px=5, radius=40, padding=8),
    ),
]
TEXT_RESTING: Final = [
    text_of(
        1,
        (40, 40, 880, 260),
        "{{event}} welcomes all who ran",
        Type(font="Roboto Slab", size=150, least=40, lines=3, align="center", leading=1),
    ),
    text_of(
        2,
        (40, 330, 270, 160),
        "top\nleft",
        Type(size=44, lines=2, valign="top", align="left"),
        box=Box(line=LINE, line_px=2),
    ),
    text_of(3, (345, 330, 270, 160), "middle", Type(size=44, align="center"), box=Box(line=LINE, line_px=2)),
    text_of(
        4,
        (650, 330, 270, 160),
        "bottom\nright",
        Type(size=44, lines=2, valign="bottom", align="right"),
        box=Box(line=LINE, line_px=2),
    ),
]
IMAGE_ACTIVE: Final = [
    *(
        ImageBlock(
            id=f"image-{fit}",
            **place((40 + at * 305, 70, 270, 270)),
            image=PHOTO,
            fit=fit,
            box=Box(fill="#1b2333", radius=20),
        )
        for at, fit in enumerate(FITS)
    ),
    *(label(at, fit, 40 + at * 305, 28) for at, fit in enumerate(FITS)),
    ImageBlock(
        id="turned",
        **place((60, 380, 240, 130)),
        image=PHOTO,
        fit="cover",
        rotate=-6,
        box=Box(line=PAPER, line_px=8),
    ),
    ImageBlock(id="faint", **place((365, 370, 230, 150)), image=LOGO, opacity=0.5),
    ImageBlock(id="round", **place((715, 370, 150, 150)), image=PHOTO, fit="cover", box=Box(radius=75)),
    ImageBlock(id="missing", **place((900, 500, 40, 30)), image="f" * 32 + ".png"),
]
IMAGE_RESTING: Final = [
    ImageBlock(id="logo", **place((330, 110, 300, 200)), image=LOGO),
    text_of(1, (60, 350, 840, 120), "{{event}}", Type(size=110, align="center")),
]
SHAPE_ACTIVE: Final[list[AnyBlock]] = [
    ShapeBlock(id="filled", **place((40, 40, 270, 200)), box=Box(fill=SEA)),
    ShapeBlock(
        id="graded",
        **place((345, 40, 270, 200)),
        box=Box(fill="#1d4ed8", fill_to="#c026d3", angle=45, radius=32),
    ),
    ShapeBlock(id="framed", **place((650, 40, 270, 200)), box=Box(line=SUN, line_px=10, radius=32)),
    ShapeBlock(id="disc", **place((40, 290, 200, 200)), form="ellipse", box=Box(fill=SUN)),
    ShapeBlock(
        id="oval", **place((290, 310, 270, 160)), form="ellipse", box=Box(fill="#16202f", line=SEA, line_px=8)
    ),
    ShapeBlock(id="across", **place((610, 300, 310, 40)), form="line", box=Box(line=PAPER, line_px=6)),
    ShapeBlock(id="up", **place((640, 340, 40, 160)), form="line", box=Box(line=SUN, line_px=14)),
    ShapeBlock(
        id="turned", **place((730, 380, 160, 90)), rotate=30, opacity=0.7, box=Box(fill="#ff6b57", radius=8)
    ),
]
SHAPE_RESTING: Final = [
    ShapeBlock(id="sky", **place((0, 0, WIDTH, HEIGHT)), box=Box(fill="#13294b", fill_to=INK, angle=180)),
    *(
        ShapeBlock(
            id=f"stripe-{at}",
            **place((-60 + at * 190, 380, 130, 260)),
            rotate=20,
            box=Box(fill=SUN, fill_to="#ff8f3f", angle=180),
        )
        for at in range(6)
    ),
    text_of(1, (60, 110, 840, 150), "{{event}}", Type(size=140, align="center")),
]
CLOCK_ACTIVE: Final = [
    label(1, "time of day", 40, 30),
    label(2, "race", 500, 30),
    label(3, "countdown", 40, 280),
    label(4, "without seconds", 500, 280),
    ClockBlock(id="day", **place((40, 66, 420, 150)), type=Type(size=120, least=30)),
    ClockBlock(
        id="race",
        **place((500, 66, 420, 150)),
        mode="race",
        type=Type(font="DSEG7 Classic", size=90, least=30, colour="#ff4d3d", align="center"),
        box=Box(fill="#16090a", radius=16, padding=12),
    ),
    ClockBlock(
        id="until",
        **place((40, 316, 420, 150)),
        mode="countdown",
        at="11:30",
        type=Type(font="Barlow Condensed", size=150, colour=SUN),
    ),
    ClockBlock(
        id="short", **place((500, 316, 420, 150)), seconds=False, type=Type(font="Bebas Neue", size=170)
    ),
]
CLOCK_RESTING: Final = [
    ClockBlock(
        id="race",
        **place((40, 60, 880, 240)),
        mode="race",
        type=Type(size=400, least=40, align="center", colour=SUN),
    ),
    ClockBlock(
        id="before",
        **place((40, 330, 880, 90)),
        mode="race",
        start="START 10K",
        before="The 10K starts at half past twelve",
        type=Type(size=60, weight=500, align="center"),
    ),
    ClockBlock(
        id="day", **place((40, 430, 880, 70)), type=Type(size=50, weight=500, align="center", colour=QUIET)
    ),
]
CHEERS: Final = ["Well run, {{first_name}}!", "{{city}} is proud of you", "What a finish in {{event}}"]
MESSAGE_ACTIVE: Final = [
    text_of(1, (40, 40, 880, 120), "{{name}}", Type(size=100)),
    MessageBlock(
        id="cheer",
        **place((40, 200, 880, 280)),
        texts=CHEERS,
        type=Type(size=140, least=50, lines=2, weight=800, align="center", leading=1.05, colour=INK),
        box=Box(fill=SUN, radius=28, padding=28),
    ),
]
MESSAGE_RESTING: Final = [
    MessageBlock(
        id="sponsor",
        **place((80, 110, 800, 320)),
        every_s=7,
        texts=["Thank you to all who marshal", "Bananas behind the arch"],
        type=Type(font="Roboto Slab", size=150, least=50, lines=3, weight=600, align="center", leading=1.1),
    ),
]
COLUMNS: Final = [
    Column(text="{{bib}}", share=1, align="right", colour=SUN, weight=800),
    Column(text="{{name}}", share=4.4),
    Column(text="{{time}}", share=1.8, align="right"),
]
LIST_ACTIVE: Final = [
    text_of(1, (40, 24, 620, 130), "{{name}}", Type(size=90, least=40)),
    text_of(2, (680, 24, 240, 130), "{{time}}", Type(size=90, align="right", colour=SUN)),
    ListBlock(
        id="list",
        **place((40, 170, 880, 340)),
        rows=5,
        skip=1,
        rule=LINE,
        columns=COLUMNS,
        type=Type(size=50, least=28, weight=600),
    ),
]
LIST_RESTING: Final = [
    ListBlock(
        id="list",
        **place((40, 30, 880, 480)),
        rows=7,
        newest="bottom",
        gap=8,
        locations=["finish"],
        columns=COLUMNS,
        type=Type(font="Barlow Condensed", size=58, least=32),
        box=Box(fill="#131a27", radius=24, padding=24),
    ),
]
COUNTER_ACTIVE: Final = [
    *(
        CounterBlock(
            id=f"counter-{what}",
            **place((40 + at % 2 * 460, 60 + at // 2 * 240, 420, 150)),
            what=what,
            locations=locations,
            type=Type(font=font, size=140, colour=SUN),
        )
        for at, (what, locations, font) in enumerate(COUNTED)
    ),
    *(
        label(at, words, 40 + at % 2 * 460, 24 + at // 2 * 240)
        for at, words in enumerate(("across the line", "reads", "on the roster", "still out"))
    ),
]
COUNTER_RESTING: Final = [
    CounterBlock(
        id="home",
        **place((40, 90, 880, 230)),
        locations=["FINISH"],
        type=Type(size=300, least=80, align="center", colour=SUN),
    ),
    CounterBlock(
        id="out",
        **place((40, 340, 880, 90)),
        what="left",
        locations=["FINISH"],
        text="are home, {{count}} are still out",
        type=Type(size=64, weight=500, align="center"),
    ),
]
QR_ACTIVE: Final = [
    text_of(1, (40, 60, 440, 220), "{{name}}", Type(size=110, least=40, lines=2, leading=1)),
    text_of(
        2,
        (40, 300, 440, 140),
        "Your photo and certificate",
        Type(size=52, lines=2, weight=500, colour=QUIET, valign="top"),
    ),
    QrBlock(
        id="own", **place((500, 60, 420, 420)), text="https://results.example/{{bib}}", box=Box(radius=24)
    ),
]
QR_RESTING: Final = [
    QrBlock(
        id="all",
        **place((300, 40, 360, 360)),
        text="https://results.example",
        dark="#13294b",
        light=SUN,
        box=Box(fill=SUN, radius=28, padding=12),
    ),
    text_of(1, (60, 420, 840, 90), "All results of {{event}}", Type(size=60, align="center")),
]

KINDS: Final[dict[str, tuple[list[Any], list[Any], str]]] = {
    "text": (TEXT_ACTIVE, TEXT_RESTING, ""),
    "image": (IMAGE_ACTIVE, IMAGE_RESTING, PHOTO),
    "shape": (SHAPE_ACTIVE, SHAPE_RESTING, ""),
    "clock": (CLOCK_ACTIVE, CLOCK_RESTING, ""),
    "message": (MESSAGE_ACTIVE, MESSAGE_RESTING, ""),
    "list": (LIST_ACTIVE, LIST_RESTING, ""),
    "counter": (COUNTER_ACTIVE, COUNTER_RESTING, ""),
    "qr": (QR_ACTIVE, QR_RESTING, ""),
}


def template_of(kind: str) -> dict[str, Any]:
    """Whole, as the hub gives it to screens."""
    active, resting, ground = KINDS[kind]
    made = Template(
        canvas=Canvas(width=WIDTH, height=HEIGHT),
        active=State(blocks=active),
        resting=State(blocks=resting, image=ground),
    )
    whole: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    return whole


def photo() -> bytes:
    """A harbour at dusk, as far as a test needs one. PNG."""
    picture = Image.new("RGB", (640, 400))
    draw = ImageDraw.Draw(picture)
    for y in range(400):
        draw.line((0, y, 640, y), fill=(20 + y // 4, 40 + y // 6, 90 - y // 8))
    draw.ellipse((400, 80, 520, 200), fill=(255, 199, 74))
    draw.polygon(
        [(0, 330), (180, 130), (330, 300), (440, 210), (640, 360), (640, 400), (0, 400)], fill=(11, 20, 34)
    )
    return _png(picture)


def logo() -> bytes:
    """A ring and a bar on nothing. PNG."""
    picture = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 10, 240, 190), outline=(255, 199, 74, 255), width=26)
    draw.rounded_rectangle((20, 84, 280, 116), 12, fill=(238, 241, 246, 255))
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
