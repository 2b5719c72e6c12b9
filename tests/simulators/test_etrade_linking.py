"""The E*TRADE simulator: from the request token over the page to the access token."""

import html
import re
from collections.abc import AsyncIterator, Awaitable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from etrade_python import AuthenticationRequired, ETradeApiError
from etrade_python.auth import ETradeCredentials, RequestToken
from pydantic import SecretStr

from tests.simulators.etrade_clients import Link, World, header_by_hand, opened

CALLBACK = "https://floorbroker.example/oauth/etrade?from=etrade"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with opened() as world:
        yield world


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """Keeps to where it is sent; follows no redirection."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        yield browser


def loopback(world: World, url: str) -> str:
    """The address of us.etrade.com's page, led to the simulator."""
    return f"{world.sim.url}{urlsplit(url).path}?{urlsplit(url).query}"


async def decide(
    world: World, browser: httpx.AsyncClient, token: RequestToken, does: str = "accept"
) -> httpx.Response:
    """Opens the page as the SDK names it and presses a button."""
    url = loopback(world, world.link.oauth.get_authorization_url(token).url)
    page = (await browser.get(url)).text
    found = re.findall(r'name="(\w+)" value="([^"]*)"', page)
    hidden = {name: html.unescape(value) for name, value in found}
    form = {**hidden, "user": world.person.name, "does": does}
    return await browser.post(url.partition("?")[0], data=form)


def accepted(world: World, token: RequestToken) -> str:
    """The code that the person would read."""
    return world.sim.accept(token.oauth_token.get_secret_value(), world.person)


async def refused(call: Awaitable[object]) -> int | None:
    """The status of /oauth's page; the SDK reads no words out of it."""
    with pytest.raises(ETradeApiError) as failure:
        await call
    assert failure.value.broker_message is None
    return failure.value.status_code


async def test_a_person_links_by_copying_the_code(world: World, browser: httpx.AsyncClient) -> None:
    link = world.new_link()
    token = await link.oauth.get_request_token()
    shown = await decide(world, browser, token)
    code = re.search(r'readonly value="(\w+)"', shown.text)
    assert code is not None

    credentials = await link.oauth.exchange_verifier(token, code[1])
    await link.use(
        credentials.access_token.get_secret_value(),
        credentials.access_token_secret.get_secret_value(),
    )

    assert len(code[1]) == 5
    assert token.oauth_callback_confirmed is False
    accounts = (await link.client.accounts.list()).accounts
    assert [one.account_id_key for one in accounts] == [world.account.key]


async def test_the_page_is_for_a_browser_and_names_everybody(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.sim.add_person("<b>bert</b>")
    token = await world.link.oauth.get_request_token()
    url = world.link.oauth.get_authorization_url(token).url

    page = await browser.get(loopback(world, url))

    assert urlsplit(url)[:3] == ("https", "us.etrade.com", "/e/t/etws/authorize")
    assert loopback(world, url) == world.sim.page(
        world.app.key, token.oauth_token.get_secret_value()
    )
    assert page.headers["content-type"].startswith("text/html")
    assert "<option>anna</option><option>&lt;b&gt;bert&lt;/b&gt;</option>" in page.text


async def test_a_registered_callback_gets_the_code_and_the_token(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.app.callback = CALLBACK
    token = await world.link.oauth.get_request_token()

    sent = await decide(world, browser, token)

    address, _, query = sent.headers["location"].partition("?")
    told = {name: values[0] for name, values in parse_qs(query).items()}
    assert sent.status_code == 302
    assert address == CALLBACK.partition("?")[0]
    assert told["from"] == "etrade"
    assert told["oauth_token"] == token.oauth_token.get_secret_value()
    assert token.oauth_callback_confirmed is True
    await world.link.oauth.exchange_verifier(token, told["oauth_verifier"])
    assert len(world.sim.office.access) == 2


async def test_the_documented_callback_gets_the_code_alone(
    world: World, browser: httpx.AsyncClient
) -> None:
    world.app.callback, world.app.tells_token = "https://floorbroker.example/oauth", False
    token = await world.link.oauth.get_request_token()

    sent = await decide(world, browser, token)

    assert list(parse_qs(urlsplit(sent.headers["location"]).query)) == ["oauth_verifier"]


async def test_who_declines_gives_no_code(world: World, browser: httpx.AsyncClient) -> None:
    token = await world.link.oauth.get_request_token()

    page = await decide(world, browser, token, does="decline")

    assert "declined" in page.text
    assert await refused(world.link.oauth.exchange_verifier(token, "ABCDE")) == 401


async def test_a_request_token_lives_five_minutes(world: World, browser: httpx.AsyncClient) -> None:
    late, in_time = [await world.link.oauth.get_request_token() for _ in range(2)]
    codes = [
        world.sim.accept(one.oauth_token.get_secret_value(), world.person)
        for one in (late, in_time)
    ]
    world.watch.advance(minutes=4, seconds=59)

    await world.link.oauth.exchange_verifier(in_time, codes[1])
    world.watch.advance(seconds=1)

    assert await refused(world.link.oauth.exchange_verifier(late, codes[0])) == 401
    page = await browser.get(world.sim.page(world.app.key, late.oauth_token.get_secret_value()))
    assert (page.status_code, "logon delay" in page.text) == (400, True)


async def test_a_request_token_is_used_once(world: World) -> None:
    token = await world.link.oauth.get_request_token()
    code = accepted(world, token)
    await world.link.oauth.exchange_verifier(token, code)

    assert await refused(world.link.oauth.exchange_verifier(token, code)) == 401


async def test_a_wrong_code_gives_nothing_and_the_right_one_still_does(world: World) -> None:
    token = await world.link.oauth.get_request_token()
    code = accepted(world, token)

    assert await refused(world.link.oauth.exchange_verifier(token, code[::-1] + "X")) == 401
    await world.link.oauth.exchange_verifier(token, code)
    assert len(world.sim.office.access) == 2


async def test_nobody_else_s_application_may_use_the_token(world: World) -> None:
    token = await world.link.oauth.get_request_token()
    code = accepted(world, token)
    other = Link(world.sim, world.sim.add_app(), world.watch)

    assert await refused(other.oauth.exchange_verifier(token, code)) == 401
    await other.http.aclose()


async def test_an_access_token_is_its_application_s_own(world: World) -> None:
    other = Link(world.sim, world.sim.add_app(), world.watch)
    [token] = world.sim.office.access.values()
    await other.use(token.token, token.secret)

    with pytest.raises(ETradeApiError) as failure:
        await other.client.accounts.list()
    await other.http.aclose()

    assert failure.value.broker_message == "oauth_problem=token_rejected"


async def test_what_was_decided_is_not_asked_again(
    world: World, browser: httpx.AsyncClient
) -> None:
    token = await world.link.oauth.get_request_token()
    await decide(world, browser, token)

    page = await browser.get(loopback(world, world.link.oauth.get_authorization_url(token).url))

    assert page.status_code == 400


async def test_an_address_that_is_not_registered_is_rejected(world: World) -> None:
    url = "https://api.etrade.com/oauth/request_token"
    callback = "https://elsewhere.example/"
    header = header_by_hand(world.app, world.watch, url, oauth_callback=callback)

    answer = await world.link.http.get(url, headers={"Authorization": header})

    assert answer.status_code == 400
    assert "oauth_problem=callback_rejected,oauth_acceptable_callback=oob" in answer.text


async def test_revoking_ends_the_token_at_once(world: World) -> None:
    credentials = await world.link.session.load()
    assert credentials is not None

    answer = await world.link.oauth.revoke_access_token(credentials)

    assert answer.message == "Revoked Access Token"
    with pytest.raises(ETradeApiError) as failure:
        await world.client.accounts.list()
    assert failure.value.broker_message == "oauth_problem=token_rejected"


async def test_the_session_s_own_revoke_deletes_the_token_too(world: World) -> None:
    await world.link.session.revoke()

    assert await world.link.session.load() is None
    with pytest.raises(AuthenticationRequired):
        await world.client.accounts.list()


async def test_a_revocation_at_e_trade_s_side_is_met_by_the_next_request(world: World) -> None:
    [token] = world.sim.office.access.values()

    world.sim.revoke(token)

    with pytest.raises(ETradeApiError) as failure:
        await world.client.accounts.list()
    assert failure.value.status_code == 401
    assert await refused(world.link.oauth.renew_access_token(await credentials_of(world))) == 401


async def credentials_of(world: World) -> ETradeCredentials:
    credentials = await world.link.session.load()
    assert credentials is not None
    return credentials


async def test_two_tokens_of_a_person_live_side_by_side(world: World) -> None:
    other = await world.linked(world.person)
    await world.link.session.revoke()

    assert (await other.client.accounts.list()).accounts


def test_secrets_do_not_show(world: World) -> None:
    token = RequestToken(oauth_token=SecretStr("a-token"), oauth_token_secret=SecretStr("b"))

    assert "a-token" not in repr(token)
    assert world.app.secret not in repr(world.app)
