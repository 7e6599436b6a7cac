"""Work pages as they leave the hub: who gets which, and what each offers to whom."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER
from hub.errors import StoreAway
from hub.store.web_users import WebUsers
from hub.web.state import QUERIES
from tests.postgres import fresh_database
from tests.signing import browser, make_user
from tests.web.teamed import MACHINE, Teamed, teamed

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/templates", "/users", "/settings", "/sessions/{}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def team(postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Teamed]:
    async with fresh_database(postgres_dsn) as dsn, teamed(dsn, tmp_path_factory.mktemp("pages")) as made:
        yield made


async def page_of(team: Teamed, who: str, path: str) -> tuple[int, str, str]:
    """Status, where it leads, and the page."""
    headers = {"Accept": "text/html"} | ({"Authorization": f"Bearer {team.tokens[who]}"} if who else {})
    async with team.hub.anybody.get(path, headers=headers, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


def nav(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', page.partition("<nav")[2].partition("</nav>")[0])


@pytest.mark.parametrize("path", PAGES)
async def test_who_is_not_signed_in_is_led_to_the_login_and_back(team: Teamed, path: str) -> None:
    asked = path.format(team.hub.session_id) + "?a=1"
    status, led_to, _ = await page_of(team, "", asked)
    assert (status, led_to) == (303, "/login?to=" + asked.replace("=", "%3D"))


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        (VIEWER, ["/", "/displays", "/templates", "/settings"]),
        (ANNOUNCER, ["/", "/displays", "/templates", "/settings"]),
        (OPERATOR, ["/", "/displays", "/templates", "/settings"]),
        (OWNER, ["/", "/displays", "/templates", "/users", "/settings"]),
        (ADMIN, ["/", "/displays", "/templates", "/users", "/settings"]),
        (MACHINE, ["/", "/displays", "/templates", "/users", "/settings"]),
    ],
)
async def test_each_role_is_offered_what_it_may_open(team: Teamed, who: str, pages: list[str]) -> None:
    status, _, page = await page_of(team, who, "/settings")
    assert (status, nav(page)) == (200, pages)
    for path in PAGES:
        status, _, _ = await page_of(team, who, path.format(team.hub.session_id))
        assert status == (200 if path in pages or "{}" in path else 403), path


async def test_forms_are_for_those_who_may_send_them(team: Teamed) -> None:
    session = f"/sessions/{team.hub.session_id}"
    for who, path, form, there in (
        (VIEWER, "/", 'id="session-form"', False),
        (OPERATOR, "/", 'id="session-form"', True),
        (ANNOUNCER, session, 'id="delete-form"', False),
        (OPERATOR, session, 'id="delete-form"', True),
        (VIEWER, session, 'href="/announcer/', False),
        (ANNOUNCER, session, 'href="/announcer/', True),
        (ANNOUNCER, session.replace("sessions", "announcer"), 'id="hero"', True),
        (OWNER, "/users", 'id="partners"', False),
        (ADMIN, "/users", 'id="partners"', True),
        (VIEWER, "/templates/Finish", 'id="save"', False),
        (OPERATOR, "/templates/Finish", 'id="save"', True),
    ):
        status, _, page = await page_of(team, who, path)
        assert status == 200 and (form in page) == there, (who, path)


async def test_a_session_that_is_not_there_is_no_page(team: Teamed) -> None:
    for who, number in (("there.owner", team.hub.session_id), (OWNER, 4711)):
        status, _, page = await page_of(team, who, f"/sessions/{number}")
        assert status == 404 and f"There is no session {number}." in page
    assert (await page_of(team, OWNER, "/sessions/x"))[0] == 400


async def test_the_builder_has_a_page_for_any_name_that_a_template_may_have(team: Teamed) -> None:
    status, _, page = await page_of(team, OPERATOR, "/templates/Finish%20%3Cleft%3E")
    assert status == 200 and 'data-template="Finish &lt;left&gt;"' in page
    assert (await page_of(team, OPERATOR, f"/templates/{'x' * 101}"))[0] == 400


async def test_the_login_is_for_those_who_are_not_signed_in(team: Teamed) -> None:
    email = f"back{team.hub.session_id}@race.example"
    await make_user(team.hub, email)
    async with browser(team.hub) as visitor:
        async with visitor.http.get("/login") as response:
            page = await response.text()
            assert response.status == 200 and 'id="login"' in page and "no admin yet" not in page
        assert (await visitor.login(email))[0] == 200
        async with visitor.http.get("/login", allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/")
        async with visitor.http.get("/join") as response:
            assert response.status == 200, "a link may be somebody else's"


async def test_before_there_is_a_user_the_login_says_where_the_link_is(
    team: Teamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_: Any) -> bool:
        return False

    monkeypatch.setattr(WebUsers, "has_admin", nobody)
    _, _, page = await page_of(team, "", "/login")
    assert "no admin yet" in page and "<b>first user</b>" in page and 'id="login"' in page


async def test_while_the_database_is_away_there_is_a_login(
    team: Teamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> bool:
        raise StoreAway("PostgreSQL does not answer")

    monkeypatch.setattr(WebUsers, "has_admin", away)
    status, _, page = await page_of(team, "", "/login")
    assert status == 200 and 'id="login"' in page
    monkeypatch.setattr(type(team.hub.app._application[QUERIES]), "sessions", away)
    status, _, page = await page_of(team, MACHINE, f"/sessions/{team.hub.session_id}")
    assert status == 503 and "getting ready" in page
