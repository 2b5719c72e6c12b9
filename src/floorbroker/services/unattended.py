"""What must hold for an order that nobody clicks for, beyond everything that Confirm asks.

A person at a review sees the price, its age, what was sent a moment ago and in whose server they
are. Nobody sees these at a firing, so each of them says no.
"""

from datetime import timedelta
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.config import Settings, Switch
from floorbroker.domain.errors import (
    BrokerError,
    Busy,
    DraftExpired,
    NotLinked,
    Paused,
    PolicyRefused,
)
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, PositionEffect
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.people import Link
from floorbroker.domain.placing import Placing, Stage, in_time
from floorbroker.domain.risk import Limits
from floorbroker.services import preflight
from floorbroker.services.callers import Caller
from floorbroker.services.desk import Desk
from floorbroker.services.drafts import SAME_AGAIN
from floorbroker.services.link_health import ended
from floorbroker.services.valuation import moved_percent, off_percent
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.people import People

EVEN_FOR: Final = timedelta(minutes=2)
"""No order goes out by a clock that leapt within that time."""


class SeenTo(Busy):
    """Its claim is not ours any more: whoever has it, or has disarmed it, tells of it."""


class Unattended:
    """Judges; sends nothing."""

    def __init__(
        self, settings: Settings, desk: Desk, people: People, alerts: StoredAlerts
    ) -> None:
        """See the module's first lines."""
        self._settings = settings
        self._desk = desk
        self._people = people
        self._alerts = alerts

    def check_allowed(self) -> None:
        """The operator's word.

        Raises:
            PolicyRefused: Alerts may not trade here.
        """
        if self._settings.alerts_may_trade is not Switch.ON:
            raise PolicyRefused("The operator has not allowed alerts to place orders.")

    async def check_server(self, guild_id: str | None) -> None:
        """Roles and channels are shown by a click only.

        Raises:
            PolicyRefused: The server asks for them.
        """
        policy = None if guild_id is None else await self._people.policy(guild_id)
        if policy is not None and (policy.roles or policy.channels):
            raise PolicyRefused(
                "The server whose rules hold for it asks for roles or channels, which only a click "
                "shows."
            )

    async def check_gates(self, caller: Caller, alert: OwnAlert) -> Limits:
        """Every lock as for an order that opens a position, whatever this one does.

        Raises:
            FloorbrokerError: See `Gates.check`.
        """
        person = await self._people.person(caller.user_id)
        if person is not None and person.leaving is not None:
            raise Paused("Your data is to be erased, so nothing goes out by itself.")
        return await self._desk.gates.check(
            caller, alert.broker, alert.environment, PositionEffect.OPEN
        )

    async def working_link(self, alert: OwnAlert) -> Link:
        """The alert's link, if its broker accepts it.

        Raises:
            NotLinked: It was removed, does not work, or its account was left out.
        """
        link = await self._desk.accounts.link(alert.user_id, alert.link_id)
        if link.dead_since is not None or ended(link, self._desk.clock):
            raise NotLinked(f"{alert.account} does not work at the moment.")
        if alert.account_id in link.excluded:
            raise NotLinked(f"{alert.account} is left out of every command.")
        return link

    def check_time(self, held: OwnAlert) -> None:
        """The firing is a moment ago, by a clock that can be believed.

        Raises:
            DraftExpired: It is not.
        """
        now = self._desk.clock.now()
        if held.firing is None or not in_time(held.firing.at, now):
            raise DraftExpired("It could not be placed within a minute after the alert fired.")
        if self._desk.leaps.even_for() < EVEN_FOR:
            raise DraftExpired("The bot's clock was just set, so no time could be relied on.")

    def check_same(self, order: Order, alert: OwnAlert, placing: Placing) -> None:
        """The draft is to the letter what was armed.

        Raises:
            DraftExpired: The account, or a term of it, is another one.
        """
        account = (order.link_id, order.account_id, order.environment)
        if (
            account != (alert.link_id, alert.account_id, alert.environment)
            or _terms(order.request) != _terms(placing.request)
            or order.request.effect is PositionEffect.SHORT
        ):
            raise DraftExpired("Your broker would take this order with other terms now.")

    async def last_look(
        self, held: OwnAlert, caller: Caller, order: Order, adapter: BrokerAdapter
    ) -> None:
        """Everything, at the last moment before the order is on its way; the locks last of all.

        Raises:
            SeenTo: Somebody else has seen to it since.
            FloorbrokerError: Something stands in the way, in a sentence; nothing was sent.
        """
        placing, clock = held.placing, self._desk.clock
        assert placing is not None  # noqa: S101  # whoever places has looked
        self.check_same(order, held, placing)
        if order.review.caution:
            raise DraftExpired(order.review.caution)
        if await self._desk.orders.beside.sent_alike(order, clock.now() - SAME_AGAIN) is not None:
            raise DraftExpired("The same order was sent a moment ago.")
        try:
            quote = await adapter.quote(order.request.instrument)
        except BrokerError as error:
            raise DraftExpired("No quote is to be had.") from error
        self.check_allowed()
        if (await self.working_link(held)).linked_at != placing.linked_at:
            raise DraftExpired("You have linked this account anew since you armed it.")
        await self.check_server(placing.guild_id)
        await self._check_still_due(held)
        limits = await self.check_gates(caller, held)
        # Nothing is awaited from here on: the price is as old as it is judged to be.
        doubt = preflight.doubt(quote, clock.now())
        touch = quote.touch(order.request.side)
        if doubt or touch is None or touch <= 0:
            raise DraftExpired(doubt or "No quote is to be had.")
        collar = limits.price_collar_percent
        level = held.level
        if level is not None and moved_percent(level.price, touch) > collar:
            raise DraftExpired(
                f"The price is {touch:f}, more than the collar of {collar:f} % from the alert's."
            )
        if off_percent(order.request, touch) > collar:
            raise DraftExpired(
                f"The limit price is more than the collar of {collar:f} % beyond the market."
            )
        self.check_time(held)

    async def _check_still_due(self, held: OwnAlert) -> None:
        present = await self._alerts.get(held.user_id, held.alert_id)
        if (
            present is None
            or present.stage is not Stage.DUE
            or present.placing != held.placing
            or present.place_at != held.place_at
        ):
            raise SeenTo


def _terms(request: OrderRequest) -> tuple[object, ...]:
    """All that is bought or sold, and how; the name of the instrument is only a name."""
    instrument = request.instrument
    return (
        instrument.symbol,
        instrument.asset_class,
        instrument.currency,
        instrument.multiplier,
        request.side,
        request.type,
        request.quantity,
        request.notional,
        request.limit_price,
        request.stop_price,
        request.bracket,
        request.time_in_force,
        request.session,
    )
