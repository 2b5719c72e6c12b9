"""The locks between a person and an order: live trading, server rules, the pause, the limits."""

import asyncio
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.brokers.registry import get_broker
from floorbroker.config import Settings, Switch
from floorbroker.domain.clock import Clock
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import Busy, LimitExceeded, Paused, PolicyRefused
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import PositionEffect
from floorbroker.domain.people import Person, ServerPolicy
from floorbroker.domain.risk import Limits, ProposedOrder, violations
from floorbroker.domain.service_pause import ServicePause
from floorbroker.storage.orders import Orders
from floorbroker.storage.people import People

EXCHANGE_ZONE: Final = ZoneInfo("America/New_York")
"""The daily count of orders starts anew at midnight here."""


class Gates:
    """Says no before anything is sent. Paper needs none of the live locks."""

    def __init__(self, settings: Settings, people: People, orders: Orders, clock: Clock) -> None:
        """`settings` hold the operator's switches and limits."""
        self._settings = settings
        self._people = people
        self._orders = orders
        self._clock = clock

    @property
    def limits(self) -> Limits:
        """The limits that apply."""
        return self._settings.limits

    async def check(
        self,
        user_id: UserId,
        guild_id: str | None,
        environment: Environment,
        effect: PositionEffect,
        broker: BrokerId,
    ) -> None:
        """Every lock that can have changed since the review.

        Raises:
            PolicyRefused: Live trading is off here, for one of three reasons.
            Paused: A kill switch is set and the order would open a position.
            Busy: The person's data is being erased.
        """
        person, pause, policy = await asyncio.gather(
            self._people.person(user_id), self._people.service_pause(), self._policy(guild_id)
        )
        person = person or Person(user_id=user_id)
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
        if environment is Environment.LIVE:
            self._check_live(person, guild_id, policy)

    async def _policy(self, guild_id: str | None) -> ServerPolicy | None:
        return None if guild_id is None else await self._people.policy(guild_id)

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
        since = _exchange_midnight(self._clock.now())
        return await self._orders.sent_since(user_id, since, limit=self.limits.max_orders_per_day)

    def check_count(self, effect: PositionEffect, orders_today: int) -> None:
        """The daily count once more at Confirm, since several drafts can be open.

        Raises:
            LimitExceeded: The day's orders are used up.
        """
        most = self.limits.max_orders_per_day
        if effect is not PositionEffect.CLOSE and orders_today >= most:
            raise LimitExceeded(
                ErrorCode.RISK_LIMIT_EXCEEDED, f"Daily order limit reached ({most})"
            )

    def check_limits(self, proposed: ProposedOrder) -> None:
        """All limits at once.

        Raises:
            LimitExceeded: Names each one that would be broken, joined by a comma.
        """
        broken = violations(proposed, self.limits)
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


def _exchange_midnight(now: datetime) -> datetime:
    local = now.astimezone(EXCHANGE_ZONE)
    return datetime.combine(local.date(), time(), EXCHANGE_ZONE).astimezone(now.tzinfo)
