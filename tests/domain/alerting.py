"""Alerts of people, ready-made."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.crossing import Level
from floorbroker.domain.ids import AccountId, BrokerId, LinkId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import OrderRequest, OrderType, Side
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, PreparedOrder
from floorbroker.domain.placing import LONGEST, Placing, Stage
from tests.domain.building import ANNA, NOON

AAPL: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY, name="Apple")
FIRING: Final = Firing(
    number=1, at=NOON, price=Decimal("240.12"), price_at=NOON, source="Paper market"
)
PREPARED: Final = PreparedOrder(
    symbol="AAPL", side=Side.BUY, account="paper-1/1", quantity=Decimal(3), limit=Decimal("241")
)


def own_alert(**changes: Any) -> OwnAlert:
    """AAPL above $240.00, once, armed."""
    values: dict[str, Any] = {
        "alert_id": "0123456789abcdef",
        "user_id": ANNA,
        "kind": AlertKind.PRICE,
        "link_id": LinkId("paper-1"),
        "broker": BrokerId("paper"),
        "environment": Environment.PAPER,
        "account_id": AccountId("1"),
        "account": "Paper …0001",
        "created_at": NOON,
        "ends_at": NOON + timedelta(days=30),
        "instrument": AAPL,
        "level": Level(above=True, price=Decimal(240)),
        "armed": True,
        **changes,
    }
    return OwnAlert(**values)


def placing(stage: Stage = Stage.ARMED, **changes: Any) -> Placing:
    """Three AAPL at $241.00 at most, armed for a week."""
    values: dict[str, Any] = {
        "placing_id": "fedcba9876543210",
        "stage": stage,
        "request": OrderRequest(
            instrument=AAPL,
            side=Side.BUY,
            quantity=Decimal(3),
            type=OrderType.LIMIT,
            limit_price=Decimal(241),
        ),
        "linked_at": None,
        "guild_id": None,
        "at": NOON,
        "until": NOON + LONGEST,
        **changes,
    }
    return Placing(**values)
