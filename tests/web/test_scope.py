"""Whose things a request is about."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from hub.accounts import MACHINE_CALLER, OPERATOR, Caller
from hub.errors import Invalid, NotFound
from hub.hub import Hub
from hub.model import EVERYONE, DisplayRow, PartnerRow, SessionRow
from hub.session import Session
from hub.web import scope
from hub.web.state import HUB

OF_ONE = Caller(5, 1, OPERATOR, "ann@example.org")
OF_TWO = Caller(6, 2, OPERATOR, "bob@example.org")
CODE = "K7XQ2M9P"


def asked(who: Caller, *, partners: int = 2, code: str = CODE) -> web.Request:
    hub = Hub(now_us=lambda: 0, wake=lambda: None, publish=lambda session, reads: None)
    for number in range(1, partners + 1):
        hub.partners[number] = PartnerRow(number, f"p{number}", f"Partner {number}")
    row = SessionRow(7, 1, "S", "E", "active", 1, "UTC", "2026-05-09", 0)
    hub.add_session(Session(row, late_us=1))
    hub.displays[CODE] = DisplayRow(CODE, 1, 7, "Finish")
    app = web.Application()
    app[HUB] = hub
    request = make_mocked_request("GET", "/", app=app, match_info={"code": code})
    request[scope.CALLER] = who
    return request


def test_what_is_anothers_is_not_there() -> None:
    for who, there in ((OF_ONE, True), (OF_TWO, False), (MACHINE_CALLER, True)):
        request = asked(who)
        assert (scope.session(request, 7) is not None) == there
        assert scope.session(request, 8) is None
        if there:
            assert scope.display(request).name == "Finish"
        else:
            with pytest.raises(NotFound, match="There is no display with this code"):
                scope.display(request)
    with pytest.raises(NotFound, match="There is no display with this code"):
        scope.display(asked(OF_ONE, code="AAAA2222"))
    assert [scope.whose(asked(who)) for who in (OF_ONE, OF_TWO, MACHINE_CALLER)] == [1, 2, EVERYONE]


def test_something_new_is_of_the_callers_own_partner() -> None:
    assert scope.partner_for_new(asked(OF_TWO), None).id == 2
    assert scope.partner_for_new(asked(OF_TWO), "p2").id == 2
    with pytest.raises(NotFound, match="There is no partner 'p1'"):
        scope.partner_for_new(asked(OF_TWO), "p1")


def test_an_admin_names_the_partner_unless_there_is_one_only() -> None:
    assert scope.partner_for_new(asked(MACHINE_CALLER), "p2").id == 2
    assert scope.partner_for_new(asked(MACHINE_CALLER, partners=1), None).id == 1
    with pytest.raises(Invalid, match="one of: p1, p2") as problem:
        scope.partner_for_new(asked(MACHINE_CALLER), None)
    assert problem.value.field == "partner"
    with pytest.raises(NotFound):
        scope.partner_for_new(asked(MACHINE_CALLER), "p3")


@pytest.mark.parametrize("text", ["", "-1", "0", "1.0", "11", "\uff11", "9" * 30, "x"])
def test_numbers(text: str) -> None:
    assert scope.number("10", "id", 1, 10) == 10
    with pytest.raises(Invalid, match="id: expected a whole number from 1 to 10"):
        scope.number(text, "id", 1, 10)


def test_text_that_postgresql_holds() -> None:
    assert scope.storable("Grüße", "name") == "Grüße"
    for text in ("a\0b", "\udcff"):
        with pytest.raises(Invalid, match="name: expected text"):
            scope.storable(text, "name")


def test_partners_in_answers() -> None:
    request = asked(OF_ONE)
    assert scope.partner_json(scope.partner(request, 2)) == {"id": 2, "slug": "p2", "name": "Partner 2"}
    assert scope.partner_json(scope.partner(request, None)) is None
    assert scope.partner_json(scope.partner(request, 0)) is None
