"""A timing port with TLS, over real sockets."""

import asyncio
import ssl
from pathlib import Path

import pytest

from hub import listener as module
from hub.tls import client_context, server_context
from tests import certificates
from tests.listening import ANSWERS, GREETING, Ingest, line, listening
from tests.running import until


async def test_readers_come_in_encrypted_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TLS_S_MAX", 0.2)
    made = certificates.make(tmp_path)
    ingest = Ingest()
    context = server_context(made.certificate, made.key, "listeners[0]")
    async with listening(ingest, tls=context) as (listener, address):
        slow, waiting = await asyncio.open_connection(*address)
        plain, other = await asyncio.open_connection(*address)
        other.write(GREETING)
        assert await _end(plain) == b"" and not listener.connections
        other.close()

        reader, writer = await asyncio.open_connection(*address, ssl=client_context(made.certificate))
        writer.write(GREETING + ANSWERS + line(1))
        await until(lambda: ingest.observations)
        assert writer.get_extra_info("ssl_object").version() in ("TLSv1.2", "TLSv1.3")
        writer.close()
        await until(lambda: not listener.connections)
        assert (await reader.read()).startswith(b"RaceHub~1~6\r\n") and ingest.released

        assert await asyncio.wait_for(_end(slow), 5) == b"", "who does not shake hands is not waited for"
        waiting.close()

        trusting_others = client_context(certificates.make(tmp_path, "other").certificate)
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(*address, ssl=trusting_others)


async def _end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""
