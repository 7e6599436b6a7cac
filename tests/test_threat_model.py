"""docs/THREAT_MODEL.md says only what is so: its limits are those of the code, its keys those of config.toml."""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

from hub.config import NOT_BUILT, Settings
from hub.config_report import known_keys
from hub.providers.calls import Patience

TOP: Final = Path(__file__).parent.parent
TEXT: Final = (TOP / "docs/THREAT_MODEL.md").read_text(encoding="utf-8")
MODULES: Final = (
    "hub.encode",
    "hub.fanout",
    "hub.files",
    "hub.guns",
    "hub.hub",
    "hub.image_files",
    "hub.image_words",
    "hub.imaging",
    "hub.imaging_jobs",
    "hub.jobs",
    "hub.listener",
    "hub.listener_connection",
    "hub.listener_door",
    "hub.marks",
    "hub.message_words",
    "hub.old_css",
    "hub.old_html",
    "hub.old_runners",
    "hub.old_uploads",
    "hub.own_settings",
    "hub.passwords",
    "hub.protocols.chronotrack",
    "hub.provider_accounts",
    "hub.providers.calls",
    "hub.refused",
    "hub.roster_file_books",
    "hub.roster_file_words",
    "hub.roster_files",
    "hub.roster_putting",
    "hub.roster_reader",
    "hub.roster_reading",
    "hub.roster_words",
    "hub.rostering",
    "hub.searching",
    "hub.served",
    "hub.session",
    "hub.showings",
    "hub.store.bus",
    "hub.store.database",
    "hub.store.user_tokens",
    "hub.store.users",
    "hub.store.web_templates",
    "hub.sync_words",
    "hub.syncing",
    "hub.template_files",
    "hub.template_words",
    "hub.web.api.extremes",
    "hub.web.api.participants",
    "hub.web.api.partner_words",
    "hub.web.api.reads_export",
    "hub.web.api.runners",
    "hub.web.api.tag_desk",
    "hub.web.api.template_files",
    "hub.web.bodies",
    "hub.web.books",
    "hub.web.connections",
    "hub.web.counters",
    "hub.web.earlier",
    "hub.web.hashing",
    "hub.web.image_files",
    "hub.web.legacy",
    "hub.web.multipart",
    "hub.web.old_feed",
    "hub.web.pauses",
    "hub.web.proof",
    "hub.web.proxies",
    "hub.web.qr",
    "hub.web.screens",
    "hub.web.sign_ins",
    "hub.web.sockets",
    "hub.web.stream",
)
UNITS: Final = {"KiB": 1024, "MiB": 1024 * 1024}


def values(name: str) -> set[object]:
    """What constants of this name are."""
    return {vars(module)[name] for module in map(import_module, MODULES) if name in vars(module)}


def test_limits_are_those_of_the_code() -> None:
    said = re.findall(r"`([A-Z][A-Z_]+)` (\d+)(?: (\w+))?", TEXT)
    assert len(said) > 20
    wrong = [
        (name, number, unit)
        for name, number, unit in said
        if int(number) * UNITS.get(unit, 1) not in values(name)
    ]
    assert wrong == []
    assert f"{Patience().answer_bytes_max >> 20} MiB of an answer" in TEXT


def test_constants_exist() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+_(?:MAX|MIN|S|KEPT))`", TEXT))
    assert named and [name for name in sorted(named) if not values(name)] == []


def test_keys_are_those_of_the_configuration() -> None:
    keys = {key.replace("[]", "") for key in known_keys(Settings)}
    sections = "|".join(sorted({key.partition(".")[0] for key in keys}))
    named = set(re.findall(rf"`((?:{sections})\.[a-z_]+)`", TEXT))
    assert len(named) > 10 and named <= keys
    assert not {key.replace("[]", "") for key in NOT_BUILT} & named


def test_files_and_sections_that_it_points_at_exist() -> None:
    for path in re.findall(r"\(?`?((?:hub|tests)/[a-z_/]+\.py)`?\)?", TEXT):
        assert (TOP / path).is_file(), path
    for target in re.findall(r"\]\(\.\./([^)#]+)", TEXT):
        assert (TOP / target).is_file(), target
    assert "](docs/THREAT_MODEL.md)" in (TOP / "README.md").read_text(encoding="utf-8")
