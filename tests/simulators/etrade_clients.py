"""etrade-python's own client at the simulator, on a clock that stands."""

import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from etrade_python import (
    ETradeApiError,
    ETradeClient,
    ETradeSettings,
    OrderBuilder,
    PlaceOrderResponse,
    PreviewOrderRequest,
)
from etrade_python.auth import ETradeCredentials, MemoryCredentialStore, OAuthClient
from etrade_python.auth.session import SessionAuthenticator, SessionManager
from etrade_python.enums import Environment
from etrade_python.orders import Order
from etrade_python.transport import RetryPolicy
from pydantic import SecretStr

from tests.simulators.etrade import Account, App, EtradeSimulator, Person, SentTo
from tests.simulators.etrade.signing import base_string, signature

EXPIRY: Final = date(2026, 12, 18)


class Watch:
    """A clock that stands on a Wednesday until it is moved."""

    def __init__(self) -> None:
        """2026-11-18 17:00 UTC: noon in New York."""
        self.at = datetime(2026, 11, 18, 17, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        """By a timedelta's arguments."""
        self.at += timedelta(**delta)


class Link:
    """One person's client: the SDK's own parts, each told the time and where to go.

    `ETradeClient` gives its clock to none of them, so they are built one by one, and the client
    gets what they make together as its authenticator.
    """

    def __init__(self, sim: EtradeSimulator, app: App, watch: Watch, verify: Any = True) -> None:
        """Without a token yet."""
        self.watch = watch
        self.settings = ETradeSettings(
            consumer_key=SecretStr(app.key),
            consumer_secret=SecretStr(app.secret),
            environment=Environment.PRODUCTION,
            request_timeout_seconds=5,
        )
        self.store = MemoryCredentialStore()
        self.http = httpx.AsyncClient(transport=SentTo(sim.url, verify=verify), trust_env=False)
        self.oauth = OAuthClient(
            self.settings,
            http_client=self.http,
            timestamp_factory=lambda: int(watch().timestamp()),
        )
        self.session = SessionManager(
            settings=self.settings,
            oauth_client=self.oauth,
            credential_store=self.store,
            clock=watch,
        )
        self.authenticator = SessionAuthenticator(self.session, self.oauth)
        self.client = self.under(RetryPolicy(max_attempts=1))

    def under(self, policy: RetryPolicy) -> ETradeClient:
        """A client of the same link under another policy."""
        return ETradeClient(
            self.settings,
            authenticator=self.authenticator,
            credential_store=self.store,
            http_client=self.http,
            retry_policy=policy,
        )

    async def use(self, token: str, secret: str) -> ETradeCredentials:
        """Signs with that access token from now on."""
        credentials = ETradeCredentials(
            access_token=SecretStr(token),
            access_token_secret=SecretStr(secret),
            acquired_at=self.watch(),
            last_used_at=self.watch(),
        )
        await self.session.delete()
        await self.session.save(credentials)
        return credentials

    async def forget_the_time(self) -> None:
        """Lets the SDK believe that its token is fresh, whatever E*TRADE thinks of it."""
        credentials = await self.session.load()
        assert credentials is not None
        fresh = {"acquired_at": self.watch(), "last_used_at": self.watch()}
        await self.session.delete()
        await self.session.save(credentials.model_copy(update=fresh))


class World:
    """A simulator, an application, one person and that person's link."""

    def __init__(self, sim: EtradeSimulator, watch: Watch, stack: AsyncExitStack) -> None:
        """Nobody has linked yet."""
        self.sim = sim
        self.watch = watch
        self.app = sim.add_app()
        self._stack = stack
        self.person: Person
        self.link: Link

    def new_link(self, verify: Any = True) -> Link:
        """One more, without a token."""
        link = Link(self.sim, self.app, self.watch, verify)
        self._stack.push_async_callback(link.http.aclose)
        return link

    async def linked(self, person: Person, verify: Any = True) -> Link:
        """One more, with a token of `person`."""
        link = self.new_link(verify)
        token = self.sim.grant(person, self.app.key)
        await link.use(token.token, token.secret)
        return link

    @property
    def client(self) -> ETradeClient:
        """The person's."""
        return self.link.client

    @property
    def account(self) -> Account:
        """The person's first one."""
        return self.person.account

    def builder(self, client_order_id: str = "mine", **fields: Any) -> OrderBuilder:
        """By default a limit buy of one AAPL far below the market; see `order`."""
        return order(self.account.key, client_order_id, **fields)

    async def preview(self, builder: OrderBuilder) -> int:
        """The id of its preview."""
        request = builder.build_preview_request()
        answer = await self.client.orders.preview(builder.account_id_key, request)
        return answer.preview_ids[0].preview_id

    async def place(self, client_order_id: str = "mine", **fields: Any) -> PlaceOrderResponse:
        """Previews and places."""
        builder = self.builder(client_order_id, **fields)
        request = builder.build_place_request([await self.preview(builder)])
        return await self.client.orders.place(builder.account_id_key, request)

    async def placed(self, client_order_id: str = "mine", **fields: Any) -> int:
        """Likewise; E*TRADE's id."""
        return (await self.place(client_order_id, **fields)).order_ids[0].order_id

    async def listed(self) -> list[Order]:
        """What the list of orders shows."""
        return (await self.client.orders.list(self.account.key)).orders

    async def shown(self, order_id: int) -> Order:
        """One of them."""
        return next(one for one in await self.listed() if one.order_id == order_id)

    async def status(self, order_id: int) -> str | None:
        """Its status word."""
        return (await self.shown(order_id)).order_details[0].status


def order(
    account_key: str,
    client_order_id: str = "mine",
    *,
    symbol: str = "AAPL",
    action: str = "BUY",
    quantity: str = "1",
    price_type: str = "LIMIT",
    limit: str | None = None,
    stop: str | None = None,
    term: str = "GOOD_FOR_DAY",
    session: str = "REGULAR",
    option: tuple[date, str, str] | None = None,
    **details: Any,
) -> OrderBuilder:
    """An order of the SDK's own builder."""
    builder = OrderBuilder.for_account(account_key).client_order_id(client_order_id)
    builder = builder.order_type("OPTN" if option else "EQ").with_symbol(symbol)
    builder = builder.price_type(price_type).term(term).market_session(session)
    prices = {"limitPrice": limit, "stopPrice": stop, **details}
    if price_type == "LIMIT" and limit is None:
        prices["limitPrice"] = "150"
    builder = builder.with_detail({name: one for name, one in prices.items() if one is not None})
    if option is None:
        return builder.add_equity(action, quantity)
    day, strike, right = option
    product = {
        "symbol": symbol,
        "securityType": "OPTN",
        "callPut": right,
        "expiryYear": day.year,
        "expiryMonth": day.month,
        "expiryDay": day.day,
        "strikePrice": strike,
    }
    leg = {"Product": product, "orderAction": action, "quantity": quantity}
    return builder.add_instrument({**leg, "quantityType": "QUANTITY"})


def changed(request: PreviewOrderRequest, **fields: Any) -> Any:
    """The same request with other top fields, however wrong."""
    return request.model_copy(update=fields)


def header_by_hand(app: App, watch: Watch, url: str, **parameters: str) -> str:
    """The Authorization header of a GET without a token, signed without the SDK."""
    named = {
        "oauth_consumer_key": app.key,
        "oauth_nonce": uuid4().hex,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(watch().timestamp())),
        **parameters,
    }
    base = base_string("GET", url, list(named.items()))
    named["oauth_signature"] = signature(base, app.secret, "")
    pairs = (f'{name}="{quote(value, safe="~")}"' for name, value in named.items())
    return f'OAuth realm="",{",".join(pairs)}'


async def refusal(call: Awaitable[object]) -> tuple[int | None, str | None, str | None]:
    """Status, code and words of the refusal that `call` ends in."""
    with pytest.raises(ETradeApiError) as failure:
        await call
    error = failure.value
    return error.status_code, error.broker_code, error.broker_message


@asynccontextmanager
async def opened(
    *, cash: str = "100000", ssl_context: ssl.SSLContext | None = None, verify: Any = True
) -> AsyncIterator[World]:
    """A simulator with prices for AAPL, F and one option, and one person who has linked."""
    watch = Watch()
    async with (
        EtradeSimulator(now=watch, ssl_context=ssl_context) as sim,
        AsyncExitStack() as stack,
    ):
        sim.market.set("AAPL", bid="199.90", ask="200.10", name="APPLE INC COM")
        sim.market.set("F", bid="11.99", ask="12.01", name="FORD MTR CO DEL COM")
        sim.market.set_option("AAPL", EXPIRY, "200", "CALL", bid="4.90", ask="5.10")
        world = World(sim, watch, stack)
        world.person = sim.add_person("anna", cash=cash)
        world.link = await world.linked(world.person, verify)
        yield world
