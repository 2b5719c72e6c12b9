"""Orders, receipts and fills for tests of the domain and of the repositories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId, new_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order, Review
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, OrderChanges, OrderRequest, OrderType, Receipt, Side

NOON: Final = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
LATER: Final = NOON + timedelta(seconds=10)
AAPL: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
ANNA: Final = UserId("100000000000000001")
BEN: Final = UserId("100000000000000002")


def request(**terms: Any) -> OrderRequest:
    """A limit buy of 10 AAPL at 90, unless told otherwise."""
    usual: dict[str, Any] = {
        "instrument": AAPL,
        "side": Side.BUY,
        "quantity": Decimal(10),
        "type": OrderType.LIMIT,
        "limit_price": Decimal(90),
    }
    return OrderRequest(**{**usual, **terms})


def order(state: OrderState = OrderState.DRAFT, **fields: Any) -> Order:
    """An order of Anna's in `state`, with an id of its own."""
    order_id = fields.pop("order_id", None) or new_order_id()
    usual: dict[str, Any] = {
        "order_id": order_id,
        "version": 1,
        "user_id": ANNA,
        "link_id": LinkId("link"),
        "account_id": AccountId("account"),
        "broker": BrokerId("paper"),
        "environment": Environment.PAPER,
        "origin_key": f"origin of {order_id}",
        "request": request(),
        "review": review(),
        "state": state,
        "created_at": NOON,
        "events": (),
    }
    return Order(**{**usual, **fields})


def review() -> Review:
    """What a card said."""
    return Review(
        price=Decimal(100),
        price_at=NOON,
        price_source="test",
        delayed=False,
        cost=None,
        fees=None,
        buying_power_after=None,
        margin_required=None,
        notes=("A note.",),
        expires_at=NOON + timedelta(minutes=1),
    )


def fill(fill_id: str, quantity: int | str = 1, price: int | str = 100) -> Fill:
    """One execution."""
    return Fill(fill_id=fill_id, quantity=Decimal(quantity), price=Decimal(price), at=NOON)


def receipt(state: OrderState = OrderState.ACCEPTED, *fills: Fill, **fields: Any) -> Receipt:
    """What the broker says; under the id B-1 unless told otherwise."""
    return Receipt(**{"broker_order_id": "B-1", "state": state, "fills": fills, **fields})


def asking(before: Order, kind: IntentKind, changes: OrderChanges | None = None) -> Order:
    """`before` with a cancel or modify that was sent and is in doubt."""
    intent = Intent(
        kind=kind, origin_key="click", state=IntentState.UNKNOWN, at=NOON, changes=changes
    )
    return replace(before, intent=intent)
