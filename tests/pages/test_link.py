"""How soon a screen comes back, by the reason for which the hub has ended its line."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMES_BACK: Final = """async code => {
  const { makeLink } = await import("/static/display-link.js");
  const real = { WebSocket: window.WebSocket, setTimeout: window.setTimeout }, sockets = [], waits = [];
  window.WebSocket = class { constructor() { sockets.push(this); } close() {} };
  window.setTimeout = (action, ms) => waits.push({ action, ms });
  try {
    makeLink({ address: () => "ws://hub.test/", onFrame() {}, onLost() {}, clock: () => 0 }).open();
    sockets[0].onclose({ code });
    waits[0].action();
    return [waits[0].ms, sockets.length];
  } finally {
    Object.assign(window, real);
  }
}"""


@pytest.mark.parametrize(
    ("code", "least_ms", "most_ms"),
    [
        (4101, 250, 500),
        (4102, 250, 500),
        (4103, 5000, 10_000),  # there will be no room at once
        (4104, 0, 300),
        (1006, 250, 500),
    ],
)
async def test_comes_back(modules: Page, code: int, least_ms: int, most_ms: int) -> None:
    found: list[Any] = await modules.evaluate(COMES_BACK, code)
    assert least_ms <= found[0] <= most_ms and found[1] == 2
