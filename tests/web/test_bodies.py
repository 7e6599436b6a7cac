"""What a request carries: kind, size and time. What it means is its handler's, tested there."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

import msgspec
import pytest

from hub.errors import Invalid
from hub.web import bodies, connections
from tests.running import PATIENCE_S, ROSTER, Running, raw, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORM: Final = "/api/rosters/import"
KIND: Final = "multipart/form-data; boundary=x"
STEP_S: Final = 0.02


@pytest.fixture
def hub(shared_hub: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setattr(connections, "LINGER_S", 0.1)
    return shared_hub


def part(name: str, data: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; name=%b; filename=r.csv\r\n\r\n%b\r\n" % (
        name.encode(),
        data,
    )


def roster(hub: Running, *more: bytes) -> bytes:
    """A form that is right, with more parts before its end."""
    return (
        part("session", b"%d" % hub.session_id)
        + part("file", ROSTER.encode())
        + b"".join(more)
        + b"--x--\r\n"
    )


def head(hub: Running, path: str, kind: str, *more: str) -> bytes:
    method = "POST" if path == FORM else "PATCH"
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: hub",
        f"Authorization: Bearer {hub.token}",
        f"Content-Type: {kind}",
    ]
    return "\r\n".join([*lines, *more, "", ""]).encode()


async def sent(hub: Running, data: bytes, kind: str = KIND, **headers: str) -> tuple[int, dict[str, Any]]:
    async with hub.http.post(FORM, data=data, headers={"Content-Type": kind} | headers) as response:
        return response.status, await response.json()


async def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    """A piece at each step."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
        await asyncio.sleep(STEP_S)


async def told(hub: Running, first: bytes, then: bytes = b"") -> tuple[bytes, dict[str, Any]]:
    """(status line, error) of the answer to a request whose end never comes: of `then`, a byte at each step."""
    reader, writer = await asyncio.open_connection(*hub.addresses.web)
    writer.write(first)

    async def trickle() -> None:
        async for each in in_pieces(then, 1):
            writer.write(each)

    trickling, answer = asyncio.create_task(trickle()), b""
    try:
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):  # when it hangs up, some of the body is still on its way
                while data := await reader.read(1 << 16):
                    answer += data
    finally:
        trickling.cancel()
        writer.close()
    answer_head, _, body = answer.partition(b"\r\n\r\n")
    return answer_head.partition(b"\r\n")[0], json.loads(body)["error"]


# Time


@pytest.mark.parametrize("path", ["/api/sessions/1", FORM])
async def test_a_body_that_comes_byte_by_byte(
    hub: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.DEBUG, "hub.web.seldom")
    monkeypatch.setattr(bodies, "GRACE_S", 0.2)
    kind, begun = (
        ("application/json", b'{"session_name":"') if path != FORM else (KIND, part("file", b"")[:-2])
    )
    line, error = await told(hub, head(hub, path, kind, "Content-Length: 60000") + begun, b"a" * 60_000)
    assert line == b"HTTP/1.1 408 Request Timeout" and error["code"] == "too_slow"
    assert bodies.SLOW in caplog.text


async def test_a_body_that_stops(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though what has come would have bought it an hour."""
    monkeypatch.setattr(bodies, "BYTES_PER_S_MIN", 1)
    monkeypatch.setattr(bodies, "STALL_S_MAX", 0.2)
    line, error = await told(
        hub, head(hub, FORM, KIND, "Content-Length: 60000") + part("file", b"a" * 5000)[:-2]
    )
    assert (line, error["code"]) == (b"HTTP/1.1 408 Request Timeout", "too_slow")


async def test_an_honest_upload_on_a_bad_line_passes(hub: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes far longer than the grace, but never less than the rate."""
    data = roster(hub, part("more", b"a" * 4000))
    monkeypatch.setattr(bodies, "GRACE_S", 5 * STEP_S)
    monkeypatch.setattr(bodies, "BYTES_PER_S_MIN", 100)
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with hub.http.post(FORM, data=in_pieces(data, 150), headers={"Content-Type": KIND}) as response:
        assert response.status == 200
    assert loop.time() - started > 20 * STEP_S


async def test_the_limits_let_the_largest_file_pass_on_the_slowest_line() -> None:
    assert bodies.STALL_S_MAX > bodies.GRACE_S and bodies.BYTES_PER_S_MIN == 4096
    hours = 10 * 1024 * 1024 / bodies.BYTES_PER_S_MIN / 3600
    assert hours < 1


# Size


async def test_a_form_that_says_that_it_is_too_large(hub: Running) -> None:
    """Nothing of it is waited for."""
    answer = await raw(
        hub,
        head(hub, FORM, KIND, "Content-Length: 999999999999", "Connection: close", "Expect: 100-continue"),
    )
    body = answer.rpartition(b"\r\n\r\n")[2]
    assert json.loads(body)["error"] == {
        "code": "too_large",
        "message": "file: expected at most 10 MiB (limits.upload_mib)",
        "field": "file",
    }


async def test_json_that_does_not_say_that_it_is_too_large(hub: Running) -> None:
    data = in_pieces(b'{"session_name":"' + b"a" * bodies.JSON_BYTES_MAX, 32 * 1024)
    headers = {"Content-Type": "application/json"}
    async with hub.http.patch("/api/sessions/1", data=data, headers=headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (part("file", b"x") * bodies.PARTS_MAX, 400, "at most 16 parts"),
        (part("who", b"a" * 100_000), 200, ""),
        (b"--x\r\n\r\n" + b"a" * 5000 + b"\r\n", 200, ""),
        (part("session", b"1" * 4097), 413, "session: expected at most 4096 bytes"),
        (part("who", b"a" * 11 * 1024 * 1024), 413, "file: expected at most 10 MiB"),
        (b"--x\r\n" + b"X: a\r\n" * 200 + b"\r\n\r\n", 400, "cannot be read"),
        (b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n1\r\n--y--\r\n", 400, "inside"),
    ],
)
async def test_parts(hub: Running, more: bytes, status: int, said: str) -> None:
    found, answer = await sent(hub, roster(hub, more))
    assert found == status, answer
    assert said in json.dumps(answer)


async def test_lines_before_the_first_part(hub: Running) -> None:
    assert (await sent(hub, b"\r\n" * 100 + roster(hub)))[0] == 200
    status, answer = await sent(hub, b"\r\n" * bodies.LINES_MAX + roster(hub))
    assert (status, answer["error"]["code"]) == (400, "invalid") and "lines" in answer["error"]["message"]


async def test_of_two_parts_with_one_name_the_last_counts(hub: Running) -> None:
    status, answer = await sent(hub, part("session", b"77") + roster(hub))
    assert (status, answer["session"]) == (200, hub.session_id)


class Loose(msgspec.Struct):
    """It takes fields that it does not know."""

    name: str = ""


@pytest.mark.parametrize("data", [b'{"name":"a","x":' + b"[" * 30_000, b'{"x":' * 10_000])
async def test_lists_in_lists_in_lists(data: bytes) -> None:
    """In a field that nobody knows, where only msgspec's own stack ends it."""
    with pytest.raises(Invalid, match="nested too deeply"):
        bodies.decode(data, Loose)


# Kind


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", "x"]
)
async def test_another_kind_is_not_guessed_at(hub: Running, kind: str) -> None:
    status, answer = await sent(hub, roster(hub), kind)
    assert (status, answer["error"]["code"]) == (415, "unsupported")


async def test_a_packed_body_is_not_unpacked(hub: Running) -> None:
    packed = gzip.compress(roster(hub))
    status, answer = await sent(hub, packed, **{"Content-Encoding": "gzip"})
    assert (status, answer["error"]["code"]) == (415, "unsupported")
    assert (await sent(hub, roster(hub), **{"Content-Encoding": "identity"}))[0] == 200


async def test_what_was_sent_comes_back_shortened(hub: Running) -> None:
    _, answer = await sent(hub, b"x" * 3000, "multipart/form-data; boundary=" + "b" * 3000)
    assert len(answer["error"]["message"]) < bodies.WORDS_CHARS_MAX + 100


async def test_who_hangs_up_meanwhile_is_no_fault(hub: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    _, writer = await asyncio.open_connection(*hub.addresses.web)
    before = hub.app._runner.server.requests_count  # type: ignore[union-attr]
    writer.write(head(hub, FORM, KIND, "Content-Length: 60000") + part("file", b"a"))
    await until(lambda: hub.app._runner.server.requests_count > before)  # type: ignore[union-attr]
    writer.transport.abort()
    await hub.get("/health")
    assert caplog.messages == []
