"""The locks between a person and an order: live trading, server rules, the pause, the limits."""

import asyncio
from dataclasses import replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.brokers.registry import get_broker
from floorbroker.config import Settings, Switch
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import Busy, LimitExceeded, Paused, PolicyRefused
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import PositionEffect
from floorbroker.domain.own_limits import tightest
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.risk import Limits, ProposedOrder, violations
from floorbroker.domain.service_pause import ServicePause
from floorbroker.services.callers import Caller
from floorbroker.storage.orders import Orders
from floorbroker.storage.people import People

EXCHANGE_ZONE: Final = ZoneInfo("America/New_York")
"""The daily count of orders starts anew at midnight here."""


class Gates:
    """Says no before anything is sent. Paper needs none of the live locks."""

    def __init__(self, settings: Settings, people: People, orders: Orders, clock: Clock) -> None:
        """`settings` hold the operator's switches and limits."""
        self._settings = settings
        self._operators = settings.limits
        self._closing = replace(self._operators, max_daily_loss=None)
        self._people = people
        self._orders = orders
        self._clock = clock

    async def check(
        self,
        caller: Caller,
        broker: BrokerId,
        environment: Environment,
        effect: PositionEffect,
    ) -> Limits:
        """Every lock that can have changed since the review.

        Returns:
            The limits that hold for such an order now. One that closes a position keeps to the
            operator's collar alone: no other rule holds a person in a position.

        Raises:
            Busy: The person's data is being erased.
            PolicyRefused: Live trading is off here, for one of three reasons, or a rule of the
                server forbids it.
            Paused: A kill switch is set and the order would open a position.
        """
        person, pause, policy = await asyncio.gather(
            self._people.person(caller.user_id),
            self._people.service_pause(),
            self._policy(caller.guild_id),
        )
        person = person or Person(user_id=caller.user_id)
        if person.leaving is not None and person.leaving.begun:
            raise Busy("Your data is being erased at this moment.")
        if effect is not PositionEffect.CLOSE:
            _check_operators(person, pause, policy, broker)
            if policy is not None and policy.paused:
                raise Paused("This server's managers have paused trading here.")
            if person.leaving is not None:
                raise Paused("Your data is to be erased, so nothing opens. /data keep ends that.")
            if person.paused:
                raise Paused("You have paused trading. /resume opens it again.")
            if policy is not None:
                _check_place(caller, policy, broker)
        if environment is Environment.LIVE:
            self._check_live(person, caller.guild_id, policy)
        if effect is PositionEffect.CLOSE:
            return self._closing
        return self.limits_of(person, policy)

    async def _policy(self, guild_id: str | None) -> ServerPolicy | None:
        return None if guild_id is None else await self._people.policy(guild_id)

    def limits_of(self, person: Person, policy: ServerPolicy | None) -> Limits:
        """What holds now for orders that open a position, in a server of that policy."""
        now = self._clock.now()
        servers = None if policy is None else policy.limits.at(now)
        return tightest(self._operators, servers, person.limits.at(now))

    def _check_live(
        self, person: Person, guild_id: str | None, policy: ServerPolicy | None
    ) -> None:
        if self._settings.live_trading is not Switch.ON:
            raise PolicyRefused("The operator has not switched live trading on.")
        if not person.live:
            raise PolicyRefused("You have not switched live trading on. /settings does.")
        if guild_id is not None and (policy is None or not policy.live):
            raise PolicyRefused("This server does not allow live trading.")

    async def orders_today(self, user_id: UserId) -> int:
        """How many orders the person sent on this day of the exchange, up to the limit."""
        since = exchange_midnight(self._clock.now())
        most = self._operators.max_orders_per_day  # nobody's limit is beyond it
        return await self._orders.sent_since(user_id, since, limit=most)

    def check_limits(self, proposed: ProposedOrder, limits: Limits) -> None:
        """All limits at once.

        Raises:
            LimitExceeded: Names each one that would be broken, joined by a comma.
        """
        broken = violations(proposed, limits)
        if broken:
            raise LimitExceeded(broken[0].code, ", ".join(one.message for one in broken))


def _check_operators(
    person: Person, pause: ServicePause, policy: ServerPolicy | None, broker: BrokerId
) -> None:
    if pause.everybody:
        raise Paused("The operator has paused trading for everybody.")
    if pause.holds_at(broker):
        name = get_broker(broker).name
        raise Paused(f"The operator has paused trading at {name}.", broker=broker)
    if person.suspended:
        raise Paused("The operator has paused trading for you.")
    if policy is not None and policy.suspended:
        raise Paused("The operator has paused trading in this server.")


def _check_place(caller: Caller, policy: ServerPolicy, broker: BrokerId) -> None:
    """Who may open positions in a server, where, and at which brokers.

    Raises:
        PolicyRefused: A rule of the server is against it.
    """
    if policy.brokers and broker not in policy.brokers:
        name = get_broker(broker).name
        raise PolicyRefused(f"This server does not allow orders at {name} that open a position.")
    if policy.roles and not policy.roles & caller.role_ids:
        raise PolicyRefused("In this server only members with certain roles open positions.")
    if policy.channels and not policy.channels & caller.channel_ids:
        raise PolicyRefused("This server allows orders that open a position in other channels.")


def exchange_midnight(now: datetime) -> datetime:
    """When the exchange's present day began."""
    local = now.astimezone(EXCHANGE_ZONE)
    return datetime.combine(local.date(), time(), EXCHANGE_ZONE).astimezone(now.tzinfo)
