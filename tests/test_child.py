"""What a process of its own gets of the hub's environment; what it may take, test_imaging_jobs.py and
test_roster_reading.py see of those that there are."""

import os
from pathlib import Path

import pytest

from hub import child


def test_no_setting_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "environ", {"PATH": "/bin", "RACEHUB_DATABASE__DSN": "postgresql://u:hunter2@h/d"}
    )
    assert child.environment() == {"PATH": "/bin", "PYTHONPATH": str(Path(child.__file__).parents[1])}
