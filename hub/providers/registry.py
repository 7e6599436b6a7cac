"""Which services there are. Knows their modules; refuses to know anything about them."""

from collections.abc import Callable, Mapping
from typing import Final

from hub.errors import ProviderRefused
from hub.providers import chronotrack_live, haku, lets_do_this, race_roster, runsignup
from hub.providers.budget import Budget
from hub.providers.calls import Patience
from hub.providers.words import Credentials, Kind, Provider

_MAKERS: Final[dict[str, Callable[..., Provider]]] = {
    chronotrack_live.KIND.kind: chronotrack_live.ChronoTrackLive,
    runsignup.KIND.kind: runsignup.RunSignUp,
    race_roster.KIND.kind: race_roster.RaceRoster,
    haku.KIND.kind: haku.Haku,
    lets_do_this.KIND.kind: lets_do_this.LetsDoThis,
}
KINDS: Final[dict[str, Kind]] = {
    each.kind: each
    for each in (chronotrack_live.KIND, runsignup.KIND, race_roster.KIND, haku.KIND, lets_do_this.KIND)
}
"""By their names in the tables, those that were tried first."""


def make(
    kind: str,
    credentials: Credentials,
    bases: Mapping[str, str] | None = None,
    *,
    budget: Budget | None = None,
    patience: Patience | None = None,
) -> Provider:
    """One account. `bases`: by kind, another address for the service, for tests: it may be http. `budget`: that of the
    account, where more than one asks in its name. Raises ProviderRefused for a kind or with words that are missing.
    """
    if kind not in KINDS:
        raise ProviderRefused(f"The hub knows no service {kind!r}.")
    lacking = [
        each.label
        for each in KINDS[kind].fields
        if each.required and not credentials.get(each.name, "").strip()
    ]
    if lacking:
        raise ProviderRefused(f"{KINDS[kind].name} needs: {', '.join(lacking)}.")
    words = {name: value.strip() for name, value in credentials.items()}
    return _MAKERS[kind](words, base=(bases or {}).get(kind), budget=budget, patience=patience)
