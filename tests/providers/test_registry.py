"""Every service by its kind, and none without what it needs."""

import pytest

from hub.errors import ProviderRefused
from hub.providers import registry

SAMPLE = "sample-4711"


@pytest.mark.parametrize("kind", registry.KINDS)
async def test_makes_each(kind: str) -> None:
    about = registry.KINDS[kind]
    assert about.kind == kind and about.name and about.calls_per_hour > 0
    assert len({field.name for field in about.fields}) == len(about.fields)
    provider = registry.make(kind, {field.name: SAMPLE for field in about.fields if field.required})
    assert provider.kind is about
    assert provider.calls_last_hour() == 0
    assert SAMPLE not in repr(provider)
    await provider.close()


@pytest.mark.parametrize("kind", registry.KINDS)
def test_says_what_is_missing(kind: str) -> None:
    needed = [field for field in registry.KINDS[kind].fields if field.required]
    with pytest.raises(ProviderRefused, match=f"{registry.KINDS[kind].name} needs: ") as caught:
        registry.make(kind, {needed[0].name: " "})
    assert all(field.label in str(caught.value) for field in needed)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ProviderRefused, match="no service 'fax'"):
        registry.make("fax", {})


def test_secrets_are_marked() -> None:
    for kind in registry.KINDS.values():
        assert any(field.secret for field in kind.fields), kind.name
