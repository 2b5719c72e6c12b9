"""Orders, instruments and adapters for tests at Webull's counter."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from pydantic import SecretStr

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.transport import Transport
from floorbroker.brokers.webull import metering
from floorbroker.brokers.webull.adapter import WebullAdapter
from floorbroker.brokers.webull.credentials import WebullCredentials, WebullTokens
from floorbroker.brokers.webull.errors import BROKER
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, SessionExpired
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.orders import (
    Found,
    OrderChanges,
    OrderRequest,
    OrderType,
    PositionEffect,
    Receipt,
    Side,
    TimeInForce,
)
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import LINK, sending
from tests.fakes.clock import NOON

KEY: Final = "a0b1c2d3e4f5061728394a5b6c7d8e9f"
SECRET: Final = "canary0secret0of0a0key0000000001"
CLIENT_ID: Final = "floorbroker-platform"
CLIENT_SECRET: Final = "canary-client-secret-0123456789"
PLATFORM_KEY: Final = "f9e8d7c6b5a4938271605f4e3d2c1b0a"
PLATFORM_SECRET: Final = "canary0secret0of0the0platform001"
REDIRECT: Final = "https://bot.example.com/oauth/webull"

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
BERKSHIRE: Final = Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY)
BITCOIN: Final = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
CALL: Final = Instrument(
    symbol="AAPL261218C00240000",
    asset_class=AssetClass.OPTION,
    multiplier=Decimal(100),
    underlying="AAPL",
    expiry=date(2026, 12, 18),
    strike=Decimal(240),
    right=OptionRight.CALL,
)
CHEAPER: Final = OrderChanges(limit_price=Decimal(99))


@dataclass(slots=True)
class Renewed:
    """A link's tokens: the present one, and those that come instead of a refused one."""

    given: Mapping[str, str] = field(repr=False)
    later: list[Mapping[str, str]] = field(default_factory=list, repr=False)
    failing: BrokerError | None = None
    refused: int = 0

    async def current(self) -> Mapping[str, str]:
        """See `context.Tokens`."""
        if self.failing is not None:
            raise self.failing
        return self.given

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """See `context.Tokens`."""
        self.refused += 1
        assert refused == self.given
        if not self.later:
            raise SessionExpired
        self.given = self.later.pop(0)
        return self.given


def application() -> dict[str, Any]:
    """The operator's, as options."""
    return {
        "webull_client_id": CLIENT_ID,
        "webull_client_secret": SecretStr(CLIENT_SECRET),
        "webull_app_key": PLATFORM_KEY,
        "webull_app_secret": SecretStr(PLATFORM_SECRET),
    }


def context_at(
    url: str,
    transport: Transport,
    clock: Clock,
    *,
    environment: Environment = Environment.PAPER,
    unmetered: bool = True,
    **parts: Any,
) -> BrokerContext:
    """Surroundings in which everything is asked at one address.

    Args:
        unmetered: Requests may come fast.
    """
    endpoints = {
        **get_broker("webull").endpoints,
        environment.value: url,
        f"connect_{environment.value}": url,
    }
    context = replace(
        surroundings(clock, **application()),
        environment=environment,
        transport=transport,
        endpoints=endpoints,
        **parts,
    )
    if unmetered:
        let_requests_come_fast(context)
    return context


def let_requests_come_fast(context: BrokerContext) -> None:
    """Before anybody asks: whoever makes an allowance first says how large it is."""
    for scope in metering.ALL:
        for identity in (str(LINK), ""):
            context.allowances.window(BROKER, scope.name, identity, most=100_000, seconds=10)


def adapter_in(
    context: BrokerContext, *, key: str = KEY, secret: str = SECRET, token: str | None = None
) -> WebullAdapter:
    """With a key of one's own; not connected yet."""
    given = {"app_key": key, "app_secret": secret, "app_token": token}
    return WebullAdapter(context, WebullCredentials.model_validate(given))


def signed_in(context: BrokerContext, tokens: Renewed) -> WebullAdapter:
    """With access from signing in; not connected yet."""
    given = WebullTokens.model_validate(dict(tokens.given))
    return WebullAdapter(replace(context, tokens=tokens), given)


def request(**terms: Any) -> OrderRequest:
    """A market buy of one AAPL for today, unless told otherwise."""
    usual: dict[str, Any] = {"instrument": APPLE, "side": Side.BUY}
    if "notional" not in terms:
        usual["quantity"] = Decimal(1)
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy of ten AAPL far below the market, until canceled."""
    usual = {
        "quantity": Decimal(10),
        "type": OrderType.LIMIT,
        "limit_price": Decimal(100),
        "time_in_force": TimeInForce.GTC,
    }
    return request(**{**usual, **terms})


def contract_request(**terms: Any) -> OrderRequest:
    """A limit buy of one call for today."""
    usual = {
        "instrument": CALL,
        "quantity": Decimal(1),
        "type": OrderType.LIMIT,
        "limit_price": Decimal(5),
    }
    return request(**{**usual, **terms})


def coin_request(**terms: Any) -> OrderRequest:
    """A limit buy of one BTC/USD far below the market."""
    return resting_request(
        **{"instrument": BITCOIN, "quantity": Decimal(1), "limit_price": Decimal(50000), **terms}
    )


def bracket_request(**terms: Any) -> OrderRequest:
    """A limit buy of ten AAPL with both exits."""
    return resting_request(**{"take_profit": Decimal(120), "stop_loss": Decimal(90), **terms})


def sale_request(**terms: Any) -> OrderRequest:
    """A market sale of one AAPL that is held."""
    return request(**{"side": Side.SELL, "effect": PositionEffect.CLOSE, **terms})


def order_of(asked: OrderRequest, account_id: object, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    return sending(asked, account_id=AccountId(str(account_id)), broker="webull", **more)


async def looked_at(adapter: WebullAdapter, order: Order) -> Receipt:
    """An order that must be at Webull, as it stands there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def followed(adapter: WebullAdapter, order: Order) -> Order:
    """The stored order after a look."""
    return with_receipt(order, await looked_at(adapter, order), NOON)


async def placed(adapter: WebullAdapter, order: Order) -> Order:
    """The stored order after it was taken."""
    return with_receipt(order, await adapter.place_order(order), NOON)
