"""Orders, instruments and adapters for tests at OpenD's counter."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo import metering
from floorbroker.brokers.moomoo.adapter import MoomooAdapter
from floorbroker.brokers.moomoo.credentials import MoomooCredentials
from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.gateway_wire import Pace
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
)
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.opend import LIVE_ID, PAPER_ID, OpenDSimulator

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
BERKSHIRE: Final = Instrument(symbol="BRK.B", asset_class=AssetClass.EQUITY)
CALL: Final = Instrument(
    symbol="AAPL261218C00200000",
    asset_class=AssetClass.OPTION,
    multiplier=Decimal(100),
    underlying="AAPL",
    expiry=date(2026, 12, 18),
    strike=Decimal(200),
    right=OptionRight.CALL,
)
CALL_CODE: Final = "US.AAPL261218C200000"
CHEAPER: Final = OrderChanges(limit_price=Decimal(99))
BRISK: Final = Pace(pauses=(0.02, 0.02, 0.02), slow=0.02, probe=30.0, answer=1.0, least=0.0)
"""Comes back fast, and is not looked at in between."""

IDS: Final = {Environment.PAPER: PAPER_ID, Environment.LIVE: LIVE_ID}


def context_at(
    simulator: OpenDSimulator,
    clock: ManualClock,
    *,
    environment: Environment = Environment.PAPER,
    unmetered: bool = True,
    options: dict[str, Any] | None = None,
    **parts: Any,
) -> BrokerContext:
    """Surroundings in which OpenD listens where the simulator does.

    Args:
        unmetered: Requests may come fast.
        options: Of the operator, instead of the usual ones.
    """
    usual = {
        "opend_host": simulator.host,
        "opend_port": simulator.port,
        "opend_security_firm": "FUTUINC",
        "patience": 0.08,
    }
    made = surroundings(clock, **{**usual, **(options or {})})
    context = replace(made, environment=environment, **parts)
    if unmetered:
        let_requests_come_fast(context.allowances)
    return context


def let_requests_come_fast(allowances: Allowances) -> None:
    """Before anybody asks: whoever makes an allowance first says how large it is."""
    for scope in metering.ALL:
        for identity in ("", str(PAPER_ID), str(LIVE_ID)):
            allowances.window(BROKER, scope.name, identity, most=100_000, seconds=10)


def adapter_in(context: BrokerContext) -> MoomooAdapter:
    """Not connected yet."""
    return MoomooAdapter(context, MoomooCredentials())


def request(**terms: Any) -> OrderRequest:
    """A market buy of one AAPL for today, unless told otherwise."""
    usual: dict[str, Any] = {"instrument": APPLE, "side": Side.BUY}
    if "notional" not in terms:
        usual["quantity"] = Decimal(1)
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy of ten AAPL far below the market, for today."""
    usual = {"quantity": Decimal(10), "type": OrderType.LIMIT, "limit_price": Decimal(100)}
    return request(**{**usual, **terms})


def sale_request(**terms: Any) -> OrderRequest:
    """A market sale of one AAPL that is held."""
    return request(**{"side": Side.SELL, "effect": PositionEffect.CLOSE, **terms})


def order_of(
    asked: OrderRequest, environment: Environment = Environment.PAPER, **more: Any
) -> Order:
    """`asked` as an order that is about to be sent to the account of the environment."""
    account_id = AccountId(str(IDS[environment]))
    return sending(asked, account_id=account_id, broker="moomoo", environment=environment, **more)


async def looked_at(adapter: MoomooAdapter, order: Order) -> Receipt:
    """An order that must be at Moomoo, as it stands there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def followed(adapter: MoomooAdapter, order: Order) -> Order:
    """The stored order after a look."""
    return with_receipt(order, await looked_at(adapter, order), NOON)


async def placed(adapter: MoomooAdapter, order: Order) -> Order:
    """The stored order after it was taken."""
    return with_receipt(order, await adapter.place_order(order), NOON)


async def until(holds: Callable[[], bool]) -> None:
    """Waits for what the SDK's thread does."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  # the SDK's thread sets no event
            await asyncio.sleep(0.001)
