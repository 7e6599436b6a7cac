"""What a duplicate is, against a naive model: random clients, their streams cut and mixed in any way.

The model: a numbering shows a multiset of contents in each of its passes, from sequence 1 on; the session holds of
each content as many as the pass that has shown most. Every single verdict has to agree with it.
"""

from collections import Counter, defaultdict

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from hub.seen import Run, Seen, content_digest

NAMES = ("START", "FINISH")
CONTENTS = st.sampled_from("abcde")
ITEMS = st.lists(CONTENTS, min_size=3, max_size=8)
CLIENTS_MAX = 8


def digest(content: str) -> bytes:
    return content_digest(content, 0, "12000C", 1)


class Client:
    """One numbering of one location as the client has it. shown: sequences shown in the current pass. lossy: some
    of its lines cannot be read; it is never rewound to others, for of lines not seen nobody can tell which."""

    def __init__(self, name: str, items: list[str], run: Run, lossy: bool) -> None:
        self.name = name
        self.items = items
        self.run = run
        self.position = 0
        self.online = True
        self.shown: set[int] = set()
        self.given_up = 0
        self.passes = 1
        self.lossy = lossy

    def count(self, content: str) -> int:
        """How often it has shown a content in its current pass."""
        return sum(self.items[sequence - 1] == content for sequence in self.shown)


class Streams(RuleBasedStateMachine):
    clients = Bundle("clients")

    @initialize(target=clients, all_items=st.lists(ITEMS, min_size=3, max_size=3))
    def begin(self, all_items: list[list[str]]) -> MultipleResults[Client]:
        self.seen = Seen()
        self.everyone: list[Client] = []
        self.held: dict[str, Counter[str]] = defaultdict(Counter)
        self.first: dict[str, str] = {}  # content -> the location that had it first
        self.rows: list[tuple[Client, int, bytes]] = []  # what the store holds
        return multiple(*(self.add_client("FINISH", items) for items in all_items))

    # the model

    def send(self, client: Client, sequence: int) -> None:
        content = client.items[sequence - 1]
        verdict = self.seen.judge(client.run, sequence, digest(content))
        if sequence == 1:
            client.shown = set()
            client.given_up = client.run.rewound
        client.shown.add(sequence)
        held = self.held[client.name]
        count = client.count(content)
        if count <= held[content]:
            assert verdict == 0
            return
        if (
            client.run.rewound > client.given_up
        ):  # in the middle of the pass: it comes when all is shown again
            count = held[content] + 1
            if not verdict:
                return
        first = self.first.setdefault(content, client.name)
        assert verdict == (count if first == client.name else -count)
        assert count == held[content] + 1
        held[content] = count
        self.rows.append((client, sequence, client.run.location.key(digest(content), count)))

    def obey(self) -> None:
        """What a client is asked for, it sends."""
        for client in self.everyone:
            if client.run in self.seen.gaps and client.online:
                client.position = min(client.run.contiguous, len(client.items))
        self.seen.gaps.clear()

    def connect(self, client: Client) -> None:
        if client.run.forgotten:
            client.run = self.seen.new_run(self.seen.location(client.name))
            client.shown = set()
            client.given_up = client.run.rewound
        client.online = client.run.live = True
        client.run.connected()
        at = client.run.durable
        before = [bytes(client.run.shown(sequence)) for sequence in range(1, at + 1)]
        after = [digest(content) for content in client.items[:at]]
        client.position = max(0, at - 1)
        if len(after) < at:  # silent, and so asked from the beginning
            client.position = 0
        elif before[-1:] == after[-1:]:
            if sorted(before) == sorted(after):
                client.shown |= set(range(1, at + 1))
            else:  # rewound, and by chance the same comes after others: nobody can tell, so it is not done here
                client.position = 0

    # what clients do

    @precondition(lambda self: len(self.everyone) < CLIENTS_MAX)
    @rule(target=clients, name=st.sampled_from(NAMES), items=ITEMS)
    def new_client(self, name: str, items: list[str]) -> Client:
        return self.add_client(name, items)

    def add_client(self, name: str, items: list[str]) -> Client:
        client = Client(name, items, self.seen.new_run(self.seen.location(name)), len(self.everyone) % 3 == 2)
        self.everyone.append(client)
        return client

    @precondition(lambda self: len(self.everyone) < CLIENTS_MAX)
    @rule(target=clients, client=consumes(clients), gun_first=st.booleans())
    def restart_client(self, client: Client, gun_first: bool) -> Client:
        """The same reads under a new id, a gun moved to the front."""
        client.run.live = client.online = False
        items = client.items[-1:] + client.items[:-1] if gun_first else list(client.items)
        return self.add_client(client.name, items)

    @rule(client=clients, count=st.integers(1, 9))
    def stream(self, client: Client, count: int) -> None:
        if not client.online:
            self.connect(client)
        for _ in range(min(count, len(client.items) - client.position)):
            client.position += 1
            self.send(client, client.position)
        self.obey()

    @rule(client=clients, content=CONTENTS)
    def read(self, client: Client, content: str) -> None:
        client.items.append(content)

    @rule(client=clients, back=st.integers(1, 9))
    def resend(self, client: Client, back: int) -> None:
        client.position = max(0, client.position - back)

    @rule(client=clients, lost=st.integers(1, 3))
    def lose(self, client: Client, lost: int) -> None:
        """Lines that could not be read."""
        if client.lossy:
            client.position = min(len(client.items), client.position + lost)

    @rule(client=clients)
    def disconnect(self, client: Client) -> None:
        client.online = client.run.live = False

    @rule(client=clients, behind=st.integers(0, 3))
    def written(self, client: Client, behind: int) -> None:
        client.run.durable = max(client.run.durable, client.run.contiguous - behind)

    @rule(client=clients, items=ITEMS)
    def rewind(self, client: Client, items: list[str]) -> None:
        """With another filter: any other items, from the first."""
        if not client.lossy:
            self.renumber(client, items)
            client.position = 0

    @rule(
        client=clients,
        content=st.sampled_from(["", *"abcde"]),
        place=st.integers(0, 8),
        behind=st.integers(0, 3),
    )
    def shift_while_away(self, client: Client, content: str, place: int, behind: int) -> None:
        """The filter is changed while there is no connection; the client is asked to resume as if it were not."""
        client.run.durable = max(client.run.durable, client.run.contiguous - behind)
        items = list(client.items)
        if not content:
            del items[place : place + 1]
        else:
            items.insert(place, content)
        if not client.lossy:
            self.renumber(client, items)
            self.connect(client)

    def renumber(self, client: Client, items: list[str]) -> None:
        client.items = items
        client.shown = set()
        client.passes += 1

    # what the hub does

    @rule()
    def restart_hub(self) -> None:
        """All memory is gone but what the store holds. A client that had been rewound begins under a new id: its
        passes cannot always be told apart from what is stored."""
        self.seen = Seen()
        for client in self.everyone:
            client.online = False
            client.run = self.seen.new_run(self.seen.location(client.name))
            client.shown = set()
            client.given_up = 0
        for client, sequence, key in self.rows:
            if client.passes == 1:
                self.seen.load(client.run, sequence, key)
                client.shown.add(sequence)
            else:
                self.seen.hold(client.run.location, key)
        self.seen.loaded()

    @invariant()
    def keys_are_unique(self) -> None:
        if hasattr(self, "rows"):
            assert len({(client.name, key) for client, _, key in self.rows}) == len(self.rows)

    def teardown(self) -> None:
        """In the end everybody has shown everything: nothing is missing."""
        for client in self.everyone if hasattr(self, "everyone") else []:
            client.run.live = False
            self.connect(client)
            for _ in range(2):  # the second time because of what is asked for
                self.stream(client, len(client.items))
            for content, count in Counter(client.items).items():
                assert self.held[client.name][content] >= count


TestStreams = Streams.TestCase
TestStreams.settings = settings(
    max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
