"""`python -m tests.fuzz` as far as it goes without atheris."""

from pathlib import Path

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.samples import SAMPLES
from tests.fuzz.targets import TARGETS


def test_one_input_can_be_tried_by_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tried: list[bytes] = []
    monkeypatch.setitem(TARGETS, "ct01", tried.append)
    assert main(["ct01", "--file", str(SAMPLES / "ct01" / "bad")]) == 0
    assert tried == [(SAMPLES / "ct01" / "bad").read_bytes()]


def test_a_target_that_does_not_exist_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["ct02"])
    assert "no such target: ct02; there are lines, ct01," in capsys.readouterr().err
