"""The one shape of an error."""

import json

from aiohttp import web

from hub.web import refusals
from hub.web.headers import HEADERS


def test_the_shape() -> None:
    assert json.loads(refusals.shaped("x", "y")) == {"error": {"code": "x", "message": "y"}}
    assert json.loads(refusals.shaped("x", "y", "z"))["error"]["field"] == "z"
    assert refusals.shaped("x", "\udcff").isascii(), "bytes that are no UTF-8 can be said, too"


def test_an_answer_to_what_nobody_could_read() -> None:
    response = refusals.answer(400, "What?")
    assert response.keep_alive is False and response.content_type == "application/json"
    assert HEADERS.items() <= dict(response.headers).items()
    assert json.loads(response.text or "")["error"] == {"code": "bad_request", "message": "What?"}


def test_an_answer_as_bytes() -> None:
    head, _, body = refusals.raw(408, "too_slow", "Too late.").partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    assert status == "HTTP/1.1 408 Request Timeout"
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers["Content-Length"] == str(len(body)) and headers["Connection"] == "close"
    assert HEADERS.items() <= headers.items()
    assert json.loads(body) == {"error": {"code": "too_slow", "message": "Too late."}}


def test_what_aiohttp_refuses() -> None:
    assert refusals.words_of(web.HTTPNotFound()) == ("not_found", "There is nothing at this address.")
    assert refusals.words_of(web.HTTPRequestEntityTooLarge(1))[0] == "too_large"
    assert refusals.words_of(web.HTTPUnprocessableEntity())[0] == "unprocessable_entity"
