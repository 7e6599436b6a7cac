"""What all commands share."""

import asyncio
import io
from pathlib import Path

import pytest

from hub.cli_common import config_path, run, say, secret, settings_of, warn
from hub.errors import ConfigError, HubError


def test_the_configuration_that_is_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert config_path(None) is None
    Path("config.toml").write_text('[server]\nname = "Here"\n')
    Path("other.toml").write_text('[server]\nname = "There"\n')
    assert config_path(None) == Path("config.toml")
    assert settings_of(None).server.name == "Here"
    assert settings_of(Path("other.toml")).server.name == "There"
    with pytest.raises(ConfigError):
        settings_of(Path("none.toml"))


def test_work_has_a_loop_of_its_own() -> None:
    async def name() -> str:
        await asyncio.sleep(0)
        return type(asyncio.get_running_loop()).__module__

    assert run(name()) == "uvloop"


def test_secrets_are_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("k7qx-2m9p\r\nmore\n"))
    assert secret(True, None) == "k7qx-2m9p" and secret(False, None) == ""
    file = tmp_path / "password"
    file.write_bytes(b" k7qx \r\nmore")
    assert secret(False, file) == " k7qx "
    for content in (b"\xff", None):
        file.unlink()
        if content:
            file.write_bytes(content)
        with pytest.raises(HubError, match="password: "):
            secret(False, file)


def test_words_go_where_they_belong(capsys: pytest.CaptureFixture[str]) -> None:
    say("out")
    warn("err")
    assert capsys.readouterr() == ("out\n", "err\n")


def test_nobody_listens_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Broken())
    say("one")
    say("two")
