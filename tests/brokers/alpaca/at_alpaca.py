"""Orders, instruments and adapters for tests at Alpaca's counter."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.brokers.alpaca.credentials import AlpacaCredentials, AlpacaTokens
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
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
    Receipt,
    Side,
)
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.fakes.clock import NOON

KEY: Final = "PKANNA00000000000001"
SECRET: Final = "anna/secret+012345678901234567890123456"

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
BITCOIN: Final = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
CALL: Final = Instrument(
    symbol="AAPL260320C00200000",
    asset_class=AssetClass.OPTION,
    multiplier=Decimal(100),
    underlying="AAPL",
    expiry=date(2026, 3, 20),
    strike=Decimal(200),
    right=OptionRight.CALL,
)

DEARER: Final = OrderChanges(limit_price=Decimal(101))


def adapter_at(
    trading: str,
    data: str,
    transport: Transport,
    clock: Clock,
    *,
    key: str = KEY,
    secret: str = SECRET,
    token: str | None = None,
    environment: Environment = Environment.PAPER,
    patience: float = 1.0,
    stream: str | None = "/streams",
    **parts: Any,
) -> AlpacaAdapter:
    """An adapter that asks these two addresses; not connected yet. `parts` are its surroundings.

    `stream` is a path below `trading`; None leaves Alpaca's own stream in its place.
    """
    context = replace(
        surroundings(clock),
        environment=environment,
        transport=transport,
        endpoints={
            **get_broker("alpaca").endpoints,
            environment.value: trading,
            "data": data,
            **({} if stream is None else {"stream": f"{trading}{stream}"}),
        },
        **parts,
    )
    if token is not None:
        signed_in = AlpacaTokens.model_validate({"access_token": token})
        return AlpacaAdapter(context, signed_in, patience=patience)
    credentials = AlpacaCredentials.model_validate({"api_key": key, "api_secret": secret})
    return AlpacaAdapter(context, credentials, patience=patience)


def request(**terms: Any) -> OrderRequest:
    """A market buy of one AAPL, unless told otherwise."""
    usual: dict[str, Any] = {"instrument": APPLE, "side": Side.BUY}
    if "notional" not in terms:
        usual["quantity"] = Decimal(1)
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy far below the market."""
    return request(**{"type": OrderType.LIMIT, "limit_price": Decimal(100), **terms})


def order_of(asked: OrderRequest, account_id: str, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    return sending(asked, account_id=AccountId(account_id), broker="alpaca", **more)


async def looked_at(adapter: AlpacaAdapter, order: Order) -> Receipt:
    """What reading back says of an order that must be there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def followed(adapter: AlpacaAdapter, order: Order) -> Order:
    """`order` after one more look, as the service stores it."""
    return with_receipt(order, await looked_at(adapter, order), NOON)
