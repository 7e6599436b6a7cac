"""`racehub partner` and `racehub user`: who is there, without a page. Knows words; the work is elsewhere."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from hub import account_names, commands_people, logs
from hub.account_lines import UserLine
from hub.accounts import ADMIN, ROLES
from hub.cli_common import ConfigOption, run, say, settings_of, warn
from hub.commands_people import NewUser
from hub.config import Settings
from hub.errors import ConfigError, Invalid, Problem
from hub.tokens import new_password

PARTNER_ROLES: Final = tuple(role for role in ROLES if role != ADMIN)

_READERS_HINT: Final = (
    "with several partners, a reader says whose it is by its session's stream key as its event name, by a stream"
    " password (listeners[].auth), or by a port of the partner's own (listeners[].partner); else it waits in an inbox"
)

partner = typer.Typer(no_args_is_help=True, help="Timing companies: the partners of this server.")
user = typer.Typer(no_args_is_help=True, help="Who may sign in.")

Email = Annotated[str, typer.Argument(help="The e-mail address with which the user signs in.")]


@partner.command("add")
def partner_add(
    name: Annotated[str, typer.Argument(help="What the partner is called.")],
    slug: Annotated[
        str | None, typer.Option(help="The short name, in configurations. Without it: made of the name.")
    ] = None,
    config_file: ConfigOption = None,
) -> None:
    """Adds a partner, who has no sessions, displays and users yet."""
    settings = _begin(config_file)
    with _words("NAME", name):
        name = account_names.name(name, least=1)
    if slug is not None:
        with _words("--slug", slug):
            account_names.slug(slug)
    made = run(commands_people.add_partner(settings, name, slug))
    say(f"partner {made.slug}: {made.name}")
    warn(_READERS_HINT)


@partner.command("list")
def partner_list(config_file: ConfigOption = None) -> None:
    """Lists the partners, with how many users and sessions each has."""
    found = run(commands_people.list_partners(_begin(config_file)))
    rows = [
        (each.slug, each.name, str(each.users), f"{each.sessions} ({each.active} active)") for each in found
    ]
    _say_table(("SLUG", "NAME", "USERS", "SESSIONS"), rows)


@user.command("add")
def user_add(
    email: Email,
    partner_slug: Annotated[str | None, typer.Option("--partner", help="Whose user: a slug.")] = None,
    role: Annotated[str | None, typer.Option(help=f"One of {', '.join(PARTNER_ROLES)}.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Of the server itself, and of no partner.")] = False,
    name: Annotated[str, typer.Option(help="What the user is called.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password: one line. Without it one is made.")
    ] = False,
    config_file: ConfigOption = None,
) -> None:
    """Adds a user, who can sign in at once. A password that was made is printed, this once."""
    settings = _begin(config_file)
    with _words("EMAIL", email):
        email = account_names.email(email)
    with _words("--name", name):
        name = account_names.name(name)
    role = _role(role, partner_slug, admin)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else new_password()
    run(commands_people.add_user(settings, NewUser(email, name, role, partner_slug, password)))
    say(f"user {email}: {role}{f' of {partner_slug}' if partner_slug else ''}")
    if not password_stdin:
        say(f"password: {password}")


@user.command("list")
def user_list(config_file: ConfigOption = None) -> None:
    """Lists all users of all partners."""
    found = run(commands_people.list_users(_begin(config_file)))
    rows = [
        (each.email, each.name, each.role, each.partner.slug if each.partner else "", _state(each))
        for each in found
    ]
    _say_table(("EMAIL", "NAME", "ROLE", "PARTNER", "STATE"), rows)


@user.command("reset")
def user_reset(email: Email, config_file: ConfigOption = None) -> None:
    """Ends a user's password, sign-ins and tokens, and prints the link for another password."""
    settings = _begin(config_file)
    link = run(commands_people.reset_user(settings, _known(email)))
    say(link.text)
    say(f"good until {_minute(link.expires_at)} UTC, once")


@user.command("disable")
def user_disable(email: Email, config_file: ConfigOption = None) -> None:
    """Ends all sign-ins of a user, who cannot sign in until enabled again."""
    run(commands_people.set_disabled(_begin(config_file), _known(email), True))
    say(f"user {_known(email)}: disabled")


@user.command("enable")
def user_enable(email: Email, config_file: ConfigOption = None) -> None:
    """Lets a user who was disabled sign in again."""
    run(commands_people.set_disabled(_begin(config_file), _known(email), False))
    say(f"user {_known(email)}: enabled")


def _begin(config_file: Path | None) -> Settings:
    settings = settings_of(config_file)
    logs.set_up(settings)
    return settings


@contextmanager
def _words(path: str, value: str) -> Iterator[None]:
    """What is wrong with a word is wrong with the command line. Raises ConfigError."""
    try:
        yield
    except Invalid as problem:
        expected = problem.message.removeprefix(f"{problem.field}: ")
        raise ConfigError([Problem(path, "", value, expected)]) from problem


def _role(role: str | None, partner_slug: str | None, admin: bool) -> str:
    """Raises ConfigError."""
    if admin and role is None and partner_slug is None:
        return ADMIN
    if admin or role is None or partner_slug is None:
        raise ConfigError(
            [Problem("racehub user add", "", "", "expected --partner and --role, or --admin alone")]
        )
    if role not in PARTNER_ROLES:
        raise ConfigError([Problem("--role", "", role, f"expected one of {', '.join(PARTNER_ROLES)}")])
    return role


def _known(email: str) -> str:
    """As it is kept. Raises ConfigError."""
    with _words("EMAIL", email):
        return account_names.email(email)


def _state(each: UserLine) -> str:
    if each.disabled:
        return "disabled"
    if each.waiting:
        return "waits for a password"
    return f"seen {_minute(each.last_seen_at)}" if each.last_seen_at else "never seen"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _say_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
