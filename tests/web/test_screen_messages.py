"""What screens may say, and nothing else."""

import msgspec
import pytest

from hub.model import INT64_MAX
from hub.web.screen_messages import SIZE_PX_MAX, Pong, Report, ScreenState, Shown, ShownRead, parse


def test_what_a_screen_may_say() -> None:
    assert parse('{"type":"shown","offset":7,"ms":12.5}') == [Shown(7, 12.5)]
    left = '{"type":"shown","offset":7,"ms":12.5,"for_ms":3000,"layout":"columns"}'
    assert parse(left) == [Shown(7, 12.5, 3000, "columns")]
    assert parse('{"type":"pong"}') == [Pong()]
    assert parse('{"type":"pong","at":"2026-01-01T00:00:00Z"}') == [Pong("2026-01-01T00:00:00Z")]
    state = '{"type":"state","size":[1920,1080],"visible":true,"version":"1"}'
    assert parse(state) == [ScreenState((1920, 1080), True, "1")]
    assert parse(f'{state[:-1]},"shows":"gun"}}') == [ScreenState((1920, 1080), True, "1", "gun")]


def test_what_a_wall_has_shown() -> None:
    """When it is painted, when it has left, or several at once."""
    told = parse(
        '{"type":"shown","offset":7,"ms":12}\n{"type":"shown","offset":7,"ms":12,"for_ms":8000,"layout":"rows"}\n'
        '{"type":"shown","shown":[{"offset":8,"ms":3,"waited":true},'
        '{"offset":9,"ms":0,"for_ms":10.5,"layout":"NO <word>"}]}'
    )
    assert [list(each.reports()) for each in told if isinstance(each, Shown)] == [
        [Report(7, 12.0, None, "")],
        [Report(7, 12.0, 8000.0, "rows")],
        [Report(8, 3.0, None, "", waited=True), Report(9, 0.0, 10.5, "")],
    ]
    assert parse('{"type":"shown","shown":[]}') == [Shown(shown=[])]
    assert parse('{"type":"shown","shown":[{"offset":1,"ms":2,"x":3}]}') == [Shown(shown=[ShownRead(1, 2.0)])]


def test_a_frame_holds_one_message_a_line() -> None:
    assert parse('{"type":"pong"}\n{"type":"pong","at":1.5}') == [Pong(), Pong(1.5)]
    assert parse(' {"type":"pong"}\r') == [Pong()]


def test_what_a_later_page_says_beside_it_is_passed_over() -> None:
    assert parse('{"type":"pong","more":[{"any":["thing"]}]}') == [Pong()]


def test_the_largest_numbers() -> None:
    assert parse(f'{{"type":"shown","offset":{INT64_MAX},"ms":0}}') == [Shown(INT64_MAX, 0.0)]
    size = f'"size":[{SIZE_PX_MAX},0]'
    assert parse(f'{{"type":"state",{size},"visible":false,"version":""}}') == [
        ScreenState((SIZE_PX_MAX, 0), False, "")
    ]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "junk",
        "[]",
        "null",
        '{"type":"pong"}\n',
        '{"type":"dance"}',
        '{"offset":1,"ms":2}',
        '{"type":"shown","offset":"1","ms":2}',
        '{"type":"shown","offset":-1,"ms":2}',
        f'{{"type":"shown","offset":{INT64_MAX + 1},"ms":2}}',
        f'{{"type":"shown","offset":{"9" * 4000},"ms":2}}',
        '{"type":"shown","offset":1,"ms":1e400}',
        '{"type":"shown","offset":1,"ms":NaN}',
        '{"type":"shown"}',
        '{"type":"shown","offset":1}',
        '{"type":"shown","ms":1,"for_ms":1}',
        '{"type":"shown","shown":[{"offset":1}]}',
        '{"type":"shown","shown":[{"offset":-1,"ms":1}]}',
        '{"type":"shown","offset":1,"ms":1,"for_ms":"long"}',
        '{"type":"shown","offset":1,"ms":1,"layout":7}',
        f'{{"type":"state","size":[1,{SIZE_PX_MAX + 1}],"visible":true,"version":"1"}}',
        '{"type":"pong","at":"\\ud800"}',
        '{"type":"pong","at":"\ud800"}',
        '{"type":"pong","x":' + "[" * 4000,
        '{"type":"pong","x":' + '{"":' * 1500 + "1" + "}" * 1500 + "}",
    ],
)
def test_everything_else_is_refused_in_one_way(frame: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse(frame)
