"""What a session has seen, and so what a duplicate is. Knows contents and sequences; refuses to know screens,
stores and clocks.

The rule. *Content* is location (without case), tag, local wall time, reader id and gator. A *numbering* is one
connection id: under it a location's sequences stay as they are; after a restart of the client the same reads come
under another id with shifted sequences. So content decides, and is counted: the k-th equal content within one
numbering is the same read as the k-th held in the session, whatever its sequence. A numbering thus adds a read
only when it has shown some content more often than the session holds it, and the session holds of each content
as many as the numbering that has shown most. Two lines that are equal in all but the sequence do occur in real
files; two laptops streaming one controller, a replay, an import all fall under the same rule.

Within one numbering a sequence already taken by equal content is a resend. Taken by other content, the client has
been rewound and numbers anew (with another filter, or with a gun moved to the front) under the id it had: from
there on its old sequences say nothing any more, and are forgotten; the contents stay held.

Memory, a read: 48 bytes for the number of its digest, 42 to 84 for its place in the dict, 14 in each numbering
that has shown it. What a content was seen by is one interned tuple shared by all contents seen alike.
"""

import hashlib
from typing import Final

DIGEST_BYTES: Final = 14
KEY_BYTES: Final = 16
EQUAL_MAX: Final = 65_536
"""Equal contents of one session that are told apart: what the two count bytes of a key hold. Nobody crosses one
antenna more often in a hundredth of a second; what a stuck reader repeats beyond it is one read."""
RUNS_KEPT_MAX: Final = 4
"""Numberings remembered at one location. An older one that comes back is only streamed again from its start."""

Sightings = tuple[int, ...]
"""(location index, mask of numberings, location index, mask, ...): where and by whom a content was seen."""


def content_digest(tag: str, wall_us: int, reader_id: str, gator: int) -> bytes:
    """14 bytes over all of a content but the location. `wall_us`: the reader's wall clock, not an instant, so that
    correcting a time zone does not double a race."""
    text = f"{tag}\x1f{wall_us}\x1f{reader_id}\x1f{gator}"
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


class SeenLocation:
    """A location as the memory of a session knows it: an index, and a mask that goes into its keys."""

    __slots__ = ("index", "mask", "runs")

    def __init__(self, index: int, folded_name: str) -> None:
        self.index = index
        name = hashlib.blake2b(folded_name.encode(), digest_size=DIGEST_BYTES, person=b"location")
        self.mask = int.from_bytes(name.digest(), "big")
        self.runs: list[Run] = []

    def key(self, digest: bytes, count: int) -> bytes:
        """The identity of the `count`-th read of a content at this location: 14 bytes of content, 2 of count."""
        mixed = int.from_bytes(digest, "big") ^ self.mask
        return (mixed << 16 | (count - 1)).to_bytes(KEY_BYTES, "big")

    def parse_key(self, key: bytes) -> tuple[bytes, int]:
        """The reverse of `key`: (digest, count)."""
        number = int.from_bytes(key, "big")
        return (number >> 16 ^ self.mask).to_bytes(DIGEST_BYTES, "big"), (number & 0xFFFF) + 1


class Run:
    """One numbering at one location: which sequence showed which content.

    digests: 14 bytes each for the sequences 1, 2, 3, ... without a gap; beyond: those after a gap, never the next
    one. durable: how many of `digests` are on disk, the only place to resume from. expect: the sequence that the
    next line must have, with the content held, because the client was asked to resume from it; 0: none.
    live: a connection feeds it. forgotten: its memory was given up; its owner takes a new run instead.
    """

    __slots__ = (
        "beyond",
        "bit",
        "digests",
        "durable",
        "expect",
        "first",
        "forgotten",
        "gap_asked",
        "live",
        "location",
    )

    def __init__(self, location: SeenLocation, bit: int, first: Sightings) -> None:
        self.location = location
        self.bit = bit
        self.first = first
        self.digests = bytearray()
        self.beyond: dict[int, bytes] = {}
        self.durable = 0
        self.expect = 0
        self.gap_asked = False
        self.live = True
        self.forgotten = False

    @property
    def contiguous(self) -> int:
        """The last sequence before the first gap; 0: none."""
        return len(self.digests) // DIGEST_BYTES

    def holds(self, sequence: int, digest: bytes) -> bool:
        """Whether this sequence is known to have shown this content."""
        end = sequence * DIGEST_BYTES
        if end <= len(self.digests):
            return self.digests[end - DIGEST_BYTES : end] == digest
        return self.beyond.get(sequence) == digest

    def append(self, digest: bytes) -> None:
        """The next sequence, and with it what lay right beyond."""
        self.digests += digest
        while self.beyond and (known := self.beyond.pop(self.contiguous + 1, None)) is not None:
            self.digests += known

    def forget(self) -> None:
        self.forgotten = True
        self.digests = bytearray()
        self.beyond = {}
        self.durable = 0


class Seen:
    """The contents of one session. `judge` is called once for each line, in the order of arrival."""

    def __init__(self) -> None:
        self._sightings: dict[int, Sightings] = {}
        self._interned: dict[Sightings, Sightings] = {}
        self._held: dict[tuple[int, int], int] = {}  # (location, content) held more than once: how often
        self._shown: dict[tuple[int, int, int], int] = {}  # (bit, location, content) shown more than once
        self._locations: dict[str, SeenLocation] = {}
        self._bits = 0
        self.gaps: list[Run] = []
        """Runs whose sequence has just jumped for the first time on this connection. The owner empties it."""

    def __len__(self) -> int:
        return len(self._sightings)

    def location(self, name: str) -> SeenLocation:
        folded = name.casefold()
        found = self._locations.get(folded)
        if found is None:
            found = self._locations[folded] = SeenLocation(len(self._locations), folded)
        return found

    def new_run(self, location: SeenLocation) -> Run:
        """A numbering that is new here. Its bit is never used again, so that forgetting needs no cleaning up."""
        bit = 1 << self._bits
        self._bits += 1
        run = Run(location, bit, self._intern((location.index, bit)))
        location.runs.append(run)
        if len(location.runs) > RUNS_KEPT_MAX:
            oldest = next((each for each in location.runs if not each.live), None)
            if oldest is not None:
                location.runs.remove(oldest)
                oldest.forget()
        return run

    def judge(self, run: Run, sequence: int, digest: bytes) -> int:
        """What this line is: 0, a resend or held already; k > 0, a read, the k-th of its content here; -k, the
        same, and the content is known from another location, too."""
        digests = run.digests
        if sequence * DIGEST_BYTES == len(digests) + DIGEST_BYTES:
            if run.beyond:
                run.append(digest)
            else:
                digests += digest
        elif not self._place(run, sequence, digest):
            return 0
        number = int.from_bytes(digest, "big")
        sightings = self._sightings.get(number)
        if sightings is None:
            self._sightings[number] = run.first
            return 1
        return self._again(run, number, sightings)

    def load(self, run: Run, sequence: int, key: bytes) -> None:
        """A read that the store holds, in the order of its offsets; `loaded` when all are in."""
        digest, count = run.location.parse_key(key)
        if sequence == run.contiguous + 1:
            run.append(digest)
        else:
            self._place(run, sequence, digest)
        number = int.from_bytes(digest, "big")
        sightings = self._sightings.get(number)
        if sightings is None:
            self._sightings[number] = run.first
        else:
            self._mark(run, number, sightings)
        if count > 1:
            place = (run.location.index, number)
            self._held[place] = max(count, self._held.get(place, 1))

    def loaded(self) -> None:
        """What was loaded is durable, and no line of it was a jump of a client."""
        for location in self._locations.values():
            for run in location.runs:
                run.durable = run.contiguous
                run.gap_asked = run.live = False
        self.gaps.clear()

    def _place(self, run: Run, sequence: int, digest: bytes) -> bool:
        """Notes a sequence that is not the next one. False: a resend."""
        if run.holds(sequence, digest):
            return False
        if sequence <= run.contiguous:
            self._forget(run, sequence)
            run.digests += digest
        else:
            if sequence in run.beyond:
                self._unsee_beyond(run)
            run.beyond[sequence] = digest
            if not run.gap_asked:
                run.gap_asked = True
                self.gaps.append(run)
        return True

    def _forget(self, run: Run, sequence: int) -> None:
        """The client numbers anew from `sequence` on. Each entry is forgotten once: no peer can make this dear."""
        start = (sequence - 1) * DIGEST_BYTES
        for at in range(start, len(run.digests), DIGEST_BYTES):
            self._unsee(run, bytes(run.digests[at : at + DIGEST_BYTES]))
        del run.digests[start:]
        run.durable = min(run.durable, sequence - 1)
        self._unsee_beyond(run)

    def _unsee_beyond(self, run: Run) -> None:
        for digest in run.beyond.values():
            self._unsee(run, digest)
        run.beyond.clear()

    def _unsee(self, run: Run, digest: bytes) -> None:
        number = int.from_bytes(digest, "big")
        place = (run.bit, run.location.index, number)
        shown = self._shown.pop(place, 1) - 1
        if shown > 1:
            self._shown[place] = shown
        if shown:
            return
        sightings = list(self._sightings[number])
        at = _find(sightings, run.location.index)
        sightings[at + 1] &= ~run.bit
        self._sightings[number] = self._intern(tuple(sightings))

    def _again(self, run: Run, number: int, sightings: Sightings) -> int:
        """A content seen before, by someone, somewhere."""
        elsewhere = _find(sightings, run.location.index) < 0
        shown = self._mark(run, number, sightings)
        if elsewhere:
            return -1
        place = (run.location.index, number)
        held = self._held.get(place, 1)
        if shown <= held or shown > EQUAL_MAX:
            return 0
        self._held[place] = shown
        return shown if len(sightings) == 2 else -shown

    def _mark(self, run: Run, number: int, sightings: Sightings) -> int:
        """Notes that `run` has shown the content once more; how often it has now."""
        index = run.location.index
        at = _find(sightings, index)
        if at < 0:
            self._sightings[number] = self._intern((*sightings, index, run.bit))
            return 1
        if not sightings[at + 1] & run.bit:
            changed = (*sightings[: at + 1], sightings[at + 1] | run.bit, *sightings[at + 2 :])
            self._sightings[number] = self._intern(changed)
            return 1
        place = (run.bit, index, number)
        shown = self._shown.get(place, 1) + 1
        self._shown[place] = shown
        return shown

    def _intern(self, sightings: Sightings) -> Sightings:
        return self._interned.setdefault(sightings, sightings)


def _find(sightings: Sightings | list[int], index: int) -> int:
    """Where the pair of location `index` begins, or -1. Pairs, so every other entry."""
    for at in range(0, len(sightings), 2):
        if sightings[at] == index:
            return at
    return -1
