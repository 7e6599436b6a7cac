"""What the builder warns of: each rule with what just keeps it and what just breaks it, and nothing about designs that
the hub itself offers."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

TELL = """async ([blocks, given]) => {
  const { checks } = await import("/static/build-checks.js");
  const { MADE_UP } = await import("/static/build-samples.js");
  const { newBlock, newTemplate } = await import("/static/build-kinds.js");
  const { width = 1920, height = 1080, wall = null, image = "", resting = [], extremes = MADE_UP } = given;
  const place = { x: 200, y: 200, w: 1200, h: 400 };
  const made = all => all.map((each, i) => newBlock(each.kind, { ...place, ...each, id: each.id || "b" + i }));
  const template = newTemplate(width, height);
  Object.assign(template, { wall });
  Object.assign(template.active, { image, blocks: made(blocks) });
  template.resting.blocks = made(resting);
  // a letter is half as wide as high; what is longer than `w` allows does not fit
  const fitOf = (block, words) => {
    const size = Math.min(block.type.size, block.w / (words.length * .5));
    return { size: Math.max(1, size), fits: size >= Math.min(block.type.least, block.type.size), lines: [words] };
  };
  const needs = (block, words) => words.length * .5 * block.type.least - block.w;
  const said = checks(template, { fitOf, needs, extremes });
  return said.map(({ which, block, kind, tone, words }) => [which, block, kind, tone, words]);
}"""
TYPE: dict[str, Any] = {
    "font": "Hanken Grotesk", "size": 200, "least": 40, "weight": 700, "italic": False, "upper": False,
    "colour": "#eef1f6", "align": "start", "valign": "middle", "lines": 1, "leading": 1.12, "spacing": 0,
}  # fmt: skip
BOX: dict[str, Any] = {
    "fill": "", "fill_to": "", "angle": 90, "line": "", "line_px": 0, "radius": 0, "padding": 0,
}  # fmt: skip
IMAGE = "0" * 32 + ".png"


def text(words: str = "Go", **parts: Any) -> dict[str, Any]:
    of_type = {key: parts.pop(key) for key in list(parts) if key in TYPE}
    return {"kind": "text", "text": words, "type": TYPE | of_type} | parts


def rows(words: str, **of_type: Any) -> dict[str, Any]:
    column = {"text": words, "share": 1, "align": "start", "colour": "", "weight": 0}
    return {"kind": "list", "columns": [column], "type": TYPE | of_type}


def shape(fill: str, **parts: Any) -> dict[str, Any]:
    return {"kind": "shape", "box": BOX | {"fill": fill}, "x": 0, "y": 0, "w": 1920, "h": 1080} | parts


def wall(distance_m: float, pitch_mm: float) -> dict[str, Any]:
    return {"wall": {"distance_m": distance_m, "pitch_mm": pitch_mm}}


def roster(**parts: Any) -> dict[str, Any]:
    session = {"id": 1, "name": "Sunday", "event": "Run", "timezone": "UTC"}
    return {
        "extremes": {
            "total": 2000, "runners": [{"name": "Ann Lee", "first_name": "Ann", "last_name": "Lee"}], "values": {},
            "missing": {}, "fields": ["name"], "locations": [], "races": [], "session": session,
        } | parts
    }  # fmt: skip


@pytest.mark.parametrize(
    ("blocks", "given", "found"),
    [
        # nothing is amiss, and what is hidden is on no screen
        ([text()], {}, []),
        ([text("", hidden=True, x=9000)], {}, []),
        # empty
        ([text(" ")], {}, [("empty", "no text")]),
        ([{"kind": "image"}], {}, [("empty", "No image")]),
        ([{"kind": "qr", "text": ""}], {}, [("empty", "no text")]),
        # beside the canvas, beside what is safe; a picture may be there
        ([text(x=1900, y=200)], {}, [("outside", "A part of it")]),
        ([text(x=3000)], {}, [("outside", "nobody sees it")]),
        ([text(x=20)], {}, [("safe", "safe area")]),
        ([shape("#112233", x=-50), text()], {}, []),
        # 96 px for a name and 40 for the rest, on 1080 lines; more on more
        ([text("Go", size=40)], {}, []),
        ([text("Go", size=39)], {}, [("small", "needs 40 px")]),
        ([text("{{bib}}", size=95)], {}, []),
        ([text("{{last_name}}", size=95)], {}, [("small", "needs 96 px")]),
        ([text("Go", size=79)], {"width": 3840, "height": 2160}, [("small", "needs 80 px")]),
        # 16 minutes of arc at 20 m are 93.1 mm: of 200 px, 140 are the capital
        ([text()], wall(20, 0.67), [("small", "117 mm read easily")]),
        ([text()], wall(20, 0.66), [("small", "must have 94 mm")]),
        ([text()], wall(20, 0.9), []),
        # 7:1 against the ground, against boxes, half through a box, and on an image only over a shape
        ([text(colour="#9aa3b2")], {}, []),
        ([text(colour="#8a94a6")], {}, [("contrast", "6.")]),
        ([shape("#ffffff"), text()], {}, [("contrast", "1.1:1")]),
        ([shape("#ffffff", w=300), text()], {}, [("contrast", "1.1:1")]),
        ([shape("#ffffff", w=100), text()], {}, []),
        ([shape("#ffffff"), text(box=BOX | {"fill": "#0b0e14"})], {}, []),
        ([text(), shape("#ffffff")], {}, []),
        ([shape("#ffffff", when="known"), text(when="unknown")], {}, []),
        ([shape("#ffffff", when="known"), text()], {}, [("contrast", "1.1:1")]),
        ([text("{{bib}}", colour="#0b0e14", box=BOX | {"fill": "#ffffff"}), text(when="unknown")], {}, []),
        ([shape("#ffffff"), shape("#0b0e14", when="known"), text(when="known")], {}, []),
        ([text(opacity=0.4)], {}, [("contrast", ":1")]),
        ([text()], {"image": IMAGE}, [("contrast", "not judged")]),
        ([shape("#0b0e14"), text()], {"image": IMAGE}, []),
        ([shape("#0b0e14d0"), text()], {"image": IMAGE}, []),
        ([shape("#0b0e1440"), text()], {"image": IMAGE}, [("contrast", "not judged")]),
        # too high for its block
        ([text(h=100)], {}, [("size", "only 100 px high")]),
        # what of the roster does not fit, and by how much
        ([text("{{name}}", least=150)], roster(runners=[{"name": "x" * 20}]), [("long", "300 px too wide at 150")]),
        ([text("{{city}}", least=150)], roster(values={"city": ["y" * 18]}, fields=["city"]), [("long", "y" * 18)]),
        ([text("{{name}}")], roster(runners=[{"name": "x" * 40}]), [("small", "needs 96 px")]),
        # what the roster has not, or not of everybody
        ([text("{{shoe}}")], roster(), [("missing", "no “shoe”")]),
        ([text("{{city}}")], roster(fields=["city"], missing={"city": 1234}), [("missing", "1,234 of 2,000")]),
        ([text("{{time}} {{location}} {{event}} {{CITY}}")], roster(fields=["city"]), []),
        # while it rests there is the session, and runners in lists alone
        ([], {"resting": [text("{{event}} {{name}}"), text("{{session}}")]}, []),
        ([], {"resting": [text("Bib {{bib}}")]}, [("missing", "“Bib {{bib}}” is of a runner")]),
        ([], {"resting": [{"kind": "message", "texts": ["Go", "Go, {{name}}!"]}]}, [("missing", "“Go, {{name}}!”")]),
        ([], {"resting": [text("{{event}}", least=150)], **roster(session={"name": "", "event": "x" * 20})},
         [("long", "300 px too wide at 150")]),
        ([], {"resting": [rows("{{name}}", least=150)], **roster(runners=[{"name": "x" * 20}])},
         [("long", "300 px too wide at 150")]),
        ([], {"resting": [rows("{{shoe}}")], **roster()}, [("missing", "no “shoe”")]),
    ],
)  # fmt: skip
async def test_what_is_said(
    modules: Page, blocks: list[Any], given: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    said = await modules.evaluate(TELL, [blocks, given])
    assert [kind for _, _, kind, _, _ in said] == [kind for kind, _ in found], said
    for (_, _, _, _, words), (_, wanted) in zip(said, found, strict=True):
        assert wanted in words


async def test_both_states_and_which_block(modules: Page) -> None:
    said = await modules.evaluate(TELL, [[text(id="top")], {"resting": [text("", id="low")]}])
    assert [each[:4] for each in said] == [["resting", "low", "empty", "warn"]]


async def test_designs_to_begin_with_have_nothing_amiss(modules: Page) -> None:
    """With a ruler that says that all fits; on the wall that each was drawn for, and before anybody has said which."""
    said = await modules.evaluate(
        """async () => {
          const { checks } = await import("/static/build-checks.js");
          const { STARTS } = await import("/static/template-starts.js");
          const fitOf = (block, words) => ({ size: block.type.size, fits: true, lines: [words] });
          const bad = template => checks(template, { fitOf }).filter(one => one.tone === "warn" || one.kind === "safe");
          const both = STARTS.flatMap(({ id, template }) => [[id, template], [id, { ...template, wall: null }]]);
          return both.flatMap(([id, template]) => bad(template).map(one => [id, one.block, one.words]));
        }"""
    )
    assert said == []


async def test_a_part_of_an_image_stays_within_it_and_in_its_ratio(modules: Page) -> None:
    faults = await modules.evaluate(
        """async () => {
          const { keyed, largest, moved, sized } = await import("/static/build-crop.js");
          const faults = [], image = { width: 400, height: 300 };
          let seed = 7;
          const random = span => { seed = (seed * 48271) % 2147483647; return seed % span; };
          for (const ratio of [null, 16 / 9, 1, 9 / 16, 6]) {
            let part = largest(image, ratio);
            for (let i = 0; i < 400; i++) {
              const handle = ["n", "ne", "e", "se", "s", "sw", "w", "nw"][random(8)];
              const by = { x: random(900) - 450, y: random(900) - 450 }, how = { sizes: i % 4 === 0, far: true };
              if (i % 3) part = sized(part, handle, by, image, ratio);
              else if (i % 2) part = moved(part, by, image);
              else part = keyed(part, ["ArrowUp", "ArrowLeft"][random(2)], how, image, ratio);
              const { x, y, width, height } = part, whole = [x, y, width, height].every(Number.isInteger);
              const within = x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 400 && y + height <= 300;
              if (!whole || !within) faults.push(["out", ratio, part]);
              if (ratio && Math.abs(width / ratio - height) > 1.01) faults.push(["ratio", ratio, part]);
            }
          }
          return faults.slice(0, 3);
        }"""
    )
    assert faults == []


async def test_names_that_are_free(modules: Page) -> None:
    names = await modules.evaluate(
        """async () => {
          const { freeName } = await import("/static/work-templates-words.js");
          const taken = [[], ["Wall"], ["Wall", "Wall 2"]];
          const counted = freeName("Wall 2", ["Wall 2", "Wall 3"]);
          return [...taken.map(each => freeName("Wall", each)), counted, freeName("WALL", ["wall"])];
        }"""
    )
    assert names == ["Wall", "Wall 2", "Wall 3", "Wall 4", "WALL 2"]
