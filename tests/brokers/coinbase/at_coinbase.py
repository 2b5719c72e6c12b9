"""Orders, instruments and adapters for tests at Coinbase's counter."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.coinbase.adapter import CoinbaseAdapter
from floorbroker.brokers.coinbase.credentials import CoinbaseCredentials
from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, OrderType, Side, TimeInForce
from floorbroker.observability.metrics import Metrics
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.fakes.clock import ManualClock
from tests.simulators.coinbase import EDDSA, ES256, CoinbaseSimulator
from tests.simulators.coinbase.keys import new_api_key, new_secret

BITCOIN: Final = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
KEY: Final = new_api_key()
SECRET: Final = new_secret(EDDSA)
EC_SECRET: Final = new_secret(ES256)
"""Fresh ones in every run: nothing that looks like a key stands in a file."""


def context_at(url: str, transport: Transport, clock: ManualClock, **parts: Any) -> BrokerContext:
    """Surroundings of an adapter that asks `url`, and where waiting lets the clock go on."""

    async def pause(seconds: float) -> None:
        clock.advance(seconds)

    usual = {
        "environment": Environment.LIVE,
        "transport": transport,
        "endpoints": {**get_broker("coinbase").endpoints, "live": url, "live_stream": url},
        "allowances": Allowances(clock, Metrics(), pause=pause),
    }
    return replace(surroundings(clock), **{**usual, **parts})


def adapter_in(context: BrokerContext, key: str = KEY, secret: str = SECRET) -> CoinbaseAdapter:
    """An adapter that is not connected yet."""
    credentials = CoinbaseCredentials.model_validate({"key_name": key, "private_key": secret})
    return CoinbaseAdapter(context, credentials)


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


def order_of(asked: OrderRequest, account_id: str, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the portfolio."""
    usual = {"environment": Environment.LIVE, **more}
    return sending(asked, account_id=AccountId(account_id), broker="coinbase", **usual)


def bodies(simulator: CoinbaseSimulator, path: str) -> list[Any]:
    """What requests to a path said, oldest first."""
    return [json.loads(one.body) for one in simulator.received if one.path.endswith(path)]


def asked_for(simulator: CoinbaseSimulator, path: str) -> int:
    """How many requests came for a path."""
    return sum(one.path.endswith(path) for one in simulator.received)
