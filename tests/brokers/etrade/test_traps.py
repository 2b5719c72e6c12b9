"""Traps of etrade-python 1.1.0, sprung on the SDK itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from etrade_python import ETradeApiError, ETradeClient, ETradeSettings
from etrade_python.auth import ETradeCredentials, MemoryCredentialStore, OAuthClient
from etrade_python.auth.session import SessionManager
from etrade_python.enums import OAUTH_BASE_URL, Environment
from etrade_python.exceptions import ETradeTransportError
from etrade_python.market.service import MarketService
from etrade_python.orders import Order
from etrade_python.transport import ApiTransport, RetryPolicy, RetrySafety
from pydantic import SecretStr

from tests.fakes.clock import NOON
from tests.simulators.etrade.refusals import EtradeRefusal

Answers = Callable[[httpx.Request], httpx.Response]


def settings(**fields: Any) -> ETradeSettings:
    usual = {"consumer_key": SecretStr("key-of-a-test"), "consumer_secret": SecretStr("secret")}
    return ETradeSettings(**{**usual, **fields})


class Signs:
    """An authenticator that signs with nothing."""

    async def authenticate(self, request: httpx.Request) -> None:
        request.headers["Authorization"] = 'OAuth oauth_token="canary-token"'


def line(answers: Answers, **more: Any) -> ApiTransport:
    return ApiTransport(
        settings(), authenticator=Signs(), http_transport=httpx.MockTransport(answers), **more
    )


async def read(transport: ApiTransport, **more: Any) -> Any:
    return await transport.request(
        "GET", "/v1/market/optionchains.json", safety=RetrySafety.SAFE_READ, **more
    )


def test_what_is_not_given_comes_from_the_operators_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ETRADE_ENVIRONMENT", "production")
    monkeypatch.setenv("ETRADE_REQUEST_TIMEOUT_SECONDS", "0.001")

    taken = settings()

    assert taken.environment is Environment.PRODUCTION
    assert taken.request_timeout_seconds == 0.001


async def test_its_session_renews_by_itself_inside_the_next_request() -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text="anything at all")

    store = MemoryCredentialStore()
    oauth = OAuthClient(settings(), http_transport=httpx.MockTransport(answers))
    session = SessionManager(
        settings=settings(),
        oauth_client=oauth,
        credential_store=store,
        clock=lambda: NOON + timedelta(minutes=116),
    )
    given = ETradeCredentials(
        access_token=SecretStr("token"),
        access_token_secret=SecretStr("secret"),
        acquired_at=NOON,
        last_used_at=NOON,
    )
    await session.save(given)

    await session.ensure_active()

    assert asked == ["/oauth/renew_access_token"]


async def test_every_success_is_a_renewal_and_a_revocation_to_it() -> None:
    oauth = OAuthClient(
        settings(), http_transport=httpx.MockTransport(lambda _: httpx.Response(200, text="Sorry."))
    )
    given = ETradeCredentials(
        access_token=SecretStr("token"), access_token_secret=SecretStr("secret")
    )

    assert (await oauth.renew_access_token(given)).message == "Sorry."
    assert (await oauth.revoke_access_token(given)).revoked


async def test_reads_are_repeated_unless_it_is_told_otherwise() -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    async def at_once(_: float) -> None:
        return None

    with pytest.raises(ETradeApiError):
        await read(line(answers, sleep=at_once))
    usual = len(asked)
    with pytest.raises(ETradeApiError):
        await read(line(answers, sleep=at_once, retry_policy=RetryPolicy(max_attempts=1)))

    assert (usual, len(asked) - usual) == (3, 1)


async def test_an_error_of_its_transport_holds_the_signed_request() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ETradeTransportError) as failure:
        await read(line(answers, retry_policy=RetryPolicy(max_attempts=1)))

    beneath = failure.value.__context__
    assert isinstance(beneath, httpx.ConnectError)
    assert "canary-token" in beneath.request.headers["Authorization"]


async def test_a_code_loses_the_digits_that_stand_in_the_query() -> None:
    refusal = EtradeRefusal(10044, "There are no options available.").answer()

    def answers(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, content=refusal.body)

    with pytest.raises(ETradeApiError) as failure:
        await read(line(answers), params={"expiryMonth": "1"})

    assert failure.value.broker_code != "10044"


def test_it_stores_credentials_in_the_systems_keyring_unless_it_is_told_otherwise() -> None:
    client = ETradeClient(settings())

    assert "Keyring" in type(client.session._credential_store).__name__


async def test_a_quote_of_another_symbol_is_a_quote_to_it() -> None:
    body = {
        "QuoteResponse": {"QuoteData": [{"quoteStatus": "REALTIME", "Product": {"symbol": "AAPU"}}]}
    }
    market = MarketService(line(lambda _: httpx.Response(200, json=body)))

    quote = await market.get_quote("AAPL")

    assert quote.product is not None
    assert quote.product.symbol == "AAPU"


def test_its_models_drop_the_single_fills() -> None:
    told = {"orderId": 7, "OrderDetail": [], "Events": {"Event": [{"name": "ORDER_EXECUTED"}]}}

    assert Order.model_validate(told).events is None


def test_its_hosts_are_constants() -> None:
    assert OAUTH_BASE_URL == "https://api.etrade.com"
    assert {one.api_base_url for one in Environment} == {
        "https://api.etrade.com",
        "https://apisb.etrade.com",
    }
