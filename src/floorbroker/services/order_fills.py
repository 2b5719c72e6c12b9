"""Looks for the fill of an order from here, for the alert that waits for it.

The store has it, where read-back keeps it: no broker is asked, so that none holds an alert up which
may carry an armed order.
"""

from dataclasses import replace

import structlog

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.own_alerts import AlertKind, Firing, OwnAlert, Standing, fired
from floorbroker.services.accounts import Accounts
from floorbroker.services.fill_words import has_filled, loud, own_line, part
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts

_log = structlog.get_logger(__name__)


class OrderFills:
    """One order of ours an alert; what an account fills is `fill_watch.py`."""

    def __init__(
        self, alerts: StoredAlerts, orders: Orders, accounts: Accounts, clock: Clock
    ) -> None:
        """See the module's first lines."""
        self._alerts = alerts
        self._orders = orders
        self._accounts = accounts
        self._clock = clock

    async def sweep(self) -> None:
        """Looks at every such alert, one after the other."""
        async for alert in self._alerts.at_work(frozenset({AlertKind.FILL})):
            if alert.order_id is None or alert.ends_at <= self._clock.now():
                continue
            try:
                await self._look(alert)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  # the edge: the other alerts are looked at
                _log.exception("order_fills_broke", error=type(error).__name__)

    async def _look(self, alert: OwnAlert) -> None:
        """It has filled, wholly or in part; or ended without that, which its own news tells."""
        assert alert.order_id is not None  # noqa: S101  # the sweep has looked
        order = await self._orders.get(alert.user_id, alert.order_id)
        now = self._clock.now()
        if order is not None and not order.state.final:
            after = replace(alert, armed=True)
        elif (
            order is not None
            and alert.armed
            and has_filled(order)
            and await self._tells(alert, order)
        ):
            firing = Firing(number=alert.times + 1, at=now, lines=(own_line(order),))
            after = fired(alert, firing, against=_against(order))
        else:
            after = replace(alert, standing=Standing.DONE, ends_at=now)
        if after != alert:
            await self._alerts.advance(alert, after)

    async def _tells(self, alert: OwnAlert, order: Order) -> bool:
        """Whether it has more to tell than the order's own news."""
        if alert.prepared is not None:
            return True
        return not loud(await self._accounts.person(alert.user_id), order)


def _against(order: Order) -> str:
    """Why an order that was armed for the fill does not go out after a part of it."""
    if order.state is OrderState.FILLED:
        return ""
    return f"It was armed for the whole fill, and the order {part(order)}."
