"""Makes sure that an armed order is never sent, or says that it was.

"Not placed" may be told, and an order disarmed, only once this holds in the order's own document,
whoever else is about to send it: a process that was held up comes back at any time.
"""

from dataclasses import replace
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.ids import AccountId, new_order_id
from floorbroker.domain.order import Order, Review, Telling
from floorbroker.domain.order_life import event, moved
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.placing import Placing
from floorbroker.storage.documents import DuplicateKey
from floorbroker.storage.orders import Orders

NEVER: Final = frozenset({OrderState.LAPSED, OrderState.DISCARDED, OrderState.NOT_PLACED})
"""It is not at the broker, and nobody can send it any more."""

_TRIES: Final = 5


class NeverSent:
    """One order a placing, by its key: its document is the fence."""

    def __init__(self, orders: Orders, clock: Clock) -> None:
        """See the module's first lines."""
        self._orders = orders
        self._clock = clock

    async def known(self, alert: OwnAlert, placing: Placing) -> Order | None:
        """The order's document, if somebody has made one."""
        return await self._orders.by_origin(alert.user_id, placing.origin_key(alert.alert_id))

    async def sure(self, alert: OwnAlert, placing: Placing, why: str = "") -> Order | None:
        """None: it was not sent, and from now on nobody can send it. Else the order.

        Args:
            why: Kept in the document that stands in the way.

        Raises:
            StoreUnavailable: Nobody can tell now.
        """
        for _ in range(_TRIES):
            order = await self.known(alert, placing)
            if order is None:
                try:
                    await self._orders.add(replace(self._stone(alert, placing), reason=why))
                except DuplicateKey:
                    continue
                return None
            if order.state in NEVER:
                return None
            if order.state is not OrderState.DRAFT:
                return order
            gone = moved(order, OrderState.LAPSED, "not placed", self._clock.now())
            if await self._orders.advance(order, replace(gone, reason=why)) is not None:
                return None
        raise StoreUnavailable(detail="armed order kept changing")

    def _stone(self, alert: OwnAlert, placing: Placing) -> Order:
        """It stands where the order would, so that no draft can be made there."""
        now = self._clock.now()
        return Order(
            order_id=new_order_id(),
            version=1,
            user_id=alert.user_id,
            link_id=alert.link_id,
            account_id=alert.account_id or AccountId(""),
            broker=alert.broker,
            environment=alert.environment,
            origin_key=placing.origin_key(alert.alert_id),
            guild_id=placing.guild_id,
            request=placing.request,
            review=Review.none(now),
            state=OrderState.LAPSED,
            created_at=now,
            events=(event(OrderState.LAPSED, "not placed", now),),
            told=Telling(events=1),
        )
