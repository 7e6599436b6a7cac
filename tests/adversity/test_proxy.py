"""The line that attacks are made with: if it cut elsewhere than it says, they would prove nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.adversity.proxy import HOST, AfterBytes, How, Proxy, Trap, Way
from tests.adversity.wire import COMMAND_COMPLETE, COPY_DATA, COPY_DONE, Messages, Moment
from tests.running import until

RESET = ConnectionResetError


class Echo:
    """A server that says back what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self.ends: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                self.heard += data
                writer.write(data)
            self.ends.append("FIN")
        except RESET:
            self.ends.append("RST")
        writer.close()


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[Echo, Proxy]]:
    one = Echo()
    server = await asyncio.start_server(one.serve, HOST, 0)
    proxy = await Proxy(server.sockets[0].getsockname()[:2]).mend()
    try:
        yield one, proxy
    finally:
        await proxy.close()
        server.close()


async def test_hands_on_both_ways_and_the_end() -> None:
    async with echo() as (one, proxy):
        reader, writer = await asyncio.open_connection(*proxy.address)
        writer.write(b"hello")
        writer.write_eof()
        assert await reader.read() == b"hello"
        assert one.ends == ["FIN"]
        await until(lambda: not proxy.open_connections)


@pytest.mark.parametrize("how", [How.RST, How.FIN])
async def test_a_cut_is_heard_on_both_sides(how: How) -> None:
    async with echo() as (one, proxy):
        reader, writer = await asyncio.open_connection(*proxy.address)
        writer.write(b"hello")
        await reader.readexactly(5)
        assert proxy.cut(how) == 1
        if how is How.FIN:
            assert await reader.read() == b""
        else:
            with pytest.raises(RESET):
                await reader.read()
        await until(lambda: one.ends == [how.value])
        writer.close()
        reader, writer = await asyncio.open_connection(*proxy.address)
        proxy.break_off()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*proxy.address)
        port = proxy.address[1]
        assert (await proxy.mend()).address[1] == port


async def test_a_stall_holds_one_way_or_both() -> None:
    async with echo() as (one, proxy):
        proxy.stall(Way.DOWN)
        reader, writer = await asyncio.open_connection(*proxy.address)
        writer.write(b"up")
        await until(lambda: one.heard == b"up")
        answer = asyncio.create_task(reader.readexactly(6))
        proxy.stall()
        writer.write(b"held")
        await asyncio.sleep(0.05)
        assert one.heard == b"up" and not answer.done()
        proxy.flow()
        assert await answer == b"upheld"


@pytest.mark.parametrize("how", [How.RST, How.FIN, How.STALL])
@pytest.mark.parametrize("pieces", [0, 1, 3])
async def test_springs_at_the_very_byte(how: How, pieces: int) -> None:
    async with echo() as (one, proxy):
        for count in range(5):
            one.heard = b""
            proxy.pieces = pieces
            proxy.arm(AfterBytes(Way.UP, count, b"before, "), how)
            _, writer = await asyncio.open_connection(*proxy.address)
            writer.write(b"before, mark")
            writer.write(b"after")
            await proxy.sprung.wait()
            expected = b"before, markafter"[: len("before, ") + count]
            await until(lambda: one.heard == expected)  # noqa: B023
            assert proxy.open_connections == (how is How.STALL)
            proxy.cut()
            await until(lambda: not proxy.open_connections)
            writer.close()


async def test_something_else_can_happen_at_the_moment() -> None:
    async with echo() as (one, proxy):
        happened: list[bytes] = []
        proxy.arm(AfterBytes(Way.UP, 2), lambda: happened.append(one.heard))
        reader, writer = await asyncio.open_connection(*proxy.address)
        writer.write(b"abcd")
        assert await reader.readexactly(4) == b"abcd"
        assert len(happened) == 1 and proxy.sprung.is_set()


async def test_a_client_that_died_without_a_word() -> None:
    async with echo() as (one, proxy):
        proxy.keep_far = True
        reader, writer = await asyncio.open_connection(*proxy.address)
        writer.write(b"x")
        await reader.readexactly(1)
        writer.transport.abort()
        await asyncio.sleep(0.05)
        assert one.ends == [] and proxy.open_connections == 1


async def test_nobody_behind_it() -> None:
    proxy = await Proxy((HOST, 1)).mend()
    with pytest.raises(OSError):
        reader, _ = await asyncio.open_connection(*proxy.address)
        await reader.readexactly(1)
    await proxy.close()


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (4 + len(body)).to_bytes(4, "big") + body


def test_messages_however_they_are_cut() -> None:
    data = message(b"", b"start up") + message(b"Q", b"SELECT") + message(b"X", b"")
    whole = list(Messages(first=True).feed(data))
    assert [(each.kind, each.body) for each in whole] == [(b"", b"start up"), (b"Q", b"SELECT"), (b"X", b"")]
    assert [data[each.begin : each.end] for each in whole][1:] == [
        message(b"Q", b"SELECT"),
        message(b"X", b""),
    ]
    one = Messages(first=True)
    single = [each for place in range(len(data)) for each in one.feed(data[place : place + 1])]
    assert [(each.kind, each.body) for each in single] == [(each.kind, each.body) for each in whole]
    assert [each.end for each in single] == [1, 1, 1]


@pytest.mark.parametrize(
    ("moment", "committed"),
    [
        (Moment(Way.UP, COPY_DATA), 0),
        (Moment(Way.UP, COPY_DATA, after=True), 0),
        (Moment(Way.UP, COPY_DONE), 0),
        (Moment(Way.DOWN, COMMAND_COMPLETE, b"COPY"), 3),
    ],
)
async def test_moments_of_a_copy(
    database_dsn: str, postgres_line: Proxy, line_dsn: str, moment: Trap, committed: int
) -> None:
    """Before its first data, after it, before its end: nothing is there. Before the answer: all of it is."""
    there = await asyncpg.connect(database_dsn)
    await there.execute("CREATE TABLE numbers (n int)")
    postgres_line.arm(moment, How.RST)
    writer = await asyncpg.connect(line_dsn, server_settings={"application_name": "racehub writer"})
    with pytest.raises((OSError, asyncpg.PostgresConnectionError)):
        await writer.copy_records_to_table("numbers", records=[(1,), (2,), (3,)])
    assert postgres_line.sprung.is_set()
    assert await there.fetchval("SELECT count(*) FROM numbers") == committed
    other = await asyncpg.connect(line_dsn)
    await other.copy_records_to_table("numbers", records=[(4,)])
    await other.close()
    await there.close()
