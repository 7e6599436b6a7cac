"""How the log looks."""

import json
import logging
from collections.abc import Iterator

import pytest

from hub import logs
from hub.config import Server, Settings

log = logging.getLogger("hub.somewhere")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    loggers = [root, logging.getLogger("asyncio"), logging.getLogger("asyncpg")]
    handlers, levels = root.handlers[:], [each.level for each in loggers]
    yield
    root.handlers[:] = handlers
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


def set_up(level: str, form: str) -> None:
    logs.set_up(Settings(server=Server(log_level=level, log_format=form)))


def test_text_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "text")
    log.info("reader %s: %d lines", "10.0.0.5", 3)
    log.debug("not this")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.endswith("INFO    reader 10.0.0.5: 3 lines\n") and said.err.count("\n") == 1


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("warning", "json")
    log.info("not this")
    log.warning("zwei\nZeilen: %s", "ß")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    fields = json.loads(line)
    assert fields.pop("time").endswith("+00:00")
    assert fields == {"level": "warning", "name": "hub.somewhere", "message": "zwei\nZeilen: ß"}


def test_json_has_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "json")
    try:
        raise ValueError("off")
    except ValueError:
        log.exception("failed")
    fields = json.loads(capsys.readouterr().err)
    assert fields["message"] == "failed" and "ValueError: off" in fields["traceback"]


def test_setting_up_again_does_not_double_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "text")
    set_up("debug", "text")
    log.debug("once")
    assert capsys.readouterr().err.count("once") == 1
    logging.getLogger("asyncio").info("not this")
    assert "not this" not in capsys.readouterr().err


def test_another_level(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "text")
    logs.set_level("error")
    log.warning("not this")
    logs.set_level("debug")
    log.debug("this")
    said = capsys.readouterr().err
    assert said.endswith("DEBUG   this\n") and said.count("\n") == 1
    assert not logging.getLogger("asyncio").isEnabledFor(logging.INFO)
