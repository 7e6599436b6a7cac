"""What many peers cause is said once, and counted."""

import logging

import pytest

from hub.web.seldom import EVERY_S, Seldom


class Clock:
    now = 5.0

    def __call__(self) -> float:
        return self.now


def test_at_once_then_once_a_minute_with_how_often(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    seldom = Seldom(clock)
    for number in range(1000):
        seldom.say(f"10.0.0.{number % 7}", "said nothing")
        seldom.flush()
    seldom.say("10.0.0.9", "asked too much")
    assert caplog.messages == ["web: 10.0.0.0: said nothing", "web: 10.0.0.9: asked too much"]
    clock.now += EVERY_S
    seldom.flush()
    seldom.flush()
    assert caplog.messages[2:] == ["web: 999 times more in 60 s: said nothing"]
    seldom.say("10.0.0.3", "said nothing")
    assert caplog.messages[3:] == ["web: 10.0.0.3: said nothing"]


def test_each_of_them_for_who_looks_closer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seldom = Seldom(Clock())
    for number in range(3):
        seldom.say(f"10.0.0.{number}", "said nothing")
    assert caplog.messages == [f"web: 10.0.0.{number}: said nothing" for number in range(3)]


def test_some_may_be_said_singly(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = Clock()
    seldom = Seldom(clock)
    for number in range(5):
        seldom.say(f"10.0.0.{number}", "left", singly=3)
    assert caplog.messages == [f"web: 10.0.0.{number}: left" for number in range(3)]
    clock.now += EVERY_S
    seldom.flush()
    assert caplog.messages[3:] == ["web: 2 times more in 60 s: left"]
