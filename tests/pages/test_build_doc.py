"""The builder's document and its geometry, alone: what holds for any of them, and that they say what the hub says."""

from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from playwright.async_api import Page

from hub import template_words as words

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANY: Final = Path(__file__).with_name("build_words.js")
KINDS: Final = {
    kind.__struct_config__.tag: kind
    for kind in (
        words.TextBlock,
        words.ImageBlock,
        words.ShapeBlock,
        words.ClockBlock,
        words.MessageBlock,
        words.ListBlock,
        words.CounterBlock,
        words.QrBlock,
    )
}
DOC: Final = """async steps => {
  const { makeDoc } = await import("/static/build-doc.js"), { newTemplate } = await import("/static/build-kinds.js");
  const doc = makeDoc(newTemplate()), said = [];
  for (const [name, ...given] of steps) said.push(typeof doc[name] === "function" ? doc[name](...given) : doc[name]);
  return said;
}"""


async def asked(modules: Page, module: str, name: str, *given: Any) -> Any:
    script = "async ([module, name, given]) => (await import('/static/' + module))[name](...given)"
    return await modules.evaluate(script, [module, name, list(given)])


async def done(modules: Page, *steps: list[Any]) -> list[Any]:
    """What each step gives: a method with its arguments, or the name of a property."""
    said: list[Any] = await modules.evaluate(DOC, list(steps))
    return said


@pytest.mark.parametrize(
    ("name", "rounds"),
    [("resize", 300), ("align", 200), ("cells", 500), ("hold", 300), ("view", 200), ("history", 25)],
)
async def test_what_holds_for_any(modules: Page, name: str, rounds: int) -> None:
    assert await modules.evaluate(ANY.read_text(), [name, rounds, 7]) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_begins_as_the_hub_says(modules: Page, kind: str) -> None:
    given: dict[str, Any] = {"kind": kind, "id": "a", "x": 1, "y": 2, "w": 3, "h": 4}
    more = {"columns": [{"text": "{{bib}}"}]} if kind == "list" else {}
    hubs = msgspec.to_builtins(msgspec.convert(given | more, words.AnyBlock))
    ours = await asked(modules, "build-kinds.js", "asBlock", given | more)
    assert ours == hubs
    begun = await asked(modules, "build-kinds.js", "newBlock", kind, {"id": "a"})
    assert msgspec.to_builtins(msgspec.convert(begun, words.AnyBlock)) == begun


async def test_a_new_template_is_as_the_hub_says(modules: Page) -> None:
    ours = await asked(modules, "build-kinds.js", "newTemplate", 1920, 1080)
    bare = {"format": "racehub-3", "canvas": {"width": 1920, "height": 1080}}
    assert ours == msgspec.to_builtins(msgspec.convert(bare, words.Template))
    entrance = await modules.evaluate("async () => (await import('/static/build-kinds.js')).ENTER")
    assert entrance == msgspec.to_builtins(words.Enter())


@pytest.mark.parametrize(
    "given",
    [None, 7, [], {}, {"kind": "script"}, {"kind": "constructor"}, {"kind": "list", "columns": []}],
)
async def test_what_is_no_block_is_none(modules: Page, given: Any) -> None:
    assert await asked(modules, "build-kinds.js", "asBlock", given) is None


async def test_only_what_the_hub_takes_is_left_of_what_was_pasted(modules: Page) -> None:
    given = {
        "kind": "text",
        "id": "a",
        "x": "1",
        "w": 9,
        "onclick": "x",
        "type": {"size": 7, "font": 3, "z": 1},
    }
    block = await asked(modules, "build-kinds.js", "asBlock", given)
    assert (block["x"], block["w"], block["type"]["size"], block["type"]["font"]) == (
        0,
        9,
        7,
        words.Type().font,
    )
    assert msgspec.to_builtins(msgspec.convert(block, words.AnyBlock)) == block


async def test_a_drag_is_one_step_and_back_at_its_place_none(modules: Page) -> None:
    said = await done(
        modules, ["add", "text"], ["nudge", 5, 0], ["nudge", 5, 0], ["block", "text-1"], ["undo"],
        ["block", "text-1"], ["canRedo"], ["nudge", 1, 1], ["settle"], ["nudge", 3, 3], ["nudge", -3, -3], ["canUndo"],
        ["undo"], ["block", "text-1"],
    )  # fmt: skip
    assert (said[0], said[3]["x"], said[3]["cell"]) == ("text-1", 90, None)
    assert (said[4], said[5]["x"], said[5]["cell"]) == ("Move", 80, [0, 0, 8, 2])
    assert said[6] == "Move"
    assert said[11] == "Move" and said[13]["x"] == 80, "only the first of the two is left"


async def test_a_block_lies_in_its_cells_until_it_is_taken_out(modules: Page) -> None:
    said = await done(
        modules, ["add", "qr"], ["step", 20, 1], ["block", "qr-1"], ["grow", -1, 1], ["block", "qr-1"],
        ["setGrid", {"columns": 4, "rows": 4}], ["block", "qr-1"], ["set", None, {"x": 11}], ["block", "qr-1"],
    )  # fmt: skip
    assert said[2]["cell"] == [10, 1, 2, 2]
    assert said[4]["cell"] == [10, 1, 1, 3]
    assert said[6]["cell"] == [3, 1, 1, 3] and said[6]["x"] == 1418
    assert (said[8]["cell"], said[8]["x"]) == (None, 11)


async def test_groups_are_chosen_as_one_and_copied_as_another(modules: Page) -> None:
    said = await done(
        modules, ["add", "text"], ["add", "clock"], ["add", "qr"], ["select", ["text-1", "clock-1"]], ["group"],
        ["select", ["clock-1"]], ["selection"], ["duplicate"], ["selection"], ["blocks"],
        ["select", ["qr-1"], {"toggle": True}], ["selection"], ["select", ["text-1"], {"alone": True}], ["selection"],
        ["lock"], ["remove"], ["copyToOther"], ["copyToOther"], ["template"], ["copyToOther", None],
        ["copyToOther", None], ["setWhich", "resting"], ["blocks"], ["undo"], ["which"],
    )  # fmt: skip
    assert said[6] == ["text-1", "clock-1"]
    assert said[8] == ["text-2", "clock-2"]
    assert [each["group"] for each in said[9]] == ["group-1", "group-1", "", "group-2", "group-2"]
    assert said[11] == ["text-2", "clock-2", "qr-1"] and said[13] == ["text-1"]
    assert said[15] is False, "what is locked is not deleted"
    assert [each["id"] for each in said[18]["resting"]["blocks"]] == ["text-1", "text-2"]
    assert said[19:21] == [5, 0], "in place of what was there"
    assert [each["id"] for each in said[22]] == ["text-1", "clock-1", "qr-1", "text-2", "clock-2"]
    assert said[24] == "active", "a step is undone where it was done"


async def test_a_canvas_of_any_size_has_room_for_its_grid(modules: Page) -> None:
    """Of an LED wall, made so or made smaller; what is on it goes with it only where that is asked for."""
    for width, height in ((384, 128), (1920, 96), (64, 32), (96, 1024), (8192, 8192)):
        new = await asked(modules, "build-kinds.js", "newTemplate", width, height)
        assert new["safe"] * max(width, height) <= new["grid"]["margin"], "a frame covers none of it"
        for steps in ([["replace", "All", new]], [["setCanvas", width, height]]):
            said = await done(modules, *steps, ["add", "text"], ["add", "list"], ["blocks"])
            words_, rows = said[-1]
            assert words_["x"] >= 0 and rows["x"] + rows["w"] <= width, (width, height, rows)
            assert 0 <= words_["y"] < words_["y"] + words_["h"] <= rows["y"], (width, height, rows)
            assert rows["y"] + rows["h"] <= height and rows["h"] > height / 4, (width, height, rows)
            assert words_["type"]["size"] <= 2 * min(width, height), "as large as the canvas may want it"
    plain = await done(modules, ["setCanvas", 1366, 768], ["template"])
    assert plain[1]["grid"] == {"columns": 12, "rows": 8, "margin": 80, "gutter": 24}


async def test_what_is_on_a_canvas_goes_with_it(modules: Page) -> None:
    box = {
        "fill": "#ffffff",
        "fill_to": "",
        "angle": 90,
        "line": "#000000",
        "line_px": 1,
        "radius": 20,
        "padding": 16,
    }
    said = await done(
        modules,
        *(["add", "list"], ["set", None, {"box": box, "gap": 6}]),
        ["add", "shape", {"x": 100, "y": 50, "w": 400, "h": 300}],
        *(["setCanvas", 3840, 2160, {"scale": True}], ["template"]),
        *(["setCanvas", 960, 540, {"scale": True}], ["template"]),
    )
    for template, by in ((said[4], 2), (said[6], 0.5)):
        rows, shape = template["active"]["blocks"]
        assert template["grid"] == {"columns": 12, "rows": 8, "margin": 80 * by, "gutter": 24 * by}
        assert rows["cell"] == [0, 0, 8, 4] and (rows["x"], rows["y"]) == (80 * by, 80 * by), (
            "still in the grid"
        )
        assert (rows["type"]["size"], rows["type"]["least"], rows["gap"]) == (72 * by, 40 * by, 6 * by)
        assert rows["box"] == box | {"line_px": max(1, by), "radius": 20 * by} | {"padding": 16 * by}
        assert [shape[side] for side in "xywh"] == [100 * by, 50 * by, 400 * by, 300 * by]


async def test_order_and_what_is_kept(modules: Page) -> None:
    script = """async () => {
      const { makeDoc } = await import("/static/build-doc.js");
      const { newTemplate } = await import("/static/build-kinds.js");
      const doc = makeDoc(newTemplate(), { version: 3 }), orders = [];
      const ids = () => doc.blocks().map(each => each.id[0]).join("");
      for (const kind of ["text", "clock", "qr", "shape"]) doc.add(kind);
      const moves = [["raise", "text"], ["front", "text"], ["lower", "shape"], ["back", "shape"], ["raise", "text"]];
      for (const [how, id] of moves) {
        doc.select([id + "-1"]);
        doc.order(how);
        orders.push(ids());
      }
      doc.moveTo(["text-1"], 1);
      orders.push(ids());
      const sent = doc.template, told = [];
      doc.subscribe(what => told.push(what));
      doc.nudge(1, 1);
      doc.markSaved(4, sent);
      const after = [doc.version, doc.dirty];
      doc.undo();
      after.push(doc.dirty);
      return [orders, after, told];
    }"""
    orders, after, told = await modules.evaluate(script)
    assert orders == ["ctqs", "cqst", "csqt", "scqt", "scqt", "stcq"]
    assert after == [4, True, False]
    nothing = {"template": False, "which": False, "selection": False, "saved": False}
    assert told[:2] == [nothing | {"template": True}, nothing | {"saved": True}]


async def test_pasted_from_another_page_and_not_from_elsewhere(modules: Page) -> None:
    said = await done(modules, ["add", "text"], ["copy"], ["paste"], ["paste"], ["blocks"])
    assert [each["x"] for each in said[4]] == [80, 104, 128]
    other = await done(modules, ["paste", said[1]], ["blocks"], ["paste", "a sentence"], ["paste", "{}"])
    assert other[0] == 1 and other[1][0]["text"] == "{{name}}" and other[2:] == [0, 0]


async def test_a_hundred_blocks_and_no_more(modules: Page) -> None:
    steps: list[list[Any]] = [["add", "shape"]] * 101 + [
        ["select", ["shape-1"]],
        ["duplicate"],
        ["copy"],
        ["paste"],
        ["blocks"],
    ]
    said = await done(modules, *steps)
    assert said[99:101] == ["shape-100", ""] and said[102] == 0 and said[104] == 0 and len(said[105]) == 100


@pytest.mark.parametrize(
    ("pressed", "name"),
    [
        ({"key": "Z", "ctrlKey": True, "shiftKey": True}, "mod+shift+z"),
        ({"key": "z", "metaKey": True}, "mod+z"),
        ({"key": "?", "shiftKey": True}, "?"),
        ({"key": "G", "shiftKey": True}, "g"),
        ({"key": "[", "ctrlKey": True, "altKey": True, "modifierAltGraph": True}, "["),
        ({"key": "\u201c", "code": "BracketLeft", "altKey": True}, "alt+["),
        ({"key": "ArrowUp", "altKey": True, "shiftKey": True}, "shift+alt+ArrowUp"),
        ({"key": "+", "ctrlKey": True}, "mod++"),
    ],
)
async def test_a_key_has_one_name_on_every_keyboard(
    modules: Page, pressed: dict[str, Any], name: str
) -> None:
    script = """async pressed => {
      const { nameOf } = await import("/static/build-keys.js");
      return nameOf(new KeyboardEvent("keydown", pressed));
    }"""
    assert await modules.evaluate(script, pressed) == name
