"""An armed alert in a house: AAPL above 110 buys ten at 111 at most."""

from dataclasses import replace
from typing import Any, Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.services.callers import Caller
from floorbroker.services.never_sent import NeverSent
from tests.fakes.exchange.venue import Venue
from tests.floor import ANNA, House, caller, settings
from tests.services.own_alerts import A_LOOK, Lookout, lookout, trades_at

ORDER: Final[dict[str, Any]] = {"side": Side.BUY, "quantity": "10", "limit": "111"}


def allowing(**changes: Any) -> Any:
    """Settings of an operator who lets alerts place orders."""
    return settings(alerts_may_trade="on", **changes)


async def armed(
    look: Lookout, user_id: UserId = ANNA, *, by: Caller | None = None, **wishes: Any
) -> OwnAlert:
    """An alert whose order is armed, with the two steps that a person makes."""
    alert = await look.alert(user_id, **{**ORDER, **wishes})
    by = by or caller(user_id)
    asked = await look.arming.ask(by, alert.alert_id)
    assert asked.placing is not None
    return await look.arming.confirm(by, alert.alert_id, asked.placing.placing_id)


async def fires(look: Lookout, venue: Venue, price: str = "110.50") -> None:
    """The price is there, and the watch has seen it; nobody has seen to the order yet."""
    trades_at(venue, price)
    look.house.clock.advance(A_LOOK)
    await look.prices.sweep()


async def fires_and_is_seen_to(look: Lookout, venue: Venue, price: str = "110.50") -> None:
    """The whole way from the price to the message."""
    await fires(look, venue, price)
    look.house.clock.advance(2)
    await look.orders.sweep()
    await look.telling.sweep()


async def order_of(look: Lookout, alert: OwnAlert) -> Order | None:
    """What the store holds under the key of the armed order."""
    assert alert.placing is not None
    never = NeverSent(look.house.stored_orders, look.house.clock)
    return await never.known(alert, alert.placing)


async def live(house: House) -> None:
    """Everything that a live order needs, and a live link."""
    link = await house.link()
    await house.stored_people.save_link(replace(link, environment=Environment.LIVE))
    await house.choose(live=True)


__all__ = [
    "ORDER",
    "allowing",
    "armed",
    "fires",
    "fires_and_is_seen_to",
    "live",
    "lookout",
    "order_of",
]
