"""A listener with a fake transport before it and a fake hub behind it. Used by test_listener.py."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from hub import listener_connection as module
from hub.listener import Listener
from hub.listener_connection import ReaderConnection
from hub.model import Observation, Rejected
from hub.protocols.chronotrack_proof import proves
from tests.running import HOST

GREETING: Final = b"SimpleClient~0.6.0~CTP01\r\n"
ANSWERS: Final = (
    b"ack~getconnectionid~0123456789abcdef0123456789abcdef01234567\r\n"
    b"ack~geteventinfo~Spring run~0~Spring run\r\n"
    b"ack~getlocations~START~FINISH\r\n"
)


def line(sequence: int, location: str = "FINISH", tag: str = "2505") -> bytes:
    return f"CT01_33~{sequence}~{location}~{tag}~2026-01-01T10:00:00.64~1~12000C~2\r\n".encode()


class Ingest:
    """Stands for the hub: keeps what it is given."""

    def __init__(self) -> None:
        self.opened: list[dict[str, str | None]] = []
        self.observations: list[Observation] = []
        self.rejected: list[Rejected] = []
        self.released: list[Any] = []
        self.resume: Mapping[str, int] = {}
        self.silent: list[str] = []
        self.ask: list[tuple[str, int]] = []
        self.bad = 0
        self.homeless = 0
        self.congested = False
        self.passwords: dict[str, str] = {}
        self.refusals: list[tuple[str, str, str]] = []
        self.pause_s = 0.0

    def prove(self, user: str, proof: str, seed: str) -> str | None:
        right = user in self.passwords and proves(proof, self.passwords[user], seed)
        return f"proved {user}" if right else None

    def verdict_pause_s(self, address: str) -> float:
        return self.pause_s

    def refuse(self, listener: str, address: str, user: str, reason: str) -> tuple[int, str]:
        self.refusals.append((address, user, reason))
        return len(self.refusals) % 2, user[:2]

    def open(self, **facts: str | None) -> tuple[Any, Mapping[str, int]]:
        self.opened.append(facts)
        return f"source {len(self.opened)}", self.resume

    def accept(
        self, source: Any, observations: list[Observation], rejected: list[Rejected]
    ) -> list[tuple[str, int]]:
        self.observations += observations
        self.rejected += rejected
        self.bad += len(rejected)
        return self.ask

    def reject(self, rejected: list[Rejected]) -> None:
        self.rejected += rejected
        self.homeless += len(rejected)

    def bad_lines(self, source: Any) -> int:
        return self.bad

    def shown_event(self, event_name: str) -> str:
        return event_name

    def silent_resumes(self, source: Any) -> list[str]:
        return self.silent

    def release(self, source: Any) -> None:
        self.released.append(source)


class Transport(asyncio.Transport):
    """Keeps what is written to it; does what it is told."""

    def __init__(self, address: str = "10.0.0.5") -> None:
        super().__init__({"peername": (address, 40_000)})
        self.written = b""
        self.closing = False
        self.aborted = False
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closing
        self.written += data

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = self.aborted = True

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.closing
        self.reading = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == module.WRITE_BYTES_MAX


def new_listener(ingest: Ingest, **changes: Any) -> Listener:
    facts: dict[str, Any] = {
        "server_name": "RaceHub",
        "version": "1",
        "line_bytes": 4096,
        "connections_per_address": 2,
    }
    return Listener("chronotrack", ingest, **(facts | changes))


def connected(listener: Listener, address: str = "10.0.0.5") -> tuple[ReaderConnection, Transport]:
    connection, transport = ReaderConnection(listener), Transport(address)
    connection.connection_made(transport)
    return connection, transport


def streaming(listener: Listener) -> tuple[ReaderConnection, Transport]:
    connection, transport = connected(listener)
    connection.data_received(GREETING + ANSWERS)
    return connection, transport


@asynccontextmanager
async def listening(ingest: Ingest, **changes: Any) -> AsyncIterator[tuple[Listener, tuple[str, int]]]:
    listener = new_listener(ingest, **changes)
    address = await listener.start(HOST, 0)
    try:
        yield listener, address
    finally:
        await listener.close()
