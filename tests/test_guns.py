"""The guns of a session."""

from hub.guns import GUNS_MAX, Guns, guns_of
from hub.model import Read
from hub.places import Places
from hub.results import Gun
from hub.times import Times

AT_US = 1_767_225_600_000_000


def starts_of(guns: Guns, *, testing: bool = False) -> list[tuple[str, tuple[int, ...]]]:
    found = guns.starts(Places(()), (), testing=testing)
    return [(each.location, each.guns_us) for each in found]


def test_who_has_started() -> None:
    guns = Guns()
    guns.add([Gun(1, "START", AT_US), Gun(2, "B", AT_US + 1, test=True)])
    assert starts_of(guns) == [("START", (AT_US,))]
    assert starts_of(guns, testing=True) == [("START", (AT_US,))], "worked out once"
    guns.changed()
    assert starts_of(guns, testing=True) == [("START", (AT_US,)), ("B", (AT_US + 1,))]
    guns.drop(1)
    guns.drop(99)
    assert starts_of(guns, testing=True) == [("B", (AT_US + 1,))]


def test_of_too_many_the_oldest_are_forgotten() -> None:
    guns = Guns()
    guns.add(Gun(each, f"S{each}", AT_US + each) for each in range(GUNS_MAX + 2))
    assert starts_of(guns)[0] == ("S2", (AT_US + 2,))


def test_their_times_by_another_zone() -> None:
    guns = Guns()
    guns.add([Gun(1, "START", AT_US, "10:00:00.0")])
    guns.correct(Times("Europe/Vienna", "2026-01-01"))
    assert starts_of(guns) == [("START", (AT_US + 9 * 3600 * 1_000_000,))]


def test_each_gun_once() -> None:
    one = Read(1, 5, 1, "START", "GUNTIME", AT_US, "x", 1, "0", 1, "gun", ("test",), b"", "", AT_US)
    again = Read(2, 5, 2, "START", "GUNTIME", AT_US, "x", 1, "0", 1, "gun", ("repeat",), b"", "", AT_US)
    other = Read(3, 5, 3, "START", "A1", AT_US, "x", 1, "0", 1, "read", (), b"", "", AT_US)
    assert guns_of([one, again, other]) == [Gun(1, "START", AT_US, "x", True)]
