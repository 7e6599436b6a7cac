"""A replay against a small hub of the test's own: handshake, pace, drops and resumes, and the ways it can fail."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from hub import replay as module
from hub.errors import HubError
from hub.protocols.chronotrack_stream import Item, Stream, gun_item
from hub.replay import Progress, ReplayResult, replay
from hub.replay_plan import ReplayPlan

US = 1_000_000
EIGHT_US = 1717228800 * US
SETTINGS = (
    "RaceHub~1.0~6",
    "location=multi",
    "guntimes=true",
    "newlocations=true",
    "authentication=none",
    "stream-mode=push",
    "time-format=iso",
)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECONNECT_S", 0.01)
    monkeypatch.setattr(module, "SETTLE_S", 0.05)


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode())


@dataclass
class Hub:
    """Takes reads, keeps the last contiguous sequence of each location, resumes from it, and drops as told.

    drops: for each connection how many read lines it takes before it ends, and how.
    """

    drops: list[tuple[int, str]] = field(default_factory=list)
    held: dict[str, list[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    pongs: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        limit, way = self.drops.pop(0) if self.drops else (10**9, "")
        assert await reader.readline() == b"SimpleClient~0.6.0~CTP01\r\n"
        say(writer, *SETTINGS, "getconnectionid", "geteventinfo", "getlocations")
        taken = 0
        while taken < limit and (line := await reader.readline()):
            taken += self._take(line.decode().removesuffix("\r\n"), writer)
        if way == "reset":
            writer.transport.abort()
        elif way == "empty line":
            say(writer, "", "ping")
            await reader.read()
        writer.close()

    def _take(self, line: str, writer: asyncio.StreamWriter) -> int:
        match line.split("~"):
            case ["ack", "getconnectionid", value]:
                self.ids.append(value)
            case ["ack", "geteventinfo", *values]:
                self.events.append("~".join(values))
            case ["ack", "getlocations", *names]:
                self._start(names, writer)
            case ["ack", "ping"]:
                self.pongs += 1
            case ["CT01_33", "0", _, "newlocation", *_]:
                pass
            case ["CT01_33", sequence, name, *_]:
                lines = self.held.setdefault(name, [])
                assert int(sequence) == len(lines) + 1
                lines.append(line)
                self.order.append(f"{name}{sequence}")
                self.reading.set()
                return 1
        return 0

    def _start(self, names: list[str], writer: asyncio.StreamWriter) -> None:
        lines = [f"start~{name}~{len(self.held[name]) + 1}" for name in names if name in self.held]
        lines = lines + [f"start~{name}" for name in names if name not in self.held] if lines else ["start"]
        self.starts += lines
        say(writer, *lines, "ping")


def a_plan(left: int = 5, right: int = 3, **changes: object) -> ReplayPlan:
    """LEFT reads once a second from 08:00:00, RIGHT from 08:00:00.50, and a gun at 08:00:02.25 at LEFT."""
    timeline = [
        (EIGHT_US + at * US, "LEFT", Item(str(at), EIGHT_US + at * US, 1, "0A", 1)) for at in range(left)
    ]
    for at in range(right):
        due_us = EIGHT_US + at * US + US // 2
        timeline.append((due_us, "RIGHT", Item(str(at), due_us, 1, "0B", 1)))
    gun_us = EIGHT_US + 2_250_000
    timeline.append((gun_us, "LEFT", gun_item(gun_us, "I0AB1C")))
    plan = ReplayPlan(("LEFT", "RIGHT"), sorted(timeline, key=lambda row: row[0]), "24HILL")
    for name, value in changes.items():
        object.__setattr__(plan, name, value)
    return plan


async def play(
    hub: Hub, plan: ReplayPlan, speed: float = 0, progress: list[Progress] | None = None
) -> ReplayResult:
    async with listening(hub.serve) as port, asyncio.timeout(20):
        seen = [] if progress is None else progress
        return await replay(plan, "127.0.0.1", port, speed=speed, on_progress=seen.append)


async def test_all_at_once_guns_first() -> None:
    hub, progress = Hub(), list[Progress]()
    plan = a_plan()
    result = await play(hub, plan, progress=progress)
    assert (result.lines, result.reconnects, result.delivered) == (9, 0, True)
    assert hub.held["LEFT"][0] == "CT01_33~1~LEFT~GUNTIME~2024-06-01T08:00:02.25~0~I0AB1C~0"
    assert hub.held["LEFT"][5] == "CT01_33~6~LEFT~4~2024-06-01T08:00:04.00~1~0A~1"
    assert hub.order == ["LEFT1", "RIGHT1", "LEFT2", "RIGHT2", "LEFT3", "RIGHT3", "LEFT4", "LEFT5", "LEFT6"]
    assert (hub.ids, hub.events, hub.starts) == ([plan.connection_id], ["24HILL~0~24HILL"], ["start"])
    assert hub.pongs == 1
    assert (progress[-1].lines, progress[-1].total) == (9, 9)


async def test_in_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    appended: list[str] = []
    append = Stream.append

    def watched(stream: Stream, name: str, item: Item) -> None:
        append(stream, name, item)
        appended.append(f"{name}{len(stream.location(name).items)}")

    monkeypatch.setattr(Stream, "append", watched)
    hub = Hub()
    result = await play(hub, a_plan(), speed=20)
    assert appended == ["LEFT1", "RIGHT1", "LEFT2", "RIGHT2", "LEFT3", "LEFT4", "RIGHT3", "LEFT5", "LEFT6"]
    assert sorted(hub.order) == sorted(
        appended
    )  # what comes due in one moment may leave a location at a time
    assert hub.held["LEFT"][3].split("~")[3] == "GUNTIME"
    assert result.seconds >= 4 / 20


@pytest.mark.parametrize("way", ["close", "reset", "empty line"])
async def test_it_comes_back_and_nothing_is_lost(way: str) -> None:
    hub = Hub(drops=[(700, way), (1, way), (2500, way)])
    plan = a_plan(4000, 2000)
    result = await play(hub, plan)
    assert [len(lines) for lines in hub.held.values()] == [4001, 2000]
    assert result.reconnects == 3
    assert result.lines >= 6001
    assert set(hub.ids) == {plan.connection_id}
    assert hub.starts[0] == "start"
    assert hub.starts[1].startswith("start~LEFT~3")


async def test_it_comes_back_while_it_plays() -> None:
    hub = Hub(drops=[(3, "close"), (3, "reset")])
    result = await play(hub, a_plan(), speed=50)
    assert [len(lines) for lines in hub.held.values()] == [6, 3]
    assert result.reconnects == 2


async def test_it_waits_for_a_hub_that_is_away() -> None:
    hub = Hub(drops=[(3, "close")])
    async with asyncio.timeout(20):
        server = await asyncio.start_server(hub.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        away = asyncio.Event()

        def watch(progress: Progress) -> None:
            if progress.state.startswith("coming back"):
                server.close()
            elif progress.state.startswith("waiting for"):
                away.set()

        playing = asyncio.create_task(replay(a_plan(), "127.0.0.1", port, speed=0, on_progress=watch))
        await away.wait()
        async with await asyncio.start_server(hub.serve, "127.0.0.1", port):
            result = await playing
    assert [len(lines) for lines in hub.held.values()] == [6, 3]
    assert result.reconnects >= 2


async def test_a_hub_that_does_not_read_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reads wait in the plan, not in a buffer; when the hub reads again it gets them all."""
    hub, stuck, buffered = Hub(), asyncio.Event(), list[int]()
    drain = asyncio.StreamWriter.drain

    async def watched(writer: asyncio.StreamWriter) -> None:
        buffered.append(writer.transport.get_write_buffer_size())
        if buffered[-1] > 1 << 16:
            stuck.set()
        await drain(writer)

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opening = asyncio.create_task(hub.serve(reader, writer))
        await hub.reading.wait()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await stuck.wait()
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        await opening

    monkeypatch.setattr(asyncio.StreamWriter, "drain", watched)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)  # so that the system keeps little
        async with await asyncio.start_server(late, sock=listener), asyncio.timeout(20):
            port = listener.getsockname()[1]
            result = await replay(a_plan(90_000, 10), "127.0.0.1", port, speed=0)
    assert (result.lines, result.delivered) == (90_011, True)
    assert len(hub.held["LEFT"]) == 90_001
    assert 1 << 16 < max(buffered) < 1 << 18


@pytest.mark.parametrize(
    ("speed", "before", "last"),
    [
        (0, "08:59:59.12", "09:00:00.12"),
        (20, "09:00:00.27", "09:00:00.32"),
        (40, "09:00:00.19", "09:00:00.22"),
    ],
)
async def test_now_is_when_a_read_is_due(
    speed: float, before: str, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "wall_now_us", lambda: EIGHT_US + 3600 * US + 123_456)
    hub = Hub()
    await play(hub, a_plan(now=True), speed=speed)
    times = [line.split("~")[4] for line in hub.held["LEFT"][-2:]]
    assert times == [f"2024-06-01T{before}", f"2024-06-01T{last}"]


async def test_from_a_sequence_on() -> None:
    hub = Hub(held={"LEFT": ["?"] * 3, "RIGHT": ["?"] * 3})
    result = await play(hub, a_plan(from_sequence=4))
    assert hub.order == ["LEFT4", "LEFT5", "LEFT6"]
    assert result.lines == 3


async def test_a_hub_that_does_not_close_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINGER_S_MAX", 0.05)
    closing = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        say(writer, *SETTINGS, "start")
        await reader.read()
        await closing.wait()
        writer.close()

    async with listening(serve) as port, asyncio.timeout(20):
        result = await replay(a_plan(), "127.0.0.1", port, speed=0)
        closing.set()
    assert (result.lines, result.delivered) == (9, False)


async def test_an_empty_plan_ends() -> None:
    assert (await play(Hub(), ReplayPlan(("LEFT",), []))).lines == 0


async def test_nobody_listens() -> None:
    async with listening(Hub().serve) as port:
        pass
    with pytest.raises(HubError, match=rf"^cannot connect to 127\.0\.0\.1:{port}: Connection refused$"):
        await replay(a_plan(), "127.0.0.1", port)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "not a greeting"),
        (b"RaceHub~1.0~1\r\nauthentication=plaintext\r\nerr~authorize~no\r\n", "the server refuses '': no"),
        (b"RaceHub~1.0~1\r\nauthentication=plaintext\r\n", "no greeting and settings within"),
        (b"RaceHub~1.0~2\r\n", "no greeting and settings within"),
        (b"", "the server closed the connection"),
    ],
)
async def test_who_listens_is_no_hub(answer: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_S_MAX", 0.2)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await (reader.read() if answer else reader.readline())
        writer.close()

    async with listening(serve) as port, asyncio.timeout(20):
        with pytest.raises(HubError, match=f"^127.0.0.1:{port}: {reason}"):
            await replay(a_plan(), "127.0.0.1", port)


async def test_a_speed_below_zero() -> None:
    with pytest.raises(HubError, match="speed"):
        await replay(a_plan(), "127.0.0.1", 1, speed=-1)


async def test_cancelling_leaves_no_task() -> None:
    hub = Hub()
    async with listening(hub.serve) as port, asyncio.timeout(20):
        started = asyncio.Event()
        playing = asyncio.create_task(
            replay(a_plan(), "127.0.0.1", port, speed=0.001, on_progress=lambda _: started.set())
        )
        await started.wait()
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        names = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
    assert not [name for name in names if name.startswith("_Player")]
