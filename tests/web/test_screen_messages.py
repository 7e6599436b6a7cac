"""What screens may say, and nothing else."""

import msgspec
import pytest

from hub.model import INT64_MAX
from hub.web.screen_messages import LAYOUT_CHARS_MAX, SIZE_PX_MAX, Pong, ScreenState, Shown, parse


def test_what_a_screen_may_say() -> None:
    assert parse('{"type":"shown","offset":7,"ms":12.5}') == [Shown(7, 12.5)]
    left = '{"type":"shown","offset":7,"ms":12.5,"for_ms":3000,"layout":"columns"}'
    assert parse(left) == [Shown(7, 12.5, 3000, "columns")]
    assert parse('{"type":"pong"}') == [Pong()]
    assert parse('{"type":"pong","at":"2026-01-01T00:00:00Z"}') == [Pong("2026-01-01T00:00:00Z")]
    state = '{"type":"state","size":[1920,1080],"visible":true,"version":"1"}'
    assert parse(state) == [ScreenState((1920, 1080), True, "1")]
    assert parse(f'{state[:-1]},"shows":"gun"}}') == [ScreenState((1920, 1080), True, "1", "gun")]


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
        '{"type":"shown","offset":1,"ms":1,"for_ms":-1}',
        f'{{"type":"shown","offset":1,"ms":1,"layout":"{"x" * (LAYOUT_CHARS_MAX + 1)}"}}',
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
