"""Orders, instruments and adapters for tests at Kraken's counter."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.brokers.kraken.credentials import KrakenCredentials
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, OrderType, Side, TimeInForce
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.simulators.kraken_clients import KEY, SECRET

BITCOIN: Final = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
ACCOUNT: Final = AccountId("AA00N00G00000000")


def context_at(url: str, transport: Transport, clock: Clock, **parts: Any) -> BrokerContext:
    """Surroundings of an adapter that asks `url`."""
    endpoints = {**get_broker("kraken").endpoints, "live": url, "live_stream": url}
    usual = {"environment": Environment.LIVE, "transport": transport, "endpoints": endpoints}
    return replace(surroundings(clock), **{**usual, **parts})


def adapter_in(context: BrokerContext, key: str = KEY, secret: str = SECRET) -> KrakenAdapter:
    """An adapter that is not connected yet."""
    credentials = KrakenCredentials.model_validate({"api_key": key, "private_key": secret})
    return KrakenAdapter(context, credentials)


def request(**terms: Any) -> OrderRequest:
    """A market buy of a tenth of a bitcoin, unless told otherwise."""
    usual: dict[str, Any] = {
        "instrument": BITCOIN,
        "side": Side.BUY,
        "time_in_force": TimeInForce.GTC,
    }
    if "notional" not in terms:
        usual["quantity"] = Decimal("0.1")
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy far below the market."""
    return request(**{"type": OrderType.LIMIT, "limit_price": Decimal(50000), **terms})


def order_of(asked: OrderRequest, account_id: str = ACCOUNT, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    usual = {"environment": Environment.LIVE, **more}
    return sending(asked, account_id=AccountId(account_id), broker="kraken", **usual)


def fields_of(body: bytes) -> dict[str, str]:
    """What a request says, without its nonce."""
    told = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    told.pop("nonce")
    return told
