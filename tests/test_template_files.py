"""Templates as files: what the hub writes it reads again, and what others have made of it is refused in words."""

import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from hub import template_files, template_words
from hub.errors import Invalid
from hub.template_files import ENTRIES_MAX, TEXT_BYTES_MAX, Packing
from tests.drawn import content, template

IMAGE: Final = "0" * 32 + ".png"
ROOM: Final = 1_000_000
BODY: Final = json.dumps({"name": "Finish", "template": template()}).encode()


def zipped(*files: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        for name, inside in files:
            archive.writestr(name, inside)
    return data.getvalue()


def refusal(data: bytes, room: int = ROOM) -> str:
    with pytest.raises(Invalid) as caught:
        template_files.read("x.zip", data, room)
    assert caught.value.field == "file"
    return str(caught.value)


def test_what_is_written_is_read_again() -> None:
    packing = Packing()
    drawn = template_words.encoded(content("{{name}}"))
    noise = random.Random(1).randbytes(50_000)
    pieces = [packing.template("Łódź 10K", drawn, {IMAGE: "Logo.png"}), packing.image(IMAGE, noise)]
    assert len(pieces[1]) > len(noise), "each piece is handed over when it is there"
    data = b"".join([*pieces, packing.end()])
    found = template_files.read("x.racehub.zip", data, ROOM)
    assert (found.name, found.images, found.titles) == ("Łódź 10K", {IMAGE: noise}, {IMAGE: "Logo.png"})
    assert template_words.decoded(
        bytes(msgspec.json.decode(found.body, type=dict[str, msgspec.Raw])["template"])
    ) == (content("{{name}}"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["template.json", f"images/{IMAGE}"] and archive.testzip() is None


@pytest.mark.parametrize(
    ("file_name", "data", "name"),
    [
        ("C:\\a\\Finish.json", b'{"html":"<p>"}', "Finish"),
        ("../../etc/passwd", b'{"html":"<p>"}', "passwd"),
        ("a.b.racehub.zip", zipped(("template.json", b"{}")), "a.b"),
        ("x.json", b'\xef\xbb\xbf {"name":" Gantry/2\\u0000 "}', "Gantry 2"),
        ("x.json", b'{"name":7}', "7"),
        ("x.json", b'{"name":".."}', "x"),
        (".json", b'{"name":"' + b"a" * 300 + b'"}', "a" * 100),
        (".json", b"{}", "Template"),
        ("", b"\n<style>p{}</style><p>{{name}}</p>", "Template"),
    ],
)
def test_what_it_is_called(file_name: str, data: bytes, name: str) -> None:
    assert template_files.read(file_name, data, ROOM).name == name


def test_html_alone() -> None:
    found = template_files.read("Old.html", b"<p>\xffx</p>", ROOM)
    assert json.loads(found.body) == {"html": "<p>\ufffdx</p>"} and found.images == {}


def test_only_what_has_an_expected_name_is_read() -> None:
    found = template_files.read(
        "x.zip",
        zipped(
            ("../template.json", b"up"),
            ("/template.json", b"root"),
            ("images/../../x.png", b"up"),
            (f"images/sub/{IMAGE}", b"sub"),
            ("images/" + IMAGE.replace("0", "A"), b"upper"),
            (f"images/{IMAGE}\n", b"line"),
            (IMAGE, b"not in images"),
            ("evil.sh", b"x" * 5_000_000),
            ("template.json", BODY),
            (f"images/{IMAGE}", b"png"),
        ),
        ROOM,
    )
    assert found.body == BODY and found.images == {IMAGE: b"png"}


def named(text: str) -> dict[str, Any]:
    return {"name": "x", "template": template(), "titles": {IMAGE: text, "other": "y", "z": 1}}


def test_titles_of_what_is_not_there_are_left_out() -> None:
    data = zipped(("template.json", json.dumps(named("Logo")).encode()), (f"images/{IMAGE}", b"x"))
    assert template_files.read("x.zip", data, ROOM).titles == {IMAGE: "Logo"}
    strange = json.dumps({"titles": ["x"]}).encode()
    assert template_files.read("x.zip", zipped(("template.json", strange)), ROOM).titles == {}


def test_what_unpacks_to_too_much() -> None:
    zeros = bytes(20_000_000)
    assert len(zipped(("template.json", zeros))) < 30_000
    assert "larger than the hub takes" in refusal(zipped(("template.json", zeros)))
    many = [(f"images/{number:032x}.png", bytes(300_000)) for number in range(5)]
    assert "larger than the hub takes" in refusal(zipped(("template.json", BODY), *many))
    assert template_files.read("x.zip", zipped(("template.json", BODY), *many), 1_500_000).images


def test_too_many_files() -> None:
    many = [(f"{number}", b"") for number in range(ENTRIES_MAX + 1)]
    assert "at most" in refusal(zipped(*many))
    assert "at most" in refusal(b"PK\x03\x04" + b"PK\x01\x02" * 200_000)


def test_text_that_is_too_long() -> None:
    assert "at most" in refusal(b"<p>" + b"x" * TEXT_BYTES_MAX)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack(packing: int) -> None:
    assert "deflate" in refusal(zipped(("template.json", BODY), packing=packing))


def patched(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    changed = bytearray(data)
    change(changed)
    return bytes(changed)


def test_one_that_lies_about_sizes() -> None:
    """The directory says that it is small: no more than that is unpacked, and the sum is wrong."""
    data = zipped(("template.json", bytes(5_000_000)))
    at = data.rindex(b"PK\x01\x02")

    def lie(changed: bytearray) -> None:
        changed[at + 24 : at + 28] = struct.pack("<I", 10)

    assert "damaged" in refusal(patched(data, lie))


def test_one_that_is_encrypted() -> None:
    data = zipped(("template.json", BODY))
    at = data.rindex(b"PK\x01\x02")

    def lock(changed: bytearray) -> None:
        changed[at + 8] |= 1

    assert "encrypted" in refusal(patched(data, lock))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice() -> None:
    image = (f"images/{IMAGE}", b"x")
    assert "twice" in refusal(zipped(("template.json", BODY), image, image))
    assert "twice" in refusal(zipped(("template.json", BODY), ("template.json", BODY)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "expected a template"),
        (b"%PDF", "expected a template"),
        (b"{", "no JSON object"),
        (b'{"a":' * 100_000, "no JSON object"),
        (zipped(("other", b"x")), "expected a template.json in it"),
        (zipped(("template.json", b"")), "expected a template.json in it"),
        (zipped(("template.json", b"[]")), "no JSON object"),
        (zipped(("template.json", zipped(("template.json", BODY)))), "no JSON object"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_what_is_no_template(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_whatever_a_damaged_one_is_it_is_refused_in_words() -> None:
    noise = random.Random(7)
    whole = zipped(("template.json", BODY), (f"images/{IMAGE}", zlib.compress(BODY)))
    for _ in range(600):
        broken = bytearray(whole[: noise.randrange(4, len(whole) + 1)])
        for _ in range(noise.randrange(1, 6)):
            broken[noise.randrange(4, len(broken)) if len(broken) > 4 else 0] = noise.randrange(256)
        try:
            template_files.read("x.zip", bytes(broken), ROOM)
        except Invalid as problem:
            assert problem.field == "file"
