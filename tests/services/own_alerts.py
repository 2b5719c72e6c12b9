"""What looks out for people's alerts in a house, and alerts that are set there."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.services.alert_links import AlertLinks
from floorbroker.services.alert_orders import ATTEMPT_SECONDS, AlertOrders
from floorbroker.services.alert_rounds import PRICES, AlertRound
from floorbroker.services.alert_setting import AlertSetting
from floorbroker.services.alert_telling import AlertTelling
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.arming import Arming
from floorbroker.services.expiry_watch import ExpiryWatch
from floorbroker.services.fill_watch import FillWatch
from floorbroker.services.never_sent import NeverSent
from floorbroker.services.order_fills import OrderFills
from floorbroker.services.own_alerts import OwnAlerts
from floorbroker.services.price_watch import PATIENCE_SECONDS, PriceWatch
from floorbroker.services.unattended import Unattended
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.turns import Turns
from tests.fakes.exchange.venue import Venue
from tests.fakes.messenger import RecordingMessenger
from tests.floor import ANNA, House, caller

A_LOOK: Final = 16.0
"""Seconds after which a price is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """One process's part in people's alerts."""

    house: House
    stored: StoredAlerts
    setting: AlertSetting
    own: OwnAlerts
    prices: PriceWatch
    in_turns: AlertRound
    order_fills: OrderFills
    fills: FillWatch
    expiries: ExpiryWatch
    telling: AlertTelling
    arming: Arming
    orders: AlertOrders

    async def alert(
        self, user_id: UserId = ANNA, *, price: str = "110", above: bool = True, **wishes: Any
    ) -> OwnAlert:
        """AAPL above 110, once, unless told otherwise."""
        by, wanted = caller(user_id), Wishes(**wishes)
        return await self.setting.price(by, "AAPL", price, above=above, wishes=wanted)

    async def looks(self) -> int:
        """A while later it looks at prices and tells what is due; how many requests there were."""
        self.house.clock.advance(A_LOOK)
        asked = await self.prices.sweep()
        await self.telling.sweep()
        return asked

    async def now(self, alert: OwnAlert) -> OwnAlert:
        """The alert as it is stored."""
        found = await self.stored.get(alert.user_id, alert.alert_id)
        assert found is not None
        return found

    def telling_by(self, messenger: RecordingMessenger) -> AlertTelling:
        """The telling by another way to people."""
        house = self.house
        return AlertTelling(
            self.stored, house.stored_people, messenger, house.desk.leaps, house.clock
        )

    @property
    def told(self) -> list[OwnAlert]:
        """Every alert that was told."""
        return self.house.messenger.alerts


def lookout(
    house: House,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    attempt_seconds: float = ATTEMPT_SECONDS,
) -> Lookout:
    """The parts, as `bootstrap` puts them together."""
    clock, accounts, sessions = house.clock, house.accounts, house.sessions
    stored = StoredAlerts(house.documents)
    links = AlertLinks(stored, accounts, clock)
    unattended = Unattended(house.settings, house.desk, house.stored_people, stored)
    prices = PriceWatch(stored, links, sessions, clock, patience_seconds=patience_seconds)
    turns = Turns(house.documents, house.desk.process)
    return Lookout(
        house=house,
        stored=stored,
        setting=AlertSetting(stored, house.stored_orders, accounts, sessions, clock),
        own=OwnAlerts(stored, accounts, house.drafts, NeverSent(house.stored_orders, clock), clock),
        prices=prices,
        in_turns=AlertRound(turns, "price alerts", PRICES, prices.sweep, clock),
        order_fills=OrderFills(stored, house.stored_orders, accounts, clock),
        fills=FillWatch(
            alerts=stored,
            orders=house.stored_orders,
            links=links,
            accounts=accounts,
            sessions=sessions,
            clock=clock,
            patience_seconds=patience_seconds,
        ),
        expiries=ExpiryWatch(
            stored, links, accounts, sessions, clock, patience_seconds=patience_seconds
        ),
        telling=AlertTelling(stored, house.stored_people, house.messenger, house.desk.leaps, clock),
        arming=Arming(stored, house.desk, unattended),
        orders=AlertOrders(
            alerts=stored,
            desk=house.desk,
            drafts=house.drafts,
            sending=house.orders,
            unattended=unattended,
            turns=turns,
            attempt_seconds=attempt_seconds,
        ),
    )


def trades_at(venue: Venue, price: str) -> None:
    """The exchange's price from now on."""
    last = Decimal(price)
    venue.bid, venue.ask, venue.last = last - Decimal("0.01"), last, last
