"""What is asked of registration services, and who answers."""

import inspect

import pytest

from hub.provider_accounts import ProviderAccounts
from hub.provider_links import ProviderLinks
from hub.web import services
from tests.fuzz import changes


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (services.Accounts, ProviderAccounts),
        (services.Accounts, changes.Accounts),
        (services.Links, ProviderLinks),
        (services.Links, changes.Links),
    ],
)
def test_all_that_is_asked_is_answered(asked: type, answers: type) -> None:
    for name, function in inspect.getmembers(asked, inspect.isfunction):
        if not name.startswith("_"):
            theirs = inspect.signature(getattr(answers, name))
            assert list(theirs.parameters) == list(inspect.signature(function).parameters)
