"""The Schwab simulator: from an authorization URL to a token, with schwab-py's own functions."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import schwab.auth

from tests.simulators.schwab import SentTo
from tests.simulators.schwab_clients import (
    APP_KEY,
    APP_SECRET,
    CALLBACK,
    OAuth2Client,
    OAuthError,
    World,
    opened,
)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
def led(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """schwab-py's own functions ask the simulator; they leave their session open, so it is closed.

    Neither the endpoint nor the session can be given to `client_from_received_url`.
    """
    sessions: list[OAuth2Client] = []

    class Watched(OAuth2Client):  # type: ignore[misc] # authlib has no types
        def __init__(self, *args: Any, **fields: Any) -> None:
            super().__init__(*args, **fields)
            sessions.append(self)

    monkeypatch.setattr(schwab.auth, "OAuth2Client", Watched)
    monkeypatch.setattr(schwab.auth, "TOKEN_ENDPOINT", f"{world.sim.url}/v1/oauth/token")
    yield
    for session in sessions:
        session.close()


def sent_back(world: World, state: str = "state-1", **decision: Any) -> str:
    """Where the person's browser ends that came with schwab-py's URL."""
    context = schwab.auth.get_auth_context(APP_KEY, CALLBACK, state)
    return world.sim.decide(context.authorization_url, world.person, **decision)


async def received(context: schwab.auth.AuthContext, address: str) -> dict[str, Any]:
    """What `client_from_received_url`, which blocks, gives its writer; its client is closed."""
    written: list[dict[str, Any]] = []

    def ask() -> Any:
        return schwab.auth.client_from_received_url(
            APP_KEY, APP_SECRET, context, address, written.append, asyncio=True
        )

    client = await asyncio.to_thread(ask)
    await client.close_async_session()
    (one,) = written
    return one


async def ask(world: World, **form: str) -> httpx.Response:
    """The token endpoint, as the app."""
    auth = httpx.BasicAuth(form.pop("key", APP_KEY), form.pop("secret", APP_SECRET))
    async with httpx.AsyncClient(transport=SentTo(world.sim.url)) as client:
        return await client.post(schwab.auth.TOKEN_ENDPOINT, data=form, auth=auth)


async def redeem(world: World, address: str, **changes: str) -> httpx.Response:
    """The code of that address."""
    (code,) = parse_qs(urlsplit(address).query)["code"]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return await ask(world, **{**fields, **changes})


async def test_schwab_py_makes_a_client_of_the_address_that_the_browser_came_back_with(
    world: World, led: None
) -> None:
    context = schwab.auth.get_auth_context(APP_KEY, CALLBACK)
    address = world.sim.decide(context.authorization_url, world.person)

    written = await received(context, address)
    again = world.client_with(written["token"])
    numbers = (await again.get_account_numbers()).json()

    assert address.startswith(f"{CALLBACK}?code=C0.")
    assert "%40&session=" in address
    assert address.endswith(f"&state={context.state}")
    assert written["token"].keys() == {
        "expires_in", "token_type", "scope", "refresh_token", "access_token", "id_token",
        "expires_at",
    }  # fmt: skip
    assert numbers == [{"accountNumber": "11112222", "hashValue": world.account.hash}]


async def test_another_state_is_refused_by_the_client_before_it_asks_for_a_token(
    world: World, led: None
) -> None:
    context = schwab.auth.get_auth_context(APP_KEY, CALLBACK, "mine")
    address = sent_back(world, "another's")

    with pytest.raises(Exception, match="mismatching_state"):
        await received(context, address)

    assert world.sim.tokens_asked == 0


async def test_an_address_without_a_code_makes_schwab_py_ask_for_a_token_of_the_app_alone(
    world: World, led: None
) -> None:
    """A person who declined: the client that comes out sees nobody's accounts, only the market."""
    context = schwab.auth.get_auth_context(APP_KEY, CALLBACK, "mine")
    address = sent_back(world, "mine", agrees=False)

    written = await received(context, address)
    of_app = world.client_with(written["token"])
    accounts = await of_app.get_account_numbers()
    quotes = await of_app.get_quotes(["AAPL"])

    assert address == f"{CALLBACK}?error=access_denied&state=mine"
    assert b"grant_type=client_credentials" in world.sim.received[0].body
    assert "refresh_token" not in written["token"]
    assert accounts.status_code == 401
    assert quotes.json()["AAPL"]["quote"]["askPrice"] == 190.0


async def test_the_person_signs_in_ticks_accounts_and_is_sent_back(world: World) -> None:
    boris = world.sim.add_person("boris", ["33334444", "55556666"])
    url = schwab.auth.get_auth_context(APP_KEY, CALLBACK, "state-1").authorization_url
    async with httpx.AsyncClient(transport=SentTo(world.sim.url)) as browser:
        first = await browser.get(url)
        second = await browser.post(url, data={"person": "boris", "does": "sign-in"})
        ticked = {"person": "boris", "account": "55556666", "does": "agree"}
        third = await browser.post(url, data=ticked)
        declined = await browser.post(url, data={**ticked, "does": "refuse"})

    answer = (await redeem(world, third.headers["Location"])).json()
    numbers = (await world.client_with(answer).get_account_numbers()).json()

    assert "<option>anna</option><option>boris</option>" in first.text
    assert "value=55556666" in second.text
    assert "11112222" not in second.text
    assert third.status_code == 302
    assert declined.headers["Location"] == f"{CALLBACK}?error=access_denied&state=state-1"
    assert [one["hashValue"] for one in numbers] == [boris.accounts[1].hash]


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("another-app", CALLBACK),
        (APP_KEY, f"{CALLBACK}/"),
        (APP_KEY, "https://evil.example.test/schwab/callback"),
    ],
)
async def test_an_unknown_app_or_address_gets_a_page_and_is_sent_nowhere(
    world: World, key: str, address: str
) -> None:
    url = schwab.auth.get_auth_context(key, address, "state-1").authorization_url
    async with httpx.AsyncClient(transport=SentTo(world.sim.url)) as browser:
        shown = await browser.get(url)
        sent = await browser.post(url, data={"person": "anna", "account": "11112222"})

    assert shown.status_code == sent.status_code == 400
    assert "unable to complete your request" in shown.text
    assert "Location" not in sent.headers


async def test_a_code_works_once(world: World) -> None:
    address = sent_back(world)

    first, second = await redeem(world, address), await redeem(world, address)

    assert first.status_code == 200
    assert second.status_code == 400
    assert second.json()["error"] == "unsupported_token_type"
    assert "Bad authorization code" in second.json()["error_description"]


async def test_a_code_that_is_late_is_refused_in_the_recorded_words(world: World) -> None:
    address = sent_back(world)
    world.watch.advance(seconds=30)

    answer = await redeem(world, address)

    assert answer.status_code == 400
    assert answer.json()["error_description"] == (
        '400 Bad Request: "{"error_description":"Bad authorization code: AuthorizationCode has '
        'expired,expiration=1795021230000,now=1795021230000 ","error":"invalid_request"}"'
    )


async def test_a_code_that_was_not_decoded_is_refused_in_the_recorded_words(world: World) -> None:
    answer = await redeem(world, sent_back(world), code="C0.b2F1dGgy.abc%40")

    assert "String length must be a multiple of four." in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"redirect_uri": f"{CALLBACK}/"}, 400, "invalid_request"),
        ({"secret": "wrong"}, 401, "invalid_client"),
        ({"key": "another-app"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "invalid_request"),
    ],
)
async def test_a_request_that_does_not_fit_is_refused_and_the_code_still_works(
    world: World, changes: dict[str, str], status: int, error: str
) -> None:
    address = sent_back(world)

    refused = await redeem(world, address, **changes)

    assert (refused.status_code, refused.json()["error"]) == (status, error)
    assert (await redeem(world, address)).status_code == 200


async def test_a_code_is_of_no_use_to_another_app(world: World) -> None:
    world.sim.add_app("other-key", "other-secret", CALLBACK)
    address = sent_back(world)

    stolen = await redeem(world, address, key="other-key", secret="other-secret")

    assert stolen.status_code == 400
    assert (await redeem(world, address)).status_code == 200


async def test_a_refused_code_is_an_oauth_error_of_schwab_py(world: World, led: None) -> None:
    context = schwab.auth.get_auth_context(APP_KEY, CALLBACK, "mine")
    address = sent_back(world, "mine")
    world.watch.advance(minutes=1)

    with pytest.raises(OAuthError) as failure:
        await received(context, address)

    assert failure.value.error == "unsupported_token_type"
    assert "AuthorizationCode has expired" in failure.value.description
