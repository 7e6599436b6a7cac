"""What can go wrong, sorted by whose fault it is. Knows no cause: nothing here imports anything of the hub.

HubError
├── PeerError          a reader or a screen sent what it may not send
├── CallerError        an HTTP caller asked for what cannot be given (has a status and a code)
│   ├── Invalid            400  the request's words are off; `field` names which
│   ├── Unauthorized       401  no token, or a wrong one
│   ├── Forbidden          403  another site's page asks in the name of its visitor
│   ├── NotFound           404
│   ├── TooSlow            408  what was begun did not come in time
│   ├── Conflict           409  what there is stands against it
│   ├── TooLarge           413
│   ├── Unsupported        415  a body of a kind that the address does not take
│   ├── ServiceRefused     422  a registration service does not accept what it was shown
│   ├── TooMany            429  this address has tried too often; `retry_s` says for how long
│   ├── ServiceAway        502  a registration service does not answer as it should
│   └── Unavailable        503  the hub cannot answer now, and says why
├── ConfigError        config.toml, its environment overrides, or a command line (has all problems at once)
├── StoreError         the journal, PostgreSQL or the disk
│   ├── StoreAway          connection lost, refused or timed out: worth trying again
│   ├── JournalDamaged      the next start sets it aside, and uses what can be read of it
│   └── NotOwner           another hub owns this data directory or database
├── ProviderError      a registration service
│   ├── ProviderRefused     the credentials or the event are wrong: nothing is asked again before somebody changes them
│   └── ProviderAway        it does not answer as it should: later it may
└── FileFormatError    a file a user gave (controller file, roster) is not what it should be
"""

from dataclasses import dataclass


class HubError(Exception):
    """The root. Its text is written for the person who has to act on it."""


class PeerError(HubError):
    """A reader or a screen sent what it may not send."""


class CallerError(HubError):
    """An HTTP caller's fault, or what the caller has to be told. `field` names the offending input."""

    status = 400
    code = "bad_request"
    retry_s = 0
    """Seconds after which another try makes sense; 0: nothing is said of it."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(CallerError):
    code = "invalid"


class Unauthorized(CallerError):
    status = 401
    code = "unauthorized"


class Forbidden(CallerError):
    status = 403
    code = "forbidden"


class NotFound(CallerError):
    status = 404
    code = "not_found"


class TooSlow(CallerError):
    status = 408
    code = "too_slow"


class Conflict(CallerError):
    status = 409
    code = "conflict"


class TooLarge(CallerError):
    status = 413
    code = "too_large"


class Unsupported(CallerError):
    status = 415
    code = "unsupported"


class ServiceRefused(CallerError):
    """In the service's own words."""

    status = 422
    code = "service_refused"


class ServiceAway(CallerError):
    status = 502
    code = "service_away"


class TooMany(CallerError):
    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_s: int) -> None:
        super().__init__(message)
        self.retry_s = retry_s


class Unavailable(CallerError):
    status = 503
    code = "unavailable"
    retry_s = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration: `source: path: value: expected` on one line."""

    source: str
    path: str
    value: str
    expected: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.path, self.value, self.expected) if part)


class ConfigError(HubError):
    """Everything wrong with the configuration, one Problem each, in the order of the file."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class StoreError(HubError):
    """The journal, PostgreSQL or the disk did not do what was asked."""


class StoreAway(StoreError):
    """No answer, or the connection is gone: trying again is right."""


class JournalDamaged(StoreError):
    """The journal is not what was written into it. The next start sets it aside, and uses what can be read of it."""


class NotOwner(StoreError):
    """Another hub owns this data directory or database. The text says who."""


class ProviderError(HubError):
    """What a registration service has answered, or has not."""


class ProviderRefused(ProviderError):
    """Wrong credentials, an event that is not theirs: asking again makes it no better."""


class ProviderAway(ProviderError):
    """It does not answer, or not as it should. `retry_after_s`: when it wants to be asked again, if it has said so."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class FileFormatError(HubError):
    """A file that a user gave cannot be read. The text names the file, the line and what was expected."""
