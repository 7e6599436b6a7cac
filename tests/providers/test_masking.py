"""What is said is said without secrets, whatever form they have taken on."""

import base64
from urllib.parse import quote, quote_plus

import pytest

from hub.providers.masking import Mask

SECRET = "pa ss/w+örd&4711"


@pytest.mark.parametrize(
    "form",
    [SECRET, quote(SECRET, safe=""), quote_plus(SECRET), base64.b64encode(SECRET.encode()).decode()],
)
def test_hides_a_value_in_all_its_forms(form: str) -> None:
    assert Mask([SECRET]).hide(f"before {form} after") == "before *** after"


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/Rest?api_key=K0K0K0&api_secret=S0S0S0&format=json",
        '{"user_pass": "S0S0S0", "API_KEY":"K0K0K0"}',
        "Authorization: Bearer S0S0S0",
        "Authorization: Basic K0K0K0",
        "authorization=S0S0S0",
        "X-RSU-API-SECRET: S0S0S0",
        "client_secret=S0S0S0, token=K0K0K0",
    ],
)
def test_hides_by_name_what_it_has_never_seen(text: str) -> None:
    hidden = Mask().hide(text)
    assert "S0S0S0" not in hidden and "K0K0K0" not in hidden and "***" in hidden


def test_leaves_the_rest_alone() -> None:
    text = "race/4321/participants: event_id is required, page=2"
    assert Mask([SECRET, "", "ab"]).hide(text) == text


def test_learns_tokens_and_tells_nothing_itself() -> None:
    mask = Mask()
    mask.add("tok-12345")
    assert mask.hide("tok-12345") == "***" and "tok-12345" not in repr(mask)
