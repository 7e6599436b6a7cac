"""Accounts at services: tested before they are kept, opened by the hub alone, used until they are others."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hub import provider_accounts
from hub.accounts import MACHINE_CALLER
from hub.errors import Invalid, NotFound, ProviderAway, ProviderRefused, ServiceAway, ServiceRefused, TooMany
from hub.provider_accounts import UNREADABLE
from tests.running import rows
from tests.serviced import Serviced, a_serviced

SHARED = pytest.mark.asyncio(loop_scope="session")
SECRET = "s3cret-of-ours"
CHOSEN = {"api_key": "a-key", "api_secret": SECRET}


@SHARED
async def test_what_is_refused_is_not_kept_and_what_is_away_only_at_somebodys_wish(
    serviced: Serviced,
) -> None:
    accounts, service = serviced.hub.app.changes.accounts, serviced.services.of("a-key")
    count = len(await accounts.rows(1))

    async def make(**words: Any) -> Any:
        return await accounts.make(MACHINE_CALLER, 1, "runsignup", "Ours", CHOSEN, **words)

    service.problems = [ProviderRefused(f"Not with {SECRET}.")] * 2
    for anyway in (False, True):
        with pytest.raises(ServiceRefused) as refused:
            await make(anyway=anyway)
        assert SECRET not in str(refused.value) and refused.value.field == "credentials"
    service.problems = [ProviderAway(f"{SECRET}?")] * 2
    with pytest.raises(ServiceAway) as away:
        await make()
    assert SECRET not in str(away.value)
    assert len(await accounts.rows(1)) == count
    row, words = await make(anyway=True)
    assert row.tested_at is None and words.startswith("Not tested: ") and SECRET not in words
    row, words = await accounts.test(MACHINE_CALLER, row.id)
    assert row.tested_at is not None and words == "It says hello."
    with pytest.raises(Invalid):
        await accounts.make(MACHINE_CALLER, 1, "nobody", "Ours", CHOSEN)
    await accounts.delete(MACHINE_CALLER, row.id)
    assert service.closed
    with pytest.raises(NotFound):
        await accounts.test(MACHINE_CALLER, row.id)


@SHARED
async def test_a_change_is_tested_and_used_from_then_on(serviced: Serviced) -> None:
    accounts, service = serviced.hub.app.changes.accounts, serviced.services.of("b-key")
    row, _ = await accounts.make(MACHINE_CALLER, 1, "runsignup", "b", CHOSEN | {"api_key": "b-key"})
    await accounts.opened(row.id)
    service.problems = [ProviderRefused("No.")]
    with pytest.raises(ServiceRefused):
        await accounts.change(MACHINE_CALLER, row.id, "c", {"api_secret": "wrong"})
    assert (await accounts.rows(1))[-1].name != "c"
    row, words = await accounts.change(MACHINE_CALLER, row.id, "c", {"api_secret": "right"})
    assert (row.name, words) == ("c", "It says hello.") and service.closed
    await accounts.opened(row.id)
    assert service.credentials == {"api_key": "b-key", "api_secret": "right"} and not service.closed
    await accounts.let_go(row.id, service)
    assert not service.closed
    row, words = await accounts.change(MACHINE_CALLER, row.id, "d", None)
    assert (row.name, words) == ("d", "") and not service.closed
    assert accounts.words(row.id, ValueError("with right")) == "with ***"
    noted = await rows(
        serviced.dsn, "SELECT action, detail::text FROM audit_log WHERE what IN ('b', 'c', 'd')"
    )
    assert [each["action"].split(".")[1] for each in noted] == ["made", "changed", "changed"]
    assert not any("right" in each["detail"] or "b-key" in each["detail"] for each in noted)


@SHARED
async def test_what_is_refused_later_is_noted_and_nobody_tries_for_ever(serviced: Serviced) -> None:
    accounts, service = serviced.hub.app.changes.accounts, serviced.services.of("e-key")
    row, _ = await accounts.make(MACHINE_CALLER, 1, "runsignup", "e", CHOSEN | {"api_key": "e-key"})
    service.problems = [ProviderRefused("Not any more.")]
    with pytest.raises(ServiceRefused):
        await accounts.test(MACHINE_CALLER, row.id)
    (row,) = [each for each in await accounts.rows(1) if each.id == row.id]
    assert row.problem == "Not any more."
    assert (await accounts.test(MACHINE_CALLER, row.id))[0].problem == ""
    with (
        patch.object(provider_accounts, "TRIES_MAX", len(accounts._tries[1])),
        pytest.raises(TooMany) as many,
    ):
        await accounts.change(MACHINE_CALLER, row.id, None, CHOSEN)
    assert 3500 < many.value.retry_s <= 3601


async def test_without_the_key_they_have_to_be_entered_again(database_dsn: str, tmp_path: Path) -> None:
    async with a_serviced(database_dsn, tmp_path) as before:
        made, service = await before.account()
        assert service.calls == 1
    (held,) = await rows(database_dsn, "SELECT credentials FROM provider_accounts")
    assert b"key-" not in held["credentials"]
    (tmp_path / "secrets" / "stream_passwords.key").unlink()
    async with a_serviced(database_dsn, tmp_path) as after:
        accounts = after.hub.app.changes.accounts
        with pytest.raises(ServiceRefused) as refused:
            await accounts.test(MACHINE_CALLER, made["id"])
        assert str(refused.value) == UNREADABLE
        await accounts.change(MACHINE_CALLER, made["id"], None, CHOSEN)
        assert (await accounts.test(MACHINE_CALLER, made["id"]))[1] == "It says hello."
