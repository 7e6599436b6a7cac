"""Which session a reader's lines go to. Knows sessions, keys, event names and partners; refuses to know sources but by
what they say of themselves, and where lines go that lead nowhere.

In this order: what the reader has proved to be; whose the port is, which narrows everything after it; where an operator
has sent it; the session whose stream key it gives as its event name; the one session whose event's name or number it
gives; where it has been; and the one active session, of a partner that is the only one it can be of.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from hub.model import NOBODY, PURPOSE_DEMO, PartnerRow, Proved
from hub.session import Session

PROVED_ENDED: Final = "the session that it has proved to be of is not active"
KEY_ENDED: Final = "the session of its stream key is not active"
ASSIGNED_ENDED: Final = "the session that it was assigned to is not active"


class Routes:
    """`partners`, `sessions`: all there are, by their numbers; the sessions are active. The owner changes them, and
    tells of sessions that come and go."""

    def __init__(self, partners: Mapping[int, PartnerRow], sessions: Mapping[int, Session]) -> None:
        # shared
        self._partners = partners
        self._sessions = sessions
        # state
        self._by_key: dict[str, Session] = {}
        self._old_keys: dict[str, int] = {}
        """Keys that lead nowhere, and least of all into another session; each with its partner."""

    def add(self, session: Session) -> None:
        key = session.row.stream_key
        if key:
            self._old_keys.pop(key, None)
            self._by_key[key] = session

    def remove(self, session: Session) -> None:
        if self._by_key.pop(session.row.stream_key, None) is not None:
            self._old_keys[session.row.stream_key] = session.row.partner_id

    def rekey(self, before: str, session: Session) -> None:
        """The session had this key until now."""
        self._old_keys[before] = session.row.partner_id
        if self._by_key.pop(before, None) is not None:
            self._by_key[session.row.stream_key] = session

    def add_old_keys(self, keys: Iterable[tuple[str, int]]) -> None:
        """(key, partner) pairs."""
        self._old_keys.update(keys)

    def keyed(self, event_name: str) -> Session | None:
        """The session of which this is the stream key."""
        return self._by_key.get(event_name)

    def is_key(self, event_name: str) -> bool:
        """Whether it is, or was, the key of a session: a secret."""
        return event_name in self._by_key or event_name in self._old_keys

    def partner(self, port: int, event_name: str, proved: Proved | None) -> int:
        """Whose a reader is; NOBODY: that cannot be told. `port`: whose the port is that it came by."""
        if proved is not None:
            return proved.partner_id
        if port != NOBODY:
            return port
        keyed = self.keyed(event_name)
        if keyed is not None:
            return keyed.row.partner_id
        if event_name in self._old_keys:
            return self._old_keys[event_name]
        return next(iter(self._partners)) if len(self._partners) == 1 else NOBODY

    def session(
        self,
        partner_id: int,
        event_name: str,
        *,
        proved: Proved | None = None,
        assigned: int = 0,
        home: Session | None = None,
    ) -> Session | None:
        """Where it leads; None: nowhere. `assigned`: the session that an operator has chosen; 0: none has. `home`:
        where it has been."""
        chosen = [each for each in (proved.session_id if proved else None, assigned) if each]
        for found in map(self._sessions.get, chosen):
            if found is not None and found.row.partner_id == partner_id:
                return found
        if proved is not None and proved.session_id is not None:
            return None  # it is no other one's
        keyed = self.keyed(event_name)
        if keyed is not None and keyed.row.partner_id == partner_id:
            return keyed
        if chosen or event_name in self._old_keys:
            return None  # what is for a session that is not active goes into no other
        own = [each for each in self._sessions.values() if _is_for_readers(each, partner_id)]
        named = [each for each in own if _is_named(each, event_name)]
        if len(named) == 1:
            return named[0]
        if home is not None:
            return home
        return own[0] if len(own) == 1 else None

    def amber(self, event_name: str, assigned: int, session: Session, proved: Proved | None = None) -> str:
        """Why somebody has to look at a reader that is where it is, in words; empty: nobody has to."""
        if proved is not None and proved.session_id not in (None, *self._sessions):
            return PROVED_ENDED
        if assigned and assigned != session.row.id:
            return ASSIGNED_ENDED
        return KEY_ENDED if event_name in self._old_keys else ""


def _is_for_readers(session: Session, partner_id: int) -> bool:
    return bool(partner_id) and session.row.partner_id == partner_id and session.row.purpose != PURPOSE_DEMO


def _is_named(session: Session, event_name: str) -> bool:
    wanted = event_name.strip().casefold()
    names = {session.row.event_name.strip().casefold(), str(session.row.event_id or "")}
    return bool(wanted) and wanted in names
