"""Stream passwords over a restart, and without the key that they were sealed with."""

import logging
import re
from pathlib import Path

import pytest

from hub.accounts import MACHINE_CALLER
from hub.errors import NotFound
from hub.stream_passwords import new_password
from tests.running import rows, running_hub, settings_for


def test_a_password_can_be_typed_and_not_be_guessed() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", each) for each in made)


async def test_they_are_there_after_a_restart_and_lost_with_their_key(
    database_dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(database_dsn, tmp_path)
    async with running_hub(settings) as hub:
        session_id, streams, proofs = hub.session_id, hub.app.changes.streams, hub.app.hub.proofs
        assert proofs.of_session(session_id) is proofs.of_partner(1) is None
        await streams.renew_session(MACHINE_CALLER, session_id)
        await streams.renew_partner(MACHINE_CALLER, 1)
        of_session, of_partner = proofs.of_session(session_id), proofs.of_partner(1)
        assert of_session and of_partner and of_session != of_partner
        for wrong in (streams.renew_session, streams.renew_partner):
            with pytest.raises(NotFound, match="99"):
                await wrong(MACHINE_CALLER, 99)
    (held,) = await rows(database_dsn, "SELECT stream_password FROM timing_sessions")
    assert of_session.encode() not in held["stream_password"]
    async with running_hub(settings) as hub:
        assert hub.app.hub.proofs.of_session(session_id) == of_session
        assert hub.app.hub.proofs.of_partner(1) == of_partner
    (tmp_path / "secrets" / "stream_passwords.key").unlink()
    caplog.set_level(logging.ERROR)
    async with running_hub(settings) as hub:
        assert "2 cannot be read" in caplog.text and "secrets/stream_passwords.key" in caplog.text
        proofs = hub.app.hub.proofs
        assert proofs.of_session(session_id) is proofs.of_partner(1) is None
        await hub.app.changes.streams.renew_session(MACHINE_CALLER, session_id)
        assert proofs.of_session(session_id) not in (None, of_session)
    caplog.clear()
    async with running_hub(settings) as hub:
        assert "1 cannot be read" in caplog.text and hub.app.hub.proofs.of_session(session_id)
    assert not any(each in caplog.text for each in (of_session, of_partner))
