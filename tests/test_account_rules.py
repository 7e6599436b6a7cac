"""Who may invite and change whom: the whole matrix of roles, and what nobody may do."""

import pytest

from hub import account_rules
from hub.account_rules import GIVES, UserChange, check_not_last, counts, takes_away
from hub.accounts import ADMIN, MACHINE_CALLER, OPERATOR, OWNER, ROLES, VIEWER, Caller, User, caller_of
from hub.errors import CallerError, Conflict, Forbidden, Invalid

OF_OWNERS = set(ROLES) - {ADMIN}
MAY = {(ADMIN, each) for each in ROLES} | {(OWNER, each) for each in OF_OWNERS}
"""Said once more, in other words than the table's."""


def user(role: str, number: int = 7, *, password: str | None = "x", disabled: bool = False) -> User:
    partner = None if role == ADMIN else 3
    return User(number, partner, f"{role}@example.org", role, role, password, 1, disabled)


def caller(role: str) -> Caller:
    return caller_of(user(role, 1))


def refusal(work: object, *arguments: object) -> type[CallerError] | None:
    assert callable(work)
    try:
        work(*arguments)
    except CallerError as problem:
        return type(problem)
    return None


def test_the_table_is_about_all_roles() -> None:
    assert list(GIVES) == list(ROLES)
    assert {(role, given) for role, all_given in GIVES.items() for given in all_given} == MAY


@pytest.mark.parametrize("other", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what_to_whom(role: str, other: str) -> None:
    wanted = None if (role, other) in MAY else Forbidden
    place = None if other == ADMIN else 3
    assert refusal(account_rules.check_invitation, caller(role), other, place) is wanted
    for change in (UserChange(name="N"), UserChange(disabled=True), UserChange(disabled=False)):
        assert refusal(account_rules.check_change, caller(role), user(other), change) is wanted
    assert refusal(account_rules.check_removal, caller(role), user(other)) is wanted
    assert refusal(account_rules.check_reset, caller(role), user(other)) is wanted


@pytest.mark.parametrize("to", ROLES)
@pytest.mark.parametrize("of", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_make_whom_what(role: str, of: str, to: str) -> None:
    if (role, of) not in MAY or (of != to and (role, to) not in MAY):
        wanted: type[CallerError] | None = Forbidden
    else:
        wanted = Invalid if of != to and ADMIN in (of, to) else None
    assert refusal(account_rules.check_change, caller(role), user(of), UserChange(role=to)) is wanted


def test_this_machine_s_token_may_do_what_admins_may() -> None:
    for other in ROLES:
        assert refusal(account_rules.check_removal, MACHINE_CALLER, user(other)) is None


def test_nobody_takes_anything_from_themselves() -> None:
    for role in (OWNER, ADMIN):
        me, myself = caller(role), user(role, 1)
        assert refusal(account_rules.check_change, me, myself, UserChange(disabled=True)) is Conflict
        assert refusal(account_rules.check_removal, me, myself) is Conflict
        assert refusal(account_rules.check_reset, me, myself) is Conflict
        same = UserChange(name="New", role=role, disabled=False)
        assert refusal(account_rules.check_change, me, myself, same) is None
    demotion = UserChange(role=VIEWER)
    assert refusal(account_rules.check_change, caller(OWNER), user(OWNER, 1), demotion) is Conflict


def test_an_invitation_says_whose_user_it_makes() -> None:
    with pytest.raises(Invalid, match="belongs to the server") as told:
        account_rules.check_invitation(caller(ADMIN), ADMIN, 3)
    assert told.value.field == "partner"
    with pytest.raises(Invalid, match="the slug of the partner whose operator this is"):
        account_rules.check_invitation(caller(ADMIN), OPERATOR, None)
    with pytest.raises(Invalid, match="role: expected one of viewer, announcer") as told:
        account_rules.check_invitation(caller(ADMIN), "king", 3)
    assert told.value.field == "role"
    with pytest.raises(Invalid, match="role: expected one of"):
        account_rules.check_change(caller(ADMIN), user(VIEWER), UserChange(role="Owner"))


def test_refusals_are_told_in_words() -> None:
    with pytest.raises(Forbidden, match=r"^Your role is owner: you cannot invite an admin\.$"):
        account_rules.check_invitation(caller(OWNER), ADMIN, None)
    with pytest.raises(Forbidden, match=r"^Your role is viewer: you cannot change a viewer\.$"):
        account_rules.check_change(caller(VIEWER), user(VIEWER), UserChange(name="x"))


def test_a_user_who_is_disabled_gets_no_new_link() -> None:
    with pytest.raises(Conflict, match="enable the user first"):
        account_rules.check_reset(caller(ADMIN), user(VIEWER, disabled=True))


def test_who_counts_as_somebody() -> None:
    assert counts(user(OWNER))
    assert not counts(user(OWNER, password=None)) and not counts(user(OWNER, disabled=True))


@pytest.mark.parametrize(
    ("change", "less"),
    [
        (UserChange(), False),
        (UserChange(name="x", role=OWNER, disabled=False), False),
        (UserChange(disabled=True), True),
        (UserChange(role=VIEWER), True),
    ],
)
def test_what_takes_somebody_away(change: UserChange, less: bool) -> None:
    assert takes_away(user(OWNER), change) is less
    assert not takes_away(user(OWNER, password=None), change), "was not there yet"


def test_somebody_stays() -> None:
    with pytest.raises(Conflict, match="last admin"):
        check_not_last(MACHINE_CALLER, user(ADMIN), 0)
    with pytest.raises(Conflict, match="last owner"):
        check_not_last(caller(OWNER), user(OWNER), 0)
    check_not_last(MACHINE_CALLER, user(OWNER), 0)
    check_not_last(caller(OWNER), user(VIEWER), 0)
    check_not_last(caller(OWNER), user(OWNER), 1)
    check_not_last(caller(ADMIN), user(ADMIN), 1)
