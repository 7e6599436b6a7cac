"""What a session has seen, and so what a duplicate is. Knows contents and sequences; refuses to know screens,
stores and clocks.

The rule. *Content* is location (without case), tag, local wall time, reader id and gator. A *numbering* is one
connection id: under it a location's sequences stay as they are; after a restart of the client the same reads come
under another id with shifted sequences. So content decides, and is counted: the k-th equal content within one
numbering is the same read as the k-th held in the session, whatever its sequence. A numbering thus adds a read
only when it has shown some content more often than the session holds it, and the session holds of each content
as many as the numbering that has shown most. Two lines that are equal in all but the sequence do occur in real
files; two laptops streaming one controller, a replay, an import all fall under the same rule.

Within one numbering a sequence already taken by equal content is a resend. But under the id it had the client may
be rewound and number anew, with another filter or with a gun moved to the front. So what a numbering has shown is
counted from its last sequence 1 on: with that its old sequences are forgotten, and only the contents stay held.
Where a sequence in the middle is taken by other content, after a resume or a jump, the client must have numbered
anew out of our sight: what is held of its sequences may be moved beyond the place where it goes on, and be counted
twice. Then, too, all of it is forgotten, and asked for from the beginning.

Memory, a read: 48 bytes for the number of its digest, 42 to 84 for its place in the dict, 14 in each numbering
that has shown it. What a content was seen by is one interned tuple shared by all contents seen alike.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

DIGEST_BYTES: Final = 14
KEY_BYTES: Final = 16
EQUAL_MAX: Final = 65_536
"""Equal contents of one session that are told apart: what the two count bytes of a key hold. Nobody crosses one
antenna more often in a hundredth of a second; what a stuck reader repeats beyond it is one read."""
RUNS_KEPT_MAX: Final = 4
"""Numberings remembered at one location. An older one that comes back is only streamed again from its start."""
CHUNK: Final = 16
"""Sequences that are kept together beyond a gap. A line that could not be read leaves a gap for good, and all that
follows lies beyond: there a read costs 24 bytes, and at worst, with every 17th sequence alone, 350."""
INTERNED_MAX: Final = 10_000
"""Shared sightings. A race has a few dozen; beyond this they are of a stream that is made to differ."""

Sightings = tuple[int, ...]
"""(location index, mask of numberings, location index, mask, ...): where, first to last, and by whom it was seen."""

_UNKNOWN: Final = bytes(DIGEST_BYTES)
_DIGEST: Final = hashlib.blake2b(digest_size=DIGEST_BYTES)


def line_digest(line: bytes) -> bytes:
    """The same for a line that is no read: what it is, is all of it."""
    digest = _DIGEST.copy()
    digest.update(b"\x1f\x1f" + line)  # as no content begins: a tag is not empty
    return digest.digest()


def content_digest(tag: str, wall_us: int, reader_id: str, gator: int) -> bytes:
    """14 bytes over all of a content but the location. `wall_us`: the reader's wall clock, not an instant, so that
    correcting a time zone does not double a race."""
    digest = _DIGEST.copy()  # two thirds of the cost of a new one
    digest.update(f"{tag}\x1f{wall_us}\x1f{reader_id}\x1f{gator}".encode())
    return digest.digest()


class SeenLocation:
    """A location as the memory of a session knows it: an index, and a mask that goes into its keys.

    name: as it first came. runs: the numberings remembered here, the one used last at the end. held: contents held
    more than once, how often. A bit marks one of `runs` in the masks of sightings, and is used again after it.
    """

    __slots__ = ("_bits", "_bits_free", "held", "index", "mask", "name", "runs")

    def __init__(self, index: int, name: str) -> None:
        self.index = index
        self.name = name
        folded = name.casefold().encode()
        mask = hashlib.blake2b(folded, digest_size=DIGEST_BYTES, person=b"location")
        self.mask = int.from_bytes(mask.digest(), "big")
        self.runs: list[Run] = []
        self.held: dict[int, int] = {}
        self._bits = 0
        self._bits_free: list[int] = []

    def key(self, digest: bytes, count: int) -> bytes:
        """The identity of the `count`-th read of a content at this location: 14 bytes of content, 2 of count."""
        mixed = int.from_bytes(digest, "big") ^ self.mask
        return (mixed << 16 | (count - 1)).to_bytes(KEY_BYTES, "big")

    def parse_key(self, key: bytes) -> tuple[bytes, int]:
        """The reverse of `key`: (digest, count)."""
        number = int.from_bytes(key, "big")
        return (number >> 16 ^ self.mask).to_bytes(DIGEST_BYTES, "big"), (number & 0xFFFF) + 1

    def add_run(self) -> "Run":
        if not self._bits_free:
            self._bits_free.append(1 << self._bits)
            self._bits += 1
        run = Run(self, self._bits_free.pop())
        self.runs.append(run)
        return run

    def remove_run(self, run: "Run") -> None:
        self.runs.remove(run)
        self._bits_free.append(run.bit)

    def used(self, run: "Run") -> None:
        """`run` is the one to be forgotten last."""
        if self.runs[-1] is not run:
            self.runs.remove(run)
            self.runs.append(run)


class Run:
    """One numbering at one location: which sequence showed which content.

    digests: 14 bytes each for the sequences 1, 2, 3, ... without a gap; beyond: those after a gap, never the next
    one, by chunks. twice: contents shown more than once, how often. durable: how many of `digests` are on disk, the
    only place to resume from. expect: the sequence that the next line must have, with the content held, because the
    client was asked to resume from it; 0: none. live: a connection feeds it. forgotten: its memory was given up for
    good; its owner takes a new run instead. rewound: how often sequences of it were given up.

    at: the sequence of the last line; streak: the first of those that came one after the other up to there.
    straight: the last line was the last of `digests`, and nothing lies beyond; while it is so, `at` stays behind.
    """

    __slots__ = (
        "at",
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
        "restart_asked",
        "rewound",
        "straight",
        "streak",
        "twice",
    )

    def __init__(self, location: SeenLocation, bit: int) -> None:
        self.location = location
        self.bit = bit
        self.first: Sightings = (location.index, bit)
        self.digests = bytearray()
        self.beyond: dict[int, bytearray] = {}
        self.twice: dict[int, int] = {}
        self.durable = 0
        self.live = True
        self.forgotten = False
        self.rewound = 0
        self.connected()

    def connected(self) -> None:
        """A connection begins, and may begin anywhere."""
        self.gap_asked = self.restart_asked = False
        self.from_the_first()
        self.expect = self.durable

    def from_the_first(self) -> None:
        """No line is the last one any more."""
        self.expect = 0
        self.at = 0
        self.streak = 1
        self.straight = not (self.digests or self.beyond)

    @property
    def contiguous(self) -> int:
        """The last sequence before the first gap; 0: none."""
        return len(self.digests) // DIGEST_BYTES

    @property
    def gap(self) -> tuple[int, int] | None:
        """The first gap: its first and last sequence."""
        first = self.contiguous + 1
        for number in sorted(self.beyond):
            for sequence in range(max(first, number * CHUNK), (number + 1) * CHUNK):
                if self._beyond(sequence) != _UNKNOWN:
                    return first, sequence - 1
        return None

    def shown(self, sequence: int) -> bytes | bytearray:
        """The content that this sequence is known to have shown; zeros: none."""
        end = sequence * DIGEST_BYTES
        if end <= len(self.digests):
            return self.digests[end - DIGEST_BYTES : end]
        return self._beyond(sequence)

    def shown_from(self, sequence: int) -> Iterator[bytearray]:
        """The contents of all sequences from this one on."""
        for at in range((sequence - 1) * DIGEST_BYTES, len(self.digests), DIGEST_BYTES):
            yield self.digests[at : at + DIGEST_BYTES]
        first = max(sequence, self.contiguous + 1)
        for number, chunk in self.beyond.items():
            for place in range(max(0, first - number * CHUNK), CHUNK):
                digest = chunk[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
                if digest != _UNKNOWN:
                    yield digest

    def put(self, sequence: int, digest: bytes) -> None:
        """Notes what a sequence that was not known has shown."""
        if sequence == self.contiguous + 1:
            self._append(digest)
            return
        number, place = divmod(sequence, CHUNK)
        chunk = self.beyond.get(number)
        if chunk is None:
            chunk = self.beyond[number] = bytearray(CHUNK * DIGEST_BYTES)
        chunk[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES] = digest

    def cut(self, sequence: int) -> None:
        """Gives up what the sequences from this one on have shown."""
        del self.digests[(sequence - 1) * DIGEST_BYTES :]
        self.beyond = {}
        self.durable = min(self.durable, sequence - 1)
        self.rewound += 1

    def _append(self, digest: bytes | bytearray) -> None:
        """The next sequence, and with it what lay right beyond. A chunk goes when its last sequence is passed."""
        while digest != _UNKNOWN:
            self.digests += digest
            following = self.contiguous + 1
            if not following % CHUNK:
                self.beyond.pop(following // CHUNK - 1, None)
            digest = self._beyond(following)

    def _beyond(self, sequence: int) -> bytes | bytearray:
        number, place = divmod(sequence, CHUNK)
        chunk = self.beyond.get(number)
        return chunk[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES] if chunk else _UNKNOWN


class Seen:
    """The contents of one session. `judge` is called once for each line, in the order of arrival."""

    def __init__(self) -> None:
        self.locations: dict[str, SeenLocation] = {}  # by casefolded name
        self._sightings: dict[int, Sightings] = {}
        self._interned: dict[Sightings, Sightings] = {}
        self.gaps: list[Run] = []
        """Runs whose client is to be asked for what follows `contiguous`. The owner empties it."""

    def __len__(self) -> int:
        return len(self._sightings)

    def location(self, name: str) -> SeenLocation:
        folded = name.casefold()
        found = self.locations.get(folded)
        if found is None:
            found = self.locations[folded] = SeenLocation(len(self.locations), name)
        return found

    def first(self, digest: bytes) -> SeenLocation | None:
        """Where a content was first seen; None: nowhere. Rarely asked: it looks through the locations."""
        sightings = self._sightings.get(int.from_bytes(digest, "big"))
        return next(
            (each for each in self.locations.values() if sightings and each.index == sightings[0]), None
        )

    def new_run(self, location: SeenLocation) -> Run:
        """A numbering that is new here. The oldest that is not live makes room for it."""
        run = location.add_run()
        self._forget_oldest(location)
        return run

    def forget(self, run: Run) -> None:
        """Gives a numbering up for good: nobody comes back to it. What it has shown stays held."""
        if not run.forgotten:
            self._unsee_all(run)
            run.location.remove_run(run)
            run.forgotten = True

    def restart(self, run: Run) -> None:
        """The client's numbering is not what is held: nothing of it says anything any more, so it is asked for the
        whole, once a connection."""
        self._unsee_all(run)
        run.from_the_first()
        run.gap_asked = True
        if not run.restart_asked:
            run.restart_asked = True
            self._ask(run)

    def judge(self, run: Run, sequence: int, digest: bytes) -> int:
        """What this line is: 0, a resend or held already; k > 0, a read, the k-th of its content here; -k, the
        same, and the content is known from another location, too."""
        digests = run.digests
        if run.straight and sequence * DIGEST_BYTES == len(digests) + DIGEST_BYTES:
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
        """A read that the store holds, in the order of its offsets; `loaded` when all are in. A sequence of
        two reads tells of a rewind: what was loaded so far was another numbering."""
        digest = self.hold(run.location, key)
        if run.shown(sequence) != _UNKNOWN:
            self._unsee_all(run)
        run.put(sequence, digest)
        run.location.used(run)
        number = int.from_bytes(digest, "big")
        self._mark(run, number, self._sightings[number])

    def hold(self, location: SeenLocation, key: bytes) -> bytes:
        """A read that the store holds, whoever has shown it. Gives the digest of its content. What is held of a content
        is as many as there are: of those that were the first, second, ... some may have left."""
        digest, _ = location.parse_key(key)
        number = int.from_bytes(digest, "big")
        sightings = self._sightings.get(number, ())
        if _find(sightings, location.index) < 0:
            self._sightings[number] = self._intern((*sightings, location.index, 0))
        else:
            location.held[number] = location.held.get(number, 1) + 1
        return digest

    def release(self, location: SeenLocation, keys: Iterable[bytes]) -> list[Run]:
        """Nothing is held under these keys any more: who sends it again brings a read. Gives the numberings that have
        shown some of it all the same; they have shown nothing from now on, and are to be asked again."""
        held = [(int.from_bytes(location.parse_key(key)[0], "big")) for key in keys]
        runs = [run for run in location.runs if any(self._has_shown(run, number) for number in held)]
        for run in runs:
            self._unsee_all(run)
            run.from_the_first()
        for number in held:
            count = location.held.pop(number, 1) - 1
            if count > 1:
                location.held[number] = count
            elif not count:
                self._drop(location, number)
        return runs

    def _has_shown(self, run: Run, number: int) -> bool:
        sightings = self._sightings.get(number, ())
        at = _find(sightings, run.location.index)
        return at >= 0 and bool(sightings[at + 1] & run.bit)

    def _drop(self, location: SeenLocation, number: int) -> None:
        sightings = self._sightings.get(number, ())
        at = _find(sightings, location.index)
        if at < 0:
            return
        rest = (*sightings[:at], *sightings[at + 2 :])
        if rest:
            self._sightings[number] = self._intern(rest)
        else:
            del self._sightings[number]

    def load_beside(self, run: Run, sequence: int, digest: bytes) -> None:
        """A line that is no read and that the store holds, when all reads are in: it closes a gap, or says nothing."""
        if run.shown(sequence) == _UNKNOWN:
            self.load(run, sequence, run.location.key(digest, 1))

    def loaded(self) -> None:
        """What was loaded is durable, and no connection feeds it yet."""
        for location in self.locations.values():
            for run in location.runs:
                run.durable = run.contiguous
                run.live = False
            self._forget_oldest(location)

    def _place(self, run: Run, sequence: int, digest: bytes) -> bool:
        """Notes a line that does not simply follow the last one. False: a resend."""
        if run.straight:
            run.at = run.contiguous
        if sequence == 1:
            self._unsee_all(run)
            run.streak = 1
        elif not run.at <= sequence <= run.at + 1:
            run.streak = sequence
        run.at = sequence
        known = run.shown(sequence)
        if known != digest:
            if known != _UNKNOWN:
                self._conflict(run, sequence)
            run.put(sequence, digest)
            if sequence > run.contiguous and not run.gap_asked:
                run.gap_asked = True
                self._ask(run)
        run.straight = sequence == run.contiguous and not run.beyond
        return known != digest

    def _ask(self, run: Run) -> None:
        if run not in self.gaps:
            self.gaps.append(run)

    def _conflict(self, run: Run, sequence: int) -> None:
        """A sequence shows another content than before. In one go from the first, it is one that comes twice (two
        guns): the last one stands."""
        if run.streak == 1:
            self._unsee_from(run, sequence)
        else:
            self.restart(run)

    def _unsee_from(self, run: Run, sequence: int) -> None:
        """Each sequence is given up once for each time it came: no peer can make this dear."""
        without: dict[Sightings, Sightings] = {}
        for digest in run.shown_from(sequence):
            number = int.from_bytes(digest, "big")
            shown = run.twice.pop(number, 1) - 1
            if shown > 1:
                run.twice[number] = shown
            elif not shown:
                self._unmark(run, number, without)
        run.cut(sequence)

    def _unsee_all(self, run: Run) -> None:
        without: dict[Sightings, Sightings] = {}
        for digest in run.shown_from(1):
            self._unmark(run, int.from_bytes(digest, "big"), without)
        run.twice.clear()
        run.cut(1)

    def _unmark(self, run: Run, number: int, without: dict[Sightings, Sightings]) -> None:
        """`without`: sightings -> the same without this run, as far as met."""
        before = self._sightings[number]
        after = without.get(before)
        if after is None:
            at = _find(before, run.location.index)
            after = self._intern((*before[: at + 1], before[at + 1] & ~run.bit, *before[at + 2 :]))
            without[before] = after
        self._sightings[number] = after

    def _again(self, run: Run, number: int, sightings: Sightings) -> int:
        """A content seen before, by someone, somewhere."""
        location = run.location
        shown = self._mark(run, number, sightings)
        if _find(sightings, location.index) < 0:
            return -1
        if shown <= location.held.get(number, 1) or shown > EQUAL_MAX:
            return 0
        location.held[number] = shown
        return shown if sightings[0] == location.index else -shown

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
        shown = run.twice[number] = run.twice.get(number, 1) + 1
        return shown

    def _forget_oldest(self, location: SeenLocation) -> None:
        for run in [each for each in location.runs if not each.live]:
            if len(location.runs) <= RUNS_KEPT_MAX:
                break
            self.forget(run)

    def _intern(self, sightings: Sightings) -> Sightings:
        if len(self._interned) >= INTERNED_MAX:
            self._interned.clear()
        return self._interned.setdefault(sightings, sightings)


def _find(sightings: Sightings, index: int) -> int:
    """Where the pair of location `index` begins, or -1. Pairs, so every other entry."""
    for at in range(0, len(sightings), 2):
        if sightings[at] == index:
            return at
    return -1
