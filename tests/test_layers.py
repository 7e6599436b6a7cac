"""What may import what: the direction of the modules, from the facts at the bottom to the command at the top."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

import pytest

HUB: Final = Path(__file__).parent.parent / "hub"

PURE: Final = {"hub", "hub.errors", "hub.model"}
LAYERS: Final[dict[str, set[str]]] = {
    # level 0: nothing of the hub below them
    "hub": set(),
    "hub.errors": set(),
    "hub.model": set(),
    # level 1: pure, one subject each
    "hub.protocols": PURE | {"hub.protocols"},
    "hub.accounts": {"hub.model"},
    "hub.roster": {"hub.model"},
    "hub.roster_words": set(),
    "hub.private_columns": set(),
    "hub.roster_file": {
        "hub.errors",
        "hub.jobs",
        "hub.model",
        "hub.private_columns",
        "hub.roster",
        "hub.roster_words",
    },
    "hub.roster_folder": {"hub.errors", "hub.reads_export", "hub.roster_file"},
    "hub.child": set(),
    "hub.roster_reading": {"hub.child", "hub.errors", "hub.roster_file", "hub.roster_words"},
    "hub.roster_reader": {"hub.child", "hub.errors", "hub.roster_file", "hub.roster_reading"},
    "hub.sync_plan": set(),
    "hub.sync_words": {"hub.errors"},
    "hub.participants": {"hub.model", "hub.roster", "hub.roster_words"},
    "hub.matching": {"hub.model", "hub.participants", "hub.roster", "hub.roster_words"},
    "hub.roster_outcome": {"hub.model", "hub.participants"},
    "hub.spool": {
        "hub.matching",
        "hub.participants",
        "hub.roster",
        "hub.roster_outcome",
        "hub.roster_words",
    },
    "hub.hand_words": {"hub.errors", "hub.model", "hub.participants", "hub.roster", "hub.roster_words"},
    "hub.privacy": {"hub.model", "hub.private_columns", "hub.roster_words"},
    "hub.jobs": {"hub.accounts", "hub.errors"},
    "hub.told": {"hub.model", "hub.privacy", "hub.roster", "hub.roster_words"},
    "hub.guns": {"hub.model", "hub.places", "hub.results", "hub.times"},
    "hub.demo": set(),
    "hub.demo.people": {"hub.model"},
    "hub.demo.race": {"hub.model", "hub.demo.people"},
    "hub.seen": set(),
    "hub.results": {"hub.model"},
    "hub.times": {"hub.model", "hub.protocols"},
    "hub.proofs": {"hub.model", "hub.protocols"},
    "hub.refused": {"hub.model"},
    "hub.event_words": {"hub.errors"},
    "hub.display_control": {"hub.errors", "hub.model"},
    "hub.display_words": {"hub.display_control", "hub.errors", "hub.event_words", "hub.model"},
    "hub.old_display_settings": {"hub.display_words", "hub.errors"},
    "hub.old_runners": set(),
    "hub.old_services": {"hub.providers"},
    "hub.old_uploads": {"hub.disk", "hub.errors", "hub.template_words"},
    "hub.session_words": {"hub.errors", "hub.event_words", "hub.model", "hub.roster_words"},
    "hub.tail": {"hub.model"},
    "hub.marks": {"hub.errors", "hub.event_words", "hub.model", "hub.roster"},
    "hub.places": {"hub.model", "hub.results"},
    "hub.counting": {"hub.model", "hub.places", "hub.roster"},
    "hub.location_words": {"hub.errors", "hub.event_words"},
    "hub.messages": {"hub.model"},
    "hub.message_words": {"hub.errors", "hub.event_words", "hub.messages"},
    "hub.template_words": {"hub.errors", "hub.event_words"},
    "hub.template_files": {"hub.errors", "hub.template_words"},
    "hub.image_words": {"hub.errors"},
    "hub.imaging": {"hub.child", "hub.errors", "hub.image_words"},
    "hub.image_files": {"hub.disk", "hub.errors", "hub.image_words", "hub.template_words"},
    "hub.old_css": {"hub.template_words"},
    "hub.old_html": {"hub.errors", "hub.old_css", "hub.template_words"},
    "hub.old_templates": {"hub.errors", "hub.old_css", "hub.old_html", "hub.template_words"},
    "hub.template_html": {"hub.old_css", "hub.old_html", "hub.template_words"},
    "hub.source_clock": {"hub.model"},
    "hub.reads_export": {"hub.encode", "hub.model", "hub.places"},
    "hub.latency": {"hub.model"},
    "hub.latencies": {"hub.latency", "hub.model", "hub.session"},
    "hub.showings": {"hub.model"},
    "hub.shown_words": {"hub.encode", "hub.model", "hub.places", "hub.reads_export", "hub.showings"},
    "hub.session": {
        "hub.guns",
        "hub.marks",
        "hub.messages",
        "hub.model",
        "hub.places",
        "hub.results",
        "hub.roster",
        "hub.seen",
        "hub.source_clock",
        "hub.tail",
        "hub.times",
        "hub.told",
    },
    "hub.encode": {
        "hub.display_control",
        "hub.marks",
        "hub.messages",
        "hub.model",
        "hub.places",
        "hub.results",
        "hub.roster",
        "hub.tail",
        "hub.told",
    },
    "hub.extremes": {"hub.encode", "hub.model"},
    "hub.passages": {"hub.model", "hub.places", "hub.roster"},
    "hub.paces": {"hub.model", "hub.passages", "hub.places"},
    "hub.stories": {"hub.encode", "hub.model", "hub.paces", "hub.private_columns"},
    "hub.searching": {"hub.encode", "hub.model", "hub.roster"},
    "hub.tag_desk": {"hub.model", "hub.passages", "hub.roster"},
    "hub.runners": {
        "hub.marks",
        "hub.model",
        "hub.paces",
        "hub.passages",
        "hub.places",
        "hub.results",
        "hub.roster",
        "hub.stories",
    },
    "hub.config": {"hub.errors", "hub.config"},
    "hub.alarms": {"hub.model"},
    "hub.rates": {"hub.model"},
    "hub.own_settings": {"hub.alarms"},
    "hub.account_names": {"hub.errors"},
    "hub.account_lines": {"hub.model"},
    "hub.account_rules": {"hub.accounts", "hub.errors"},
    "hub.tokens": set(),
    "hub.addresses": set(),
    "hub.data": set(),
    "hub.disk": {"hub.errors"},
    "hub.sealing": {"hub.disk", "hub.errors"},
    "hub.tls": {"hub.errors"},
    "hub.passwords": {"hub.errors"},
    "hub.files": set(),
    "hub.clock": set(),
    # level 2
    "hub.routing": {"hub.model", "hub.session"},
    "hub.served": {"hub.model", "hub.proofs", "hub.roster", "hub.routing", "hub.session"},
    "hub.hub": {"hub.model", "hub.seen", "hub.served", "hub.session"},
    "hub.fanout": {"hub.errors"},
    # level 3: each meets one part of the world
    "hub.listener": {"hub.model", "hub.protocols"},
    "hub.importing": PURE | {"hub.protocols"},
    "hub.replay_plan": PURE | {"hub.protocols"},
    "hub.replay": PURE | {"hub.protocols", "hub.replay_plan"},
    "hub.providers": PURE
    | {"hub.config", "hub.private_columns", "hub.providers", "hub.roster", "hub.roster_words"},
    "hub.store": PURE
    | {
        "hub.account_lines",
        "hub.account_names",
        "hub.account_rules",
        "hub.accounts",
        "hub.config",
        "hub.counting",
        "hub.image_words",
        "hub.latency",
        "hub.location_words",
        "hub.marks",
        "hub.matching",
        "hub.messages",
        "hub.own_settings",
        "hub.participants",
        "hub.passages",
        "hub.results",
        "hub.roster",
        "hub.roster_words",
        "hub.showings",
        "hub.store",
        "hub.sync_words",
        "hub.tail",
        "hub.template_words",
        "hub.tokens",
    },
    "hub.web": PURE
    | {
        "hub.account_lines",
        "hub.account_names",
        "hub.account_rules",
        "hub.accounts",
        "hub.addresses",
        "hub.alarms",
        "hub.config",
        "hub.counting",
        "hub.disk",
        "hub.display_control",
        "hub.display_words",
        "hub.encode",
        "hub.event_words",
        "hub.extremes",
        "hub.fanout",
        "hub.hand_words",
        "hub.hub",
        "hub.image_files",
        "hub.image_words",
        "hub.importing",
        "hub.jobs",
        "hub.latencies",
        "hub.latency",
        "hub.location_words",
        "hub.old_display_settings",
        "hub.marks",
        "hub.message_words",
        "hub.messages",
        "hub.old_runners",
        "hub.old_services",
        "hub.old_templates",
        "hub.old_uploads",
        "hub.own_settings",
        "hub.paces",
        "hub.participants",
        "hub.passages",
        "hub.passwords",
        "hub.places",
        "hub.privacy",
        "hub.providers",
        "hub.refused",
        "hub.reads_export",
        "hub.results",
        "hub.rates",
        "hub.roster",
        "hub.roster_words",
        "hub.roster_file",
        "hub.runners",
        "hub.searching",
        "hub.session",
        "hub.session_words",
        "hub.stories",
        "hub.sync_words",
        "hub.showings",
        "hub.shown_words",
        "hub.tag_desk",
        "hub.tail",
        "hub.template_files",
        "hub.template_html",
        "hub.template_words",
        "hub.tokens",
        "hub.told",
        "hub.web",
    },
}
ABOVE: Final = {
    "hub.announcing",
    "hub.changes",
    "hub.events",
    "hub.exporting",
    "hub.facts",
    "hub.guests",
    "hub.images",
    "hub.lifecycle",
    "hub.locations",
    "hub.messaging",
    "hub.partner_words",
    "hub.provider_accounts",
    "hub.provider_links",
    "hub.refreshing",
    "hub.sync_times",
    "hub.syncing",
    "hub.moving",
    "hub.reader_feed",
    "hub.recovery",
    "hub.removing",
    "hub.retiming",
    "hub.merging",
    "hub.roster_files",
    "hub.roster_putting",
    "hub.rostering",
    "hub.stores",
    "hub.stream_passwords",
    "hub.templates",
    "hub.feeding",
    "hub.app",
    "hub.commands",
    "hub.cli_old",
    "hub.commands_import",
    "hub.commands_old",
    "hub.commands_people",
    "hub.commands_roster",
    "hub.cli_common",
    "hub.cli_people",
    "hub.cli_roster",
    "hub.demo.show",
    "hub.folder",
    "hub.logs",
    "hub.reload",
    "hub.retention",
    "hub.cli",
    "hub.__main__",
}
"""Level 4: these put the parts together and may import all of them."""

ONLY_IN: Final = {
    "argon2": {"hub.passwords"},
    "asyncpg": {"hub.store"},
    "redis": {"hub.store"},
    "aiohttp_session": {"hub.web"},
    "cryptography": {"hub.web", "hub.sealing"},
    "sqlite3": {"hub.store"},
    "aiohttp": {"hub.web", "hub.app", "hub.commands", "hub.providers"},
    "typer": {"hub.cli"},
    "rich": {"hub.cli"},
    "pydantic": {"hub.config"},
    "ifaddr": {"hub.addresses"},
    "PIL": {"hub.imaging"},
    "resource": {"hub.files", "hub.child"},
    "python_calamine": {"hub.roster_file"},
    "charset_normalizer": {"hub.roster_file"},
    "segno": {"hub.web"},
    "nh3": {"hub.old_html"},
    "tinycss2": {"hub.old_css"},
}
PURE_MODULES: Final = (
    "hub.private_columns",
    "hub.sync_plan",
    "hub.sync_words",
    "hub.alarms",
    "hub.display_control",
    "hub.old_display_settings",
    "hub.rates",
    "hub.latency",
    "hub.latencies",
    "hub.showings",
    "hub.shown_words",
    "hub.own_settings",
    "hub.model",
    "hub.accounts",
    "hub.errors",
    "hub.protocols",
    "hub.seen",
    "hub.places",
    "hub.marks",
    "hub.passages",
    "hub.paces",
    "hub.stories",
    "hub.searching",
    "hub.runners",
    "hub.counting",
    "hub.location_words",
    "hub.messages",
    "hub.message_words",
    "hub.template_files",
    "hub.template_words",
    "hub.image_words",
    "hub.template_html",
    "hub.old_css",
    "hub.old_html",
    "hub.old_templates",
    "hub.reads_export",
    "hub.source_clock",
    "hub.results",
    "hub.roster",
    "hub.roster_words",
    "hub.participants",
    "hub.matching",
    "hub.roster_outcome",
    "hub.spool",
    "hub.hand_words",
    "hub.tag_desk",
    "hub.privacy",
    "hub.told",
    "hub.guns",
    "hub.times",
    "hub.session",
    "hub.tail",
    "hub.routing",
    "hub.served",
    "hub.hub",
    "hub.encode",
    "hub.extremes",
    "hub.fanout",
    "hub.importing",
    "hub.account_names",
    "hub.account_rules",
    "hub.proofs",
    "hub.refused",
)
NOT_PURE: Final = {
    "hub.roster_files",
    "hub.roster_folder",
    "hub.roster_putting",
    "hub.roster_reader",
    "hub.roster_reading",
}
"""Called like what is pure."""
IMPURE: Final = {"asyncio", "socket", "time", "threading", "random", "secrets", "os"}


@cache
def modules() -> list[str]:
    return sorted(_name(path) for path in HUB.rglob("*.py"))


def _name(path: Path) -> str:
    parts = path.relative_to(HUB.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(module: str) -> set[str]:
    """Full names of what a module imports: `from hub.store import reads` counts as hub.store.reads."""
    path = HUB.parent.joinpath(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            known = {f"{node.module}.{alias.name}" for alias in node.names} & set(modules())
            found |= known or {str(node.module)}
    return found


def layer(module: str) -> str:
    """The row of LAYERS that a module belongs to: hub.config_env goes with hub.config."""
    rows = [name for name in LAYERS if module == name or module.startswith((f"{name}.", f"{name}_"))]
    return max((name for name in rows if name != "hub" or module == "hub"), key=len, default="")


@pytest.mark.parametrize("module", modules())
def test_imports_only_what_lies_below(module: str) -> None:
    if module in ABOVE:
        return
    name = layer(module)
    assert name, f"{module} stands in no layer"
    wrong = {
        each
        for each in imports(module)
        if each.split(".")[0] == "hub" and each != "hub" and layer(each) not in LAYERS[name] | {name}
    }
    assert not wrong


@pytest.mark.parametrize("module", modules())
def test_the_world_is_met_in_one_place(module: str) -> None:
    for each in imports(module):
        allowed = ONLY_IN.get(each.split(".")[0])
        assert allowed is None or any(
            module == name or module.startswith((f"{name}.", f"{name}_")) for name in allowed
        ), f"{module} imports {each}"


def is_pure(module: str) -> bool:
    """`hub.roster_words` goes with `hub.roster`, unless it is one of those that meet the world."""
    return module not in NOT_PURE and any(
        module == name or module.startswith((f"{name}.", f"{name}_")) for name in PURE_MODULES
    )


@pytest.mark.parametrize("module", [each for each in modules() if is_pure(each)])
def test_pure_modules_have_no_clock_no_loop_and_no_socket(module: str) -> None:
    assert not {each.split(".")[0] for each in imports(module)} & IMPURE
