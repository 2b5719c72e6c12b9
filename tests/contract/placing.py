"""Orders as the service hands them to an adapter: stored, in SENDING, with an id of their own."""

from datetime import UTC, datetime

from floorbroker.domain.ids import AccountId, BrokerId, LinkId, OrderId, UserId, new_order_id
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order, Review
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest

USER = UserId("100000000000000001")
LINK = LinkId("link-1")
_AT = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
_REVIEW = Review(
    price=None,
    price_at=None,
    price_source="test",
    delayed=False,
    cost=None,
    fees=None,
    buying_power_after=None,
    margin_required=None,
    notes=(),
    expires_at=_AT,
)


def sending(
    request: OrderRequest,
    *,
    account_id: AccountId,
    broker: str,
    order_id: OrderId | None = None,
    environment: Environment = Environment.PAPER,
) -> Order:
    """`request` as an order that is about to be sent; the id is new unless one is given."""
    return Order(
        order_id=order_id or new_order_id(),
        version=2,
        user_id=USER,
        link_id=LINK,
        account_id=account_id,
        broker=BrokerId(broker),
        environment=environment,
        origin_key="interaction-1",
        request=request,
        review=_REVIEW,
        state=OrderState.SENDING,
        created_at=_AT,
        events=(),
        sent_at=_AT,
    )
