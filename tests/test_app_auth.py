"""Readers that prove who they are, over real sockets to a whole hub: where they land, and who does not come in."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from hub.accounts import MACHINE_CALLER
from hub.config import Listener
from hub.protocols.chronotrack_proof import PROOFS
from hub.protocols.chronotrack_stream import Item
from hub.replay import Sender, replay
from hub.replay_plan import ReplayPlan
from hub.tls import client_context
from tests import certificates
from tests.postgres import fresh_database
from tests.running import HOST, Reader, Running, rows, running_hub, settings_for, stored, until, wall_us

pytestmark = pytest.mark.asyncio(loop_scope="module")

GREETING: Final = b"SimpleClient~0.6.0~CTP01\r\n"


class Site:
    """A hub with two partners, the second of which has one session, and listeners of every kind."""

    def __init__(self, hub: Running, dsn: str, certificate: Path) -> None:
        self.hub, self.dsn, self.certificate = hub, dsn, certificate
        self.club = 0

    async def post(self, path: str, body: Any = None) -> Any:
        async with self.hub.http.post(path, json=body) as response:
            assert response.status in (200, 201), await response.text()
            return await response.json()

    async def session(self, name: str, partner: str = "default") -> int:
        """An active one."""
        made = await self.post("/api/sessions", {"session_name": name, "partner": partner})
        return int(made["id"])

    async def password(self, session_id: int) -> dict[str, str]:
        """What a timer types in for this session."""
        made = await self.post(f"/api/sessions/{session_id}/password")
        return {"user": made["user"], "password": made["password"]}

    def durable(self, session_id: int) -> int:
        return self.hub.app.hub.sessions[session_id].durable

    async def refused(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.hub.get("/api/refused-readers"))["refused"]
        return found

    async def come_in(self, listener: str, *tags: str, **facts: Any) -> Reader:
        """A reader with these reads."""
        reader = self.hub.reader(listener, **facts)
        reader.add(*tags)
        return await reader.connect()


def closed(reader: Reader) -> str:
    assert reader.client is not None
    return reader.client.close_reason


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("auth")
    made = certificates.make(folder)
    files: dict[str, Any] = {"tls_cert": str(made.certificate), "tls_key": str(made.key)}
    listeners = (
        Listener(name="required", host=HOST, port=0, auth="required"),
        Listener(name="optional", host=HOST, port=0, auth="optional"),
        Listener(name="tls", host=HOST, port=0, auth="required", **files),
    )
    async with (
        fresh_database(postgres_dsn) as dsn,
        running_hub(settings_for(dsn, folder, listeners=listeners)) as hub,
    ):
        site = Site(hub, dsn, made.certificate)
        club = await hub.app.stores.partners.make(MACHINE_CALLER, "Club", "club")
        hub.app.hub.partners[club.id] = club
        site.club = club.id
        yield site


@pytest.fixture(autouse=True)
def _unslowed(site: Site) -> None:
    """All come from one address."""
    site.hub.app.refused._tries.clear()


async def test_the_right_password_leads_to_its_session(site: Site) -> None:
    await site.session("First")
    second = await site.session("Second")
    who = await site.password(second)
    reader = await site.come_in("required", "A1", "A2", event="First", **who)
    await until(lambda: site.durable(second) == 2)
    await stored(site.dsn, 2)
    await reader.hang_up()
    found = await rows(site.dsn, "SELECT proved, connection_id <> '' AS known FROM timing_sources")
    assert found == [{"proved": True, "known": True}]


async def test_a_partner_s_password_leads_to_its_own_alone(site: Site) -> None:
    own, other = await site.session("Theirs", "club"), await site.session("Ours")
    made = await site.post(f"/api/partners/{site.club}/password")
    assert made["user"] == "club"
    key = site.hub.app.hub.sessions[other].row.stream_key
    reader = await site.come_in("required", "C1", event=key, user="Club", password=made["password"])
    await until(lambda: site.durable(own) == 1)
    assert site.durable(other) == 0, "the key of another's session leads nowhere"
    await reader.hang_up()


async def test_who_is_wrong_leaves_nothing_but_a_trace(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session_id = await site.session("Guarded")
    who = await site.password(session_id)
    reads = site.hub.app.hub.total_reads
    reader = await site.come_in("required", "W1", user=who["user"], password="wrong")
    assert "wrong user or password" in closed(reader)
    unknown = await site.come_in("required", "W2", user="nobody at all", password=who["password"])
    assert closed(unknown).replace("nobody at all", who["user"]) == closed(reader), "the same words"
    silent = await site.come_in("required", "W3")
    assert "''" in closed(silent)
    found = {each["user"]: each for each in await site.refused()}
    named = found[f"{who['user'][:2]}…"]
    assert (named["count"], named["session_id"], named["listener"], named["address"]) == (
        1,
        session_id,
        "required",
        HOST,
    )
    assert found["no…"]["session_id"] is found["no…"]["partner"] is None and "" in found
    assert site.hub.app.hub.total_reads == reads
    assert who["password"] not in caplog.text and who["user"] not in caplog.text


async def test_a_proof_that_was_overheard_is_good_for_nothing(site: Site) -> None:
    who = await site.password(await site.session("Overheard"))
    reader = await site.come_in("required", **who)
    assert reader.client is not None
    overheard = reader.client.settings.seed
    await reader.hang_up()
    address = site.hub.address("required")
    proof = _proof(who, overheard)
    for again in range(2):
        line_in, line_out = await asyncio.open_connection(*address)
        line_out.write(GREETING)
        said = await line_in.readuntil(b"authentication-seed=") + await line_in.readline()
        seed = said.decode().rpartition("=")[2].strip()
        assert seed != overheard and len(seed) == 32
        line_out.write(proof if not again else _proof(who, seed))
        answer = await line_in.readline()
        assert answer == (b"ack~authorize\r\n" if again else b"err~authorize~wrong user or password\r\n")
        line_out.close()


def _proof(who: dict[str, str], seed: str) -> bytes:
    return f"authorize~{who['user']}~{PROOFS['hmac-sha1'](who['password'].encode(), seed)}\r\n".encode()


async def test_a_renewed_password_ends_those_of_the_old_one(site: Site) -> None:
    session_id = await site.session("Renewed")
    who = await site.password(session_id)
    reader = await site.come_in("required", "R1", **who)
    other = await site.come_in("required", **await site.password(await site.session("Not renewed")))
    await until(lambda: site.durable(session_id) == 1)
    renewed = await site.password(session_id)
    assert renewed["user"] == who["user"] and renewed["password"] != who["password"]
    await until(lambda: closed(reader))
    assert not closed(other)
    await reader.connect()
    assert "wrong user or password" in closed(reader)
    reader.password = renewed["password"]
    reader.add("R2")
    await reader.connect()
    await until(lambda: site.durable(session_id) == 2)
    assert b"start~FINISH~1" in b"".join(reader.said), "and goes on where it was"
    await reader.hang_up()
    await other.hang_up()


async def test_another_key_is_another_user(site: Site) -> None:
    session_id = await site.session("Rekeyed")
    who = await site.password(session_id)
    reader = await site.come_in("required", "K1", **who)
    await until(lambda: site.durable(session_id) == 1)
    await site.post(f"/api/sessions/{session_id}/key")
    await until(lambda: closed(reader))
    await reader.connect()
    assert "wrong user or password" in closed(reader)
    reader.user = site.hub.app.hub.sessions[session_id].row.stream_key
    reader.add("K2")
    await reader.connect()
    await until(lambda: site.durable(session_id) == 2)
    await reader.hang_up()


async def test_where_it_is_optional_one_may_prove_it_or_not(site: Site) -> None:
    session_id = await site.session("Optional")
    key = site.hub.app.hub.sessions[session_id].row.stream_key
    who = await site.password(session_id)
    proved = await site.come_in("optional", "O1", event="whatever", **who)
    claimed = await site.come_in("optional", "O2", event=key)
    await until(lambda: site.durable(session_id) == 2)
    sources = site.hub.app.hub.sources.values()
    assert sorted(each.record.proved for each in sources if each.session.row.id == session_id) == [
        False,
        True,
    ]
    wrong = await site.come_in("optional", "O3", event=key, user=who["user"], password="wrong")
    assert "wrong user or password" in closed(wrong) and site.durable(session_id) == 2
    await proved.hang_up()
    await claimed.hang_up()


async def test_a_replay_over_tls_says_who_it_is(site: Site) -> None:
    session_id = await site.session("Replayed")
    who = await site.password(session_id)
    reads = [Item(f"T{each}", wall_us(), 1, "0A11B2", 4) for each in range(300)]
    plan = ReplayPlan(("FINISH",), [(each.wall_us, "FINISH", each) for each in reads], "24HILL")
    sender = Sender(who["user"], who["password"], client_context(site.certificate))
    async with asyncio.timeout(20):
        result = await replay(plan, *site.hub.address("tls"), speed=0, sender=sender)
    assert result.delivered and result.lines == 300 and not result.reconnects
    await until(lambda: site.durable(session_id) == 300)
    reader = site.hub.reader("tls", tls=client_context(site.certificate), **who)
    reader.add("T301")
    await reader.connect()
    await until(lambda: site.durable(session_id) == 301)
    await reader.hang_up()


async def test_an_address_that_guesses_waits_for_each_verdict(site: Site) -> None:
    who = await site.password(await site.session("Guessed"))
    pauses = []
    for _ in range(5):
        began = asyncio.get_running_loop().time()
        await site.come_in("required", user=who["user"], password="guess")
        pauses.append(asyncio.get_running_loop().time() - began)
    assert pauses[4] >= 0.5 > pauses[0]
