"""The hub as its listeners see it. Knows the hub and the clock; refuses to know sockets."""

from collections.abc import Callable, Mapping

from hub.clock import now_us
from hub.hub import Hub
from hub.model import Observation, Proved, Rejected
from hub.refused import RefusedReaders
from hub.session import Source


class ReaderFeed:
    """The hub, as one listener sees it. `partner_id`: whose its readers are; NOBODY: their stream keys say it. `full`:
    whether the journal has no room. `refused`: those that could not prove who they are, at any listener."""

    def __init__(self, hub: Hub, refused: RefusedReaders, partner_id: int, full: Callable[[], bool]) -> None:
        self._hub = hub
        self._refused = refused
        self._partner_id = partner_id
        self._full = full

    @property
    def congested(self) -> bool:
        return self._hub.congested or self._full()

    def prove(self, user: str, proof: str, seed: str) -> Proved | None:
        return self._hub.proofs.check(user, proof, seed)

    def verdict_pause_s(self, address: str) -> float:
        return self._refused.pause_s(address)

    def refuse(self, listener: str, address: str, user: str, reason: str) -> tuple[int, str]:
        shown = self._hub.proofs.shown(user)
        if user:
            self._refused.wrong(address)
        return self._refused.note(listener, address, shown, reason, self._hub.named(user)), shown

    def open(
        self,
        *,
        listener: str,
        remote: str,
        program: str,
        version: str,
        connection_id: str,
        event_name: str,
        proved: Proved | None,
    ) -> tuple[Source, Mapping[str, int]]:
        source = self._hub.open_source(
            partner_id=self._partner_id,
            listener=listener,
            protocol="chronotrack",
            remote=remote,
            program=program,
            version=version,
            connection_id=connection_id,
            event_name=event_name,
            proved=proved,
        )
        return source, source.connected(now_us())

    def accept(
        self, source: Source, observations: list[Observation], rejected: list[Rejected]
    ) -> list[tuple[str, int]]:
        return self._hub.accept(source, observations, rejected, now_us())

    def reject(self, rejected: list[Rejected]) -> None:
        self._hub.reject(0, rejected, now_us())

    def bad_lines(self, source: Source) -> int:
        return source.rejected

    def silent_resumes(self, source: Source) -> list[str]:
        return source.silent_resumes()

    def shown_event(self, event_name: str) -> str:
        return self._hub.shown_event(event_name)

    def release(self, source: Source) -> None:
        self._hub.release(source)
