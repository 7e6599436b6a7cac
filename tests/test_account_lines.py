"""Lines of users, partners, tokens and changes: what the API gives has all of them."""

from datetime import UTC, datetime

from hub.account_lines import ChangeLine, PartnerLine, TokenLine, UserLine
from hub.model import PartnerRow
from hub.web.api import audit, partners, tokens, users

THEN = datetime(2026, 5, 9, 7, tzinfo=UTC)
WORDS = "2026-05-09T07:00:00+00:00"


def test_answers_have_what_lines_have() -> None:
    user = users.shape(UserLine(7, "a@b", "Ann", "owner", PartnerRow(1, "p", "P"), False, True, None, THEN))
    assert tuple(user) == UserLine.__struct_fields__
    assert (user["partner"], user["last_seen_at"]) == ({"id": 1, "slug": "p", "name": "P"}, None)
    partner = partners.shape(PartnerLine(1, "p", "P", 3, 2, 1, THEN))
    assert tuple(partner) == PartnerLine.__struct_fields__ and partner["created_at"] == WORDS
    token = tokens.shape(TokenLine(7, "x", THEN, None, THEN))
    assert tuple(token) == TokenLine.__struct_fields__ and token["expires_at"] == WORDS
    change = audit.shape(ChangeLine(7, THEN, "ann", "user.reset", "bob", {"n": 1}, None))
    assert tuple(change) == ChangeLine.__struct_fields__ and change["partner"] is None
