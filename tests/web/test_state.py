"""What handlers share."""

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from hub.config import Limits, Settings
from hub.config_live import Current
from hub.web.state import SETTINGS, STARTING, Condition, settings


def test_nothing_is_ready_or_wrong_until_somebody_says_so() -> None:
    condition = Condition()
    assert condition.not_ready == STARTING
    problems = (condition.journal_problem, condition.database_problem, condition.warning)
    assert [problem() for problem in problems] == ["", "", ""]
    assert condition.journal_pending() == condition.connections() == 0
    assert condition.restart_needed == []


def test_settings_are_those_of_now() -> None:
    app = web.Application()
    app[SETTINGS] = current = Current(Settings())
    app.freeze()
    request = make_mocked_request("GET", "/", app=app)
    assert settings(request).limits.late_s == 120
    current.now = Settings(limits=Limits(late_s=1))
    assert settings(request).limits.late_s == 1
