"""What looks out for people's alerts and tells them, built on the ground."""

from dataclasses import dataclass
from typing import Final

from floorbroker.bootstrap.ground import Ground
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.alert_orders import EVERY as ORDERS
from floorbroker.services.alert_orders import AlertOrders
from floorbroker.services.alert_rounds import EXPIRIES, FILLS, PRICES, AlertRound
from floorbroker.services.alert_telling import AlertMessenger, AlertTelling
from floorbroker.services.expiry_watch import ExpiryWatch
from floorbroker.services.fill_watch import FillWatch
from floorbroker.services.floor import Floor
from floorbroker.services.order_fills import OrderFills
from floorbroker.services.price_watch import PriceWatch
from floorbroker.services.schedule import Schedule
from floorbroker.services.unattended import Unattended
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.turns import Turns

SERVICE: Final = "replicas"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAlertWork:
    """Four kinds of looks, each made by one process at a time, what they send, and the telling."""

    prices: AlertRound
    order_fills: AlertRound
    fills: AlertRound
    expiries: AlertRound
    orders: AlertOrders
    telling: AlertTelling

    def start(self, schedule: Schedule) -> None:
        """From now on, each at its pace; all but the telling, which waits for Discord."""
        for every, name, work in (
            (PRICES, "price alerts", self.prices.sweep),
            (FILLS, "order fills", self.order_fills.sweep),
            (FILLS, "fill alerts", self.fills.sweep),
            (EXPIRIES, "expiry alerts", self.expiries.sweep),
            (ORDERS, "alert orders", self.orders.sweep),
        ):
            schedule.every(every, name, work, at_once=False)

    async def sweep(self) -> None:
        """All of it, once."""
        looks = (self.prices, self.order_fills, self.fills, self.expiries)
        for work in (*looks, self.orders, self.telling):
            await work.sweep()


def build_own_alerts(ground: Ground, floor: Floor, messenger: AlertMessenger) -> OwnAlertWork:
    """The work, each part built once; what it sends goes the way of every other order."""
    clock, accounts, sessions = ground.clock, ground.accounts, ground.sessions
    # Replicas that share a schedule take turns there; this one then is the service's.
    owner = ground.desk.process if ground.redis is None else SERVICE
    alerts, turns = StoredAlerts(ground.store), Turns(ground.store, owner)
    links = AlertLinks(alerts, accounts, clock)
    prices = PriceWatch(alerts, links, sessions, clock)
    order_fills = OrderFills(alerts, ground.orders, accounts, clock)
    fills = FillWatch(
        alerts=alerts,
        orders=ground.orders,
        links=links,
        accounts=accounts,
        sessions=sessions,
        clock=clock,
    )
    expiries = ExpiryWatch(alerts, links, accounts, sessions, clock)
    return OwnAlertWork(
        prices=AlertRound(turns, "price alerts", PRICES, prices.sweep, clock),
        order_fills=AlertRound(turns, "order fills", FILLS, order_fills.sweep, clock),
        fills=AlertRound(turns, "fill alerts", FILLS, fills.sweep, clock),
        expiries=AlertRound(turns, "expiry alerts", EXPIRIES, expiries.sweep, clock),
        orders=AlertOrders(
            alerts=alerts,
            desk=ground.desk,
            drafts=floor.drafts,
            sending=floor.orders,
            unattended=Unattended(ground.settings, ground.desk, ground.people, alerts),
            # Of this process in any case: two that are alone without Redis must not share it.
            turns=Turns(ground.store, ground.desk.process),
        ),
        telling=AlertTelling(alerts, ground.people, messenger, ground.desk.leaps, clock),
    )
