"""With which passwords readers prove whom they stream for. Knows users, passwords and proofs; refuses to know where
passwords are kept, and who may see them.

A user is a session's stream key, or a partner's slug in any case.
"""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from hub.model import PartnerRow, Proved
from hub.protocols.chronotrack_proof import proves

USER_CHARS_SHOWN: Final = 2
_NOBODYS: Final = "no user has this password, for it is too short"


class _Held(NamedTuple):
    partner_id: int
    key: str
    password: str


class Proofs:
    """`partners`: all there are, by their numbers; the owner changes them."""

    def __init__(self, partners: Mapping[int, PartnerRow]) -> None:
        # shared
        self._partners = partners
        # state
        self._sessions: dict[int, _Held] = {}
        self._by_key: dict[str, int] = {}
        self._of_partners: dict[int, str] = {}

    # what is known

    def put_session(self, session_id: int, partner_id: int, key: str, password: str) -> None:
        """From now on this is the password of a session, and this its user."""
        self.forget_session(session_id)
        self._sessions[session_id] = _Held(partner_id, key, password)
        self._by_key[key] = session_id

    def put_partner(self, partner_id: int, password: str) -> None:
        self._of_partners[partner_id] = password

    def rekey(self, session_id: int, key: str) -> None:
        """The session has another stream key, and so another user."""
        held = self._sessions.get(session_id)
        if held is not None:
            self.put_session(session_id, held.partner_id, key, held.password)

    def forget_session(self, session_id: int) -> None:
        held = self._sessions.pop(session_id, None)
        if held is not None:
            del self._by_key[held.key]

    def forget_partner(self, partner_id: int) -> None:
        self._of_partners.pop(partner_id, None)

    def of_session(self, session_id: int) -> str | None:
        """The password; None: there is none."""
        held = self._sessions.get(session_id)
        return held.password if held else None

    def of_partner(self, partner_id: int) -> str | None:
        return self._of_partners.get(partner_id)

    # who it is

    def check(self, user: str, proof: str, seed: str) -> Proved | None:
        """Who has given this proof for this seed; None: it is wrong, or there is no such user, which takes as long."""
        named = self.named(user)
        password = self._password(named) if named else None
        right = proves(proof, password or _NOBODYS, seed)
        return named if right and password else None

    def named(self, user: str) -> Proved | None:
        """Of those who have had a password, and of partners: whose user this is."""
        session_id = self._by_key.get(user)
        if session_id is not None:
            return Proved(self._sessions[session_id].partner_id, session_id)
        partner = _of_slug(self._partners.values(), user)
        return Proved(partner.id) if partner else None

    def _password(self, named: Proved) -> str | None:
        if named.session_id is not None:
            return self.of_session(named.session_id)
        return self.of_partner(named.partner_id)

    def shown(self, user: str) -> str:
        """What may be shown of a user: of what is no slug the beginning, for it may be a key, or nearly one."""
        partner = _of_slug(self._partners.values(), user)
        if partner:
            return partner.slug
        return f"{user[:USER_CHARS_SHOWN]}…" if user else ""


def _of_slug(partners: Iterable[PartnerRow], user: str) -> PartnerRow | None:
    folded = user.casefold()
    return next((each for each in partners if each.slug.casefold() == folded), None)
