"""What handlers share."""

from hub.web.state import STARTING, Condition


def test_nothing_is_ready_or_wrong_until_somebody_says_so() -> None:
    condition = Condition()
    assert condition.not_ready == STARTING
    problems = (condition.journal_problem, condition.database_problem, condition.warning)
    assert [problem() for problem in problems] == ["", "", ""]
    assert condition.journal_pending() == condition.connections() == 0
