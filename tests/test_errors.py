"""The tree of errors: whose fault, and what is said of it."""

import re

import pytest

from hub import errors
from hub.errors import CallerError, ConfigError, HubError, Problem


def documented() -> dict[str, int | None]:
    """The names in the tree at the top of the module, with their HTTP status where one is said."""
    found = re.findall(r"^│?\s*[├└]── (\w+)\s+(\d{3})?", errors.__doc__ or "", re.MULTILINE)
    return {name: int(status) if status else None for name, status in found}


def classes() -> dict[str, type[HubError]]:
    return {
        name: each
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, HubError) and each is not HubError
    }


def test_the_tree_names_every_error_and_no_other() -> None:
    assert documented().keys() == classes().keys()


@pytest.mark.parametrize(("name", "status"), [(n, s) for n, s in documented().items() if s])
def test_the_tree_says_each_status(name: str, status: int) -> None:
    error = classes()[name]
    assert issubclass(error, CallerError)
    assert error.status == status
    assert re.fullmatch("[a-z_]+", error.code)


def test_each_code_is_of_one_error() -> None:
    callers = [each for each in classes().values() if issubclass(each, CallerError)]
    assert len({each.code for each in callers}) == len(callers)


def test_a_caller_error_names_its_field() -> None:
    error = errors.Invalid("bib: expected text", field="bib")
    assert (str(error), error.message, error.field) == ("bib: expected text", "bib: expected text", "bib")
    assert errors.NotFound("no such session").field is None


@pytest.mark.parametrize("error", [errors.StoreAway, errors.JournalDamaged, errors.NotOwner])
def test_store_errors_are_told_apart_and_caught_as_one(error: type[HubError]) -> None:
    with pytest.raises(errors.StoreError, match="why"):
        raise error("why")


def test_a_configuration_error_says_everything_at_once() -> None:
    problems = [
        Problem("config.toml", "web.port", "70000", "expected 1 to 65535"),
        Problem("", "server.name", "", "expected text"),
    ]
    error = ConfigError(problems)
    assert str(error) == "config.toml: web.port: 70000: expected 1 to 65535\nserver.name: expected text"
    assert error.problems == problems
