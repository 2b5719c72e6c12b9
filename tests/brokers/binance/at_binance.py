"""Orders, instruments and adapters for tests at Binance's counter."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.binance.adapter import BinanceAdapter
from floorbroker.brokers.binance.credentials import BinanceCredentials
from floorbroker.brokers.binance.errors import BROKER
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, OrderType, Side, TimeInForce
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import LINK, sending

KEY: Final = "AnnaKey000000000000000000000000000000000000000000000000000000001"
SECRET: Final = "AnnaSecret000000000000000000000000000000000000000000000000000001"
BITCOIN: Final = Instrument(symbol="BTC/USDT", asset_class=AssetClass.CRYPTO, currency="USDT")
ETHER: Final = Instrument(symbol="ETH/USDT", asset_class=AssetClass.CRYPTO, currency="USDT")


def context_at(
    url: str,
    transport: Transport,
    clock: Clock,
    *,
    environment: Environment = Environment.PAPER,
    wallet: str | None = None,
    **parts: Any,
) -> BrokerContext:
    """Surroundings in which everything is asked at one address, and orders may come fast."""
    endpoints = {
        **get_broker("binance").endpoints,
        environment.value: url,
        f"{environment}_stream": url,
        "wallet": wallet or url,
    }
    context = replace(
        surroundings(clock),
        environment=environment,
        transport=transport,
        endpoints=endpoints,
        **parts,
    )
    context.allowances.window(BROKER, "orders", LINK, most=100_000, seconds=10)
    return context


def adapter_in(context: BrokerContext, *, key: str = KEY, secret: str = SECRET) -> BinanceAdapter:
    """Not connected yet."""
    credentials = BinanceCredentials.model_validate({"api_key": key, "api_secret": secret})
    return BinanceAdapter(context, credentials)


def request(**terms: Any) -> OrderRequest:
    """A market buy of one BTC/USDT, unless told otherwise."""
    usual: dict[str, Any] = {
        "instrument": BITCOIN,
        "side": Side.BUY,
        "time_in_force": TimeInForce.GTC,
    }
    if "notional" not in terms:
        usual["quantity"] = Decimal(1)
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy far below the market."""
    return request(**{"type": OrderType.LIMIT, "limit_price": Decimal(50000), **terms})


def order_of(asked: OrderRequest, account_id: object, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    return sending(asked, account_id=AccountId(str(account_id)), broker="binance", **more)
