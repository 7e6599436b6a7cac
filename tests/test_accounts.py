"""Roles and callers."""

import pytest

from hub.accounts import ADMIN, MACHINE_CALLER, OPERATOR, OWNER, ROLES, VIEWER, User, at_least, caller_of
from hub.model import EVERYONE


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_those_before_it_may(role: str) -> None:
    assert [at_least(role, least) for least in ROLES] == [least <= ROLES.index(role) for least in range(5)]


def test_a_user_of_a_partner_asks_for_that_partner_s_things() -> None:
    caller = caller_of(User(7, 3, "ann@example.org", "Ann", OWNER, None, 2, False))
    assert caller.whose == 3 and not caller.is_admin and caller.generation == 2
    assert caller.sees(3) and not caller.sees(4) and not caller.sees(0)
    assert at_least(caller.role, OPERATOR) and not at_least(caller.role, ADMIN)


def test_an_admin_asks_for_everybody_s() -> None:
    caller = caller_of(User(7, None, "ann@example.org", "Ann", ADMIN, None, 1, False))
    assert caller.whose is EVERYONE and caller.is_admin and caller.sees(3) and caller.sees(0)
    assert MACHINE_CALLER.whose is EVERYONE and at_least(MACHINE_CALLER.role, VIEWER)
