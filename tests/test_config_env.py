"""Environment overrides: names to places, texts to values."""

from typing import Any

import pytest

from hub.config import Settings
from hub.config_env import overlay, variable_loc, variable_name
from hub.config_report import Report, known_keys
from hub.errors import ConfigError


@pytest.fixture
def report() -> Report:
    return Report("c.toml", Settings, secrets=frozenset(), not_built=frozenset())


def problems(report: Report) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        report.raise_if_any([])
    return str(caught.value).splitlines()


def test_every_key_has_a_variable(report: Report) -> None:
    names = {variable_name(key): key for key in known_keys(Settings)}
    assert names["RACEHUB_LISTENERS__0__TLS_CERT"] == "listeners[].tls_cert"
    raw: dict[str, Any] = {}
    overlay(raw, dict.fromkeys(names, ""), report)
    report.raise_if_any([])
    assert {variable_loc(name) for name in names} == set(report.origins)
    assert [list(section) for section in raw.values()] and set(raw) == set(Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("RACEHUB_WEB__PORT", "8081", 8081),
        ("RACEHUB_WEB__PORT", "x", "x"),
        ("RACEHUB_WEB__PORT", "", ""),
        ("RACEHUB_WEB__PORT", "1\nhost = 2", "1\nhost = 2"),
        ("RACEHUB_WEB__PORT", "[" * 5000, "[" * 5000),
        ("RACEHUB_WEB__PORT", "1" * 5000, "1" * 5000),
        ("RACEHUB_WEB__HOST", "8081", "8081"),
        ("RACEHUB_WEB__HOST", '"x"', '"x"'),
        ("RACEHUB_SERVER__DEBUG", "true", True),
        ("RACEHUB_WEB__METRICS_ALLOW", '["10.0.0.0/8"]', ["10.0.0.0/8"]),
        ("RACEHUB_WEB__METRICS_ALLOW", "10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_value(report: Report, name: str, text: str, value: object) -> None:
    raw: dict[str, Any] = {}
    _, section, key = name.replace("__", "_", 1).lower().split("_", 2)
    assert overlay(raw, {name: text}, report) == [(section, key)]
    assert raw == {section: {key: value}}


def test_other_variables_are_left_alone(report: Report) -> None:
    raw: dict[str, Any] = {}
    assert overlay(raw, {"RACEHUB_HOME": "x", "PATH": "y", "OTHER__WEB__PORT": "1"}, report) == []
    report.raise_if_any([])


def test_listeners_are_changed_and_added_in_the_order_of_their_numbers(report: Report) -> None:
    raw: dict[str, Any] = {"listeners": [{"name": "a", "port": 1}]}
    environ = {
        f"RACEHUB_LISTENERS__{index}__PORT": str(index) for index in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
    }
    overlay(raw, environ, report)
    assert raw["listeners"] == [{"name": "a", "port": 0}, *({"port": index} for index in range(1, 11))]


def test_unknown_variables(report: Report) -> None:
    raw: dict[str, Any] = {}
    names = [
        "RACEHUB_WEB__PROT",
        "RACEHUB_web__port",
        "RACEHUB_LISTENERS__2__PORT",
        "RACEHUB_LISTENERS__1__PRT",
        "RACEHUB_LISTENERS__0",
        "RACEHUB_WEB__PORT__X",
        "RACEHUB_QQQQQQQQQQQQQQQQ__",
    ]
    overlay(raw, dict.fromkeys(names, "hunter2"), report)
    assert raw == {"listeners": [{}]}
    assert sorted(problems(report)) == sorted(
        [
            'RACEHUB_WEB__PROT: web.prot: unknown key, did you mean "RACEHUB_WEB__PORT"?',
            'RACEHUB_web__port: WEB.PORT: unknown key, did you mean "RACEHUB_WEB__PORT"?',
            "RACEHUB_LISTENERS__2__PORT: listeners[2].port: expected listeners to be numbered from 0 to 1",
            "RACEHUB_LISTENERS__1__PRT: listeners[1].prt: unknown key, "
            'did you mean "RACEHUB_LISTENERS__1__PORT"?',
            'RACEHUB_LISTENERS__0: listeners[0]: unknown key, did you mean "RACEHUB_LISTENERS__0__PORT"?',
            'RACEHUB_WEB__PORT__X: web.port.x: unknown key, did you mean "RACEHUB_WEB__PORT"?',
            'RACEHUB_QQQQQQQQQQQQQQQQ__: qqqqqqqqqqqqqqqq."": unknown key',
        ]
    )
