"""How Hypothesis makes inputs for a target: of its words, of its samples with changes here and there, and of any bytes;
and where that would seldom get far, of its grammar."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import msgspec
from hypothesis import strategies as st

from hub.config import Settings
from hub.config_report import known_keys
from hub.model import INT64_MAX
from tests.frames import frame
from tests.fuzz import connections, samples, streams
from tests.fuzz.words import FORMATS, NUMBERS, TAGS, TEXTS, TIMES, WORDS
from tests.protocols import dialogue
from tests.store.making import group, read

PARTS_MAX: Final = 24
CHANGES_MAX: Final = 6

PATHS: Final = (
    *(
        b"/",
        b"/health",
        b"/front/state",
        b"/api/sessions/1",
        b"/api/sessions/1/end",
        b"/api/sessions/1/password",
        b"/api/partners/1/stream",
        b"/api/refused-readers",
        b"/api/events",
        b"/api/exports/1/file",
        b"/api/images",
        b"/images/0123456789abcdef0123456789abcdef.png",
        b"/api/sessions/1/reads?tag=A1",
        b"/api/rosters/import",
        b"/api/users",
        b"/api/users/1",
        b"/api/tokens",
        b"/api/partners",
        b"/api/audit?before=9&limit=2",
        b"/api/display-settings",
    ),
    *(b"/ws/sessions/1", b"/d/" + connections.CODE.encode(), b"/static/display.js"),
    b"/api/displays/%b/qr.svg" % connections.CODE.encode(),
    b"/api/displays/%b/control" % connections.CODE.encode(),
    b"/api/display-settings?display=%b" % connections.CODE.encode(),
)
HEADERS: Final = (
    b"Host: hub\r\n",
    b"Authorization: Bearer %b\r\n" % connections.TOKEN.encode(),
    b"Cookie: racehub=gAAAAABl; racehub_12345678=x\r\n",
    b"Content-Type: application/json\r\n",
)

Bytes = st.SearchStrategy[bytes]


@cache
def inputs(name: str) -> Bytes:
    """Everything that is tried of a target."""
    made = [_of_words(name), _changed(name), st.binary(max_size=200)]
    if name in GRAMMARS:
        made.append(GRAMMARS[name]())
    return st.one_of(made)


def _of_words(name: str) -> Bytes:
    part = st.sampled_from(WORDS[name]) | st.binary(max_size=8)
    return st.lists(part, max_size=PARTS_MAX).map(b"".join)


def _changed(name: str) -> Bytes:
    """A sample in which pieces are replaced, left out, or put in."""
    change = st.tuples(
        st.integers(0, 1 << 12),
        st.sampled_from([0, 0, 1, 1, 4, 40]),
        st.sampled_from(WORDS[name]) | st.binary(max_size=4),
    )
    sample = st.sampled_from([path.read_bytes() for path in samples.paths(name)])
    return st.builds(_change, sample, st.lists(change, max_size=CHANGES_MAX))


def _change(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, left_out, put_in in changes:
        at = place % (len(data) + 1)
        data = data[:at] + put_in + data[at + left_out :]
    return data


def _ct01_line() -> Bytes:
    """A line of eight fields, in which one or two are not as they should be, or none."""
    names = st.sampled_from([b"FINISH", b"finish", b"MID", b"A\rB", *TEXTS])
    odd = st.sampled_from([*NUMBERS, *TEXTS, *TIMES, *TAGS, b"", b"x" * 129]) | st.binary(max_size=8)
    right = st.tuples(
        *(st.integers(1, INT64_MAX).map(lambda number: b"%d" % number) | st.just(b"7"), names),
        *(
            st.sampled_from(TAGS[:3]),
            st.sampled_from(TIMES),
            st.just(b"1"),
            st.just(b"0A11B2"),
            st.just(b"4"),
        ),
    )
    changes = st.lists(st.tuples(st.integers(0, 6), odd), max_size=2)
    return st.builds(_line_of, st.sampled_from(FORMATS), right, changes)


def _line_of(head: bytes, fields: Sequence[bytes], changes: Sequence[tuple[int, bytes]]) -> bytes:
    changed = dict(enumerate(fields)) | dict(changes)
    return head + head[-1:].join(changed[at] for at in range(len(fields)))


def _ct01_lines() -> Bytes:
    return st.lists(_ct01_line(), min_size=1, max_size=4).map(b"\n".join)


def _dialogues() -> Bytes:
    """What clients say, in any order, with what the owner does in between."""
    said = [word for word in WORDS["server"] if len(word) > 4 or word[:1] == b"\x1e"]
    locations = st.lists(st.sampled_from([b"FINISH", b"MID", b"A\rB", *TEXTS]), max_size=3)
    line = (
        st.sampled_from(said)
        | _ct01_line()
        | locations.map(lambda names: b"~".join([b"ack~getlocations", *names]))
        | st.binary(max_size=80)
    )
    lines = st.builds(bytes.__add__, line, st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]))
    hello = st.sampled_from(
        [b"", dialogue.HELLO, streams.RESUMED + dialogue.HELLO, dialogue.HELLO + dialogue.ANSWERS]
    )
    proving = st.sampled_from([mode + claim for mode in streams.PROVING for claim in _claims()])
    return st.builds(bytes.__add__, hello | proving, st.lists(lines, max_size=20).map(b"".join))


def _claims() -> list[bytes]:
    """Greetings with a proof, and without."""
    said = (b"", dialogue.AUTHORIZE, b"authorize~alice~00\r\n", b"authorize~~\r\n", dialogue.ANSWERS)
    return [
        b"",
        dialogue.READS,
        *(resumed + dialogue.HELLO + each for each in said for resumed in (b"", streams.RESUMED)),
    ]


def _asked_of_clients() -> Bytes:
    """A handshake, and then commands with as many fields as it happens."""
    words = [word for word in WORDS["client"] if 0 < len(word) < 20 and b"\x1e" not in word]
    settings = st.lists(st.sampled_from([word for word in words if b"=" in word]), max_size=6)
    hello = st.one_of(
        settings.map(lambda lines: b"\r\n".join([b"RaceHub~1.0~%d" % len(lines), *lines, b""])),
        st.sampled_from([b"RaceHub~1.0~1\r\nstream-mode=push\r\n", b"RaceHub~1.0~0\r\n"]),
    )
    command = st.lists(st.sampled_from(words), max_size=4).map(lambda words: b"~".join(words) + b"\r\n")
    action = st.sampled_from([word for word in WORDS["client"] if word[:1] == b"\x1e"])
    return st.builds(bytes.__add__, hello, st.lists(command | action, max_size=20).map(b"".join))


def _tag_lines() -> Bytes:
    number = st.integers(0, 10**18).map(str)
    line = st.builds(
        lambda *fields: "TO~" + "~".join(fields),
        *(number, number, st.just("0"), st.just("0")),
        st.builds(lambda seconds, rest: f"{seconds}.{rest:02d}", st.integers(0, 10**10), st.integers(0, 99)),
        *(
            st.sampled_from(["12000C", "", "Z\xfc"]),
            st.integers(0, 1000).map(str),
            st.just(""),
            st.just("1"),
            st.just(""),
        ),
    )
    return st.lists(line, max_size=6).map(lambda lines: "\r\n".join(lines).encode("latin-1"))


def _marker_lines() -> Bytes:
    names = st.sampled_from(["Gun", "Point", "Event", "Zero"])
    line = st.builds(
        lambda name, sequence, time, detail: f"I0AB1C,1,{name},{sequence},{time:014d},{detail}".encode(),
        *(
            names,
            st.integers(0, 50),
            st.sampled_from([21050807094588, 80010100000000, 0]) | st.integers(0, 10**14 - 1),
        ),
        st.sampled_from(["FINISH", "", "A~B", "x" * 130, " a ", "A,B"]) | st.text(max_size=10),
    )
    return st.lists(line, max_size=6).map(b"\n".join)


def _plans() -> Bytes:
    point = b"I0AB1C,1,Point,0,21050807094588,FINISH\n"
    return st.builds(lambda csv, mrk: b"%b\x1e%b%b" % (csv, point, mrk), _tag_lines(), _marker_lines())


def _rosters() -> Bytes:
    cell = st.sampled_from(
        ["bib", "tag", '"', '""', "7", "name", "first", "\n", "\r", ";", "A1;A9"]
    ) | st.text(max_size=8)
    rows = st.lists(st.lists(cell, max_size=6), max_size=8)
    return st.builds(
        lambda by, rows, encoding: "\n".join(by.join(row) for row in [["bib", "tag"], *rows]).encode(
            encoding, "replace"
        ),
        *(st.sampled_from(",;\t|"), rows, st.sampled_from(["utf-8", "latin-1", "cp1252", "utf-8-sig"])),
    )


def _configs() -> Bytes:
    """Keys that exist, with values of all kinds, in the file and in the environment."""
    kinds = [b"true", b"0", b"8080", b"[]", b"{}", b"1e99", b"'x'", b"[1, [2]]", b"[[1]]"]
    words = [
        word
        for word in WORDS["config"]
        if word[:1] in (b'"', b"[", b"1") and word.endswith((b'"', b"]", b"Z"))
    ]
    value = st.sampled_from(kinds + words) | st.text(max_size=12).map(msgspec.json.encode)
    keys = st.sampled_from(list(known_keys(Settings)))
    pairs = st.lists(st.tuples(keys, value), max_size=8)
    parts = sorted({part for key in known_keys(Settings) for part in key.replace("[]", "").split(".")})
    others = st.lists(
        st.sampled_from([*parts, "0", "1", "7", ""]) | st.text(max_size=5), min_size=2, max_size=4
    )
    variables = st.lists(st.tuples(keys | others.map(".".join), value), max_size=8)
    return st.builds(lambda file, env: _toml(file) + b"\x1e" + _environment(env), pairs, variables)


def _toml(pairs: list[tuple[str, bytes]]) -> bytes:
    made: dict[str, dict[str, bytes]] = {}
    for key, value in pairs:
        section, name = key.split(".")
        made.setdefault(f"[[{section[:-2]}]]" if section.endswith("[]") else f"[{section}]", {})[name] = value
    lines = [
        [head.encode(), *(b"%b = %b" % (name.encode(), value) for name, value in keys.items())]
        for head, keys in made.items()
    ]
    return b"\n".join(line for lines_of_one in lines for line in lines_of_one)


def _environment(pairs: list[tuple[str, bytes]]) -> bytes:
    keys = (key.replace("[]", ".0").replace(".", "__").upper() for key, _ in pairs)
    names = (f"RACEHUB_{key}".encode("utf-8", "replace") for key in keys)
    return b"\n".join(b"%b=%b" % (name, value) for name, (_, value) in zip(names, pairs, strict=True))


def _json(*objects: bytes) -> Callable[[], Bytes]:
    """Objects of a known shape in which values are of any kind."""
    any_value = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=4,
    )

    def made() -> Bytes:
        keys = st.sampled_from(objects)
        return st.lists(
            st.builds(lambda key, value: b'"%b":%b' % (key, msgspec.json.encode(value)), keys, any_value),
            max_size=4,
        ).map(lambda pairs: b"{%b}" % b",".join(pairs))

    return made


def _screens() -> Bytes:
    kind = st.sampled_from([b"shown", b"pong", b"state"])
    fields = _json(b"offset", b"ms", b"at", b"size", b"visible", b"version", b"more")()
    message = st.builds(lambda kind, rest: b'{"type":"%b",%b' % (kind, rest[1:]), kind, fields)
    return st.lists(message.map(lambda text: text.replace(b",}", b"}")), min_size=1, max_size=3).map(
        b"\n".join
    )


def _requests() -> Bytes:
    parts = [word for word in WORDS["http"] if not set(word) & set(b" \r\n:")]
    path = st.sampled_from(PATHS) | st.lists(st.sampled_from(parts), max_size=5).map(
        lambda some: b"/" + b"".join(some)
    )
    name = st.sampled_from(
        [b"Host", b"Origin", b"Accept", b"Cookie", b"If-None-Match", b"Authorization", b"X"]
    )
    value = st.sampled_from(
        [b"hub", b"a" * 3000, b"http://[", b"http://hub", b"text/html", b"\xff", *TEXTS[:2]]
    )
    header = st.sampled_from(HEADERS) | st.builds(
        lambda name, value: b"%b: %b\r\n" % (name, value), name, value
    )
    return st.builds(
        lambda method, path, headers, body: (
            b"%b %b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b"
            % (method, path, b"".join(headers), len(body), body)
        ),
        *(st.sampled_from([b"GET", b"GET", b"HEAD", b"POST", b"PATCH", b"DELETE", b"TRACE"]), path),
        *(
            st.lists(header, max_size=4),
            st.sampled_from([b"", b"{}", b'{"session_name":"x"}', b"[" * 300, b"\xff"]),
        ),
    )


def _frames() -> Bytes:
    payload = (
        _screens()
        | st.sampled_from([b"", b"x", b"\xff", b"\x03\xe8", b"\x03\xe8bye", b"x" * 4096])
        | st.binary(max_size=200)
    )
    return st.lists(
        st.builds(
            frame,
            *(st.sampled_from([0, 1, 1, 1, 2, 8, 9, 10, 3]), payload),
            fin=st.booleans(),
            masked=st.sampled_from([True, True, True, False]),
            reserved=st.sampled_from([0, 0, 0, 0, 1, 4]),
        ),
        max_size=6,
    ).map(b"".join)


def _groups() -> Bytes:
    """A group as it is written, in which some bytes have become others."""
    whole = msgspec.msgpack.encode(group(1, [read(1), read(2, tag="Ü")]))
    change = st.tuples(st.integers(0, len(whole)), st.sampled_from([1, 1, 0, 2]), st.binary(max_size=2))
    return st.lists(change, min_size=1, max_size=3).map(lambda changes: _change(whole, changes))


GRAMMARS: Final[dict[str, Callable[[], Bytes]]] = {
    "ct01": _ct01_lines,
    "server": _dialogues,
    "client": _asked_of_clients,
    "way": _ct01_lines,
    "tags": _tag_lines,
    "markers": _marker_lines,
    "plan": _plans,
    "roster": _rosters,
    "config": _configs,
    "screen": _screens,
    "change": _json(b"session_name", b"purpose", b"session_name", b"more"),
    "http": _requests,
    "frames": _frames,
    "journal_group": _groups,
}
