"""Sees to the armed orders of alerts that have fired: each is sent once, or never.

The firing is stored first. One process at a time takes what is due, and claims each alert; whoever
is held up with a claim that lapsed meets the order's own document, which is made once and goes from
draft to sending once. Whatever stands in the way, nothing is sent and its person gets the review.

A round begins nothing that could outlast its turn: two orders of a person are judged one after the
other, and a broker that hangs for one person keeps nobody else's order waiting beyond its minute.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from floorbroker.domain.errors import FloorbrokerError, StoreUnavailable
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.placing import Placing, Stage, over, sent
from floorbroker.services.alert_wishes import ticket_of_request
from floorbroker.services.callers import Caller
from floorbroker.services.desk import Desk
from floorbroker.services.drafts import Drafts
from floorbroker.services.never_sent import NEVER, NeverSent
from floorbroker.services.orders import OrderService
from floorbroker.services.unattended import SeenTo, Unattended
from floorbroker.storage.own_alerts import StoredAlerts
from floorbroker.storage.turns import Turns

EVERY: Final = timedelta(seconds=2)
CLAIM: Final = timedelta(seconds=25)
"""So long nobody else sees to the same order; then there is time for one more look."""

ATTEMPT_SECONDS: Final = 15.0
_TURN: Final = "alert orders"
_LONGEST_WHY: Final = 300
_AT_ONCE: Final = 100
_BROKE: Final = "Something went wrong in the bot."
_log = structlog.get_logger(__name__)


class AlertOrders:
    """The one place that sends an order without a click."""

    def __init__(  # each has its part in an order that nobody clicks for
        self,
        *,
        alerts: StoredAlerts,
        desk: Desk,
        drafts: Drafts,
        sending: OrderService,
        unattended: Unattended,
        turns: Turns,
        attempt_seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        """See the module's first lines."""
        self._alerts = alerts
        self._desk = desk
        self._drafts = drafts
        self._sending = sending
        self._unattended = unattended
        self._turns = turns
        self._attempt_seconds = attempt_seconds
        self._never = NeverSent(desk.orders, desk.clock)

    async def sweep(self) -> int:
        """Sees to all that is due; how much that was."""
        now = self._desk.clock.now()
        due = await self._alerts.to_place(now, limit=_AT_ONCE)
        if not due or self._desk.supervisor.draining:
            return 0
        if not await self._turns.take(_TURN, now, CLAIM):
            return 0
        begins_until = self._desk.clock.steady() + CLAIM.total_seconds() - self._attempt_seconds
        people: dict[UserId, list[OwnAlert]] = defaultdict(list)
        for alert in due:
            people[alert.user_id].append(alert)
        failed = await asyncio.gather(
            *(self._one_by_one(alerts, begins_until) for alerts in people.values())
        )
        await self._turns.give_back(_TURN, self._desk.clock.now())
        if any(failed):
            raise StoreUnavailable(detail="an armed order could not be seen to")
        return len(due)

    async def _one_by_one(self, alerts: Sequence[OwnAlert], begins_until: float = math.inf) -> bool:
        """One person's, so that each sees what the last one sent; whether the store failed.

        Those that are left at `begins_until`, of the steady clock, are the next round's.
        """
        for alert in alerts:
            if self._desk.clock.steady() > begins_until:
                break
            try:
                await self._see_to(alert)
            except StoreUnavailable:
                return True  # the claim lapses, and whoever looks then finds what is there
            except Exception as error:  # noqa: BLE001  # the edge: the others are seen to
                _log.exception("armed_order_not_settled", error=type(error).__name__)
        return False

    async def _see_to(self, alert: OwnAlert) -> None:
        claimed = replace(alert, place_at=self._desk.clock.now() + CLAIM)
        held = await self._alerts.advance(alert, claimed)
        if held is None:
            return
        placing = held.placing
        if placing is None or placing.stage is not Stage.DUE:
            await self._alerts.change(held, lambda one: replace(one, place_at=None))
            return
        try:
            why = await self._tried(held, placing)
        except SeenTo:
            return
        if self._desk.supervisor.draining and why:
            return  # this process ends: another one may still be in time
        if await self._alerts.get(held.user_id, held.alert_id) is None:
            return  # removed or erased meanwhile: then nothing goes out, and nothing is kept
        order = await self._never.sure(held, placing, why)
        settled = over(placing, why or _BROKE) if order is None else sent(placing, order.order_id)
        now = self._desk.clock.now()

        def step(one: OwnAlert) -> OwnAlert:
            if one.placing != placing:
                return one
            return replace(one, placing=settled, place_at=None, tell_at=now)

        await self._alerts.change(held, step)
        _log.info("armed_order_seen_to", sent=order is not None, broker=held.broker)
        fields = {"order_id": settled.order_id or "", "sent": "yes" if order else "no"}
        await self._desk.audit.write(held.user_id, "alert_order", fields)

    async def _tried(self, held: OwnAlert, placing: Placing) -> str:
        """Sends it, if nothing is against it; else why not, in a sentence.

        Raises:
            SeenTo: Somebody else has seen to it since.
        """
        known = await self._never.known(held, placing)
        if known is not None and known.state is not OrderState.DRAFT:
            return known.reason or _BROKE  # it was seen to: its document says how
        caller = Caller(
            user_id=held.user_id,
            guild_id=placing.guild_id,
            origin_key=placing.origin_key(held.alert_id),
        )
        try:
            async with asyncio.timeout(self._attempt_seconds):
                self._unattended.check_allowed()
                self._unattended.check_time(held)
                await self._unattended.working_link(held)
                await self._unattended.check_server(placing.guild_id)
                await self._unattended.check_gates(caller, held)
                order = known or await self._drafted(caller, held, placing)
                last = partial(self._unattended.last_look, held, caller)
                order = await self._sending.confirm(caller, order.order_id, None, last=last)
        except (StoreUnavailable, SeenTo):
            raise
        except TimeoutError:
            return "Your broker did not answer in time."
        except FloorbrokerError as error:
            return error.message[:_LONGEST_WHY]
        except Exception as error:  # noqa: BLE001  # the edge: nothing is told before it is sure
            _log.exception("armed_order_broke", error=type(error).__name__)
            return _BROKE
        return (order.reason or _BROKE)[:_LONGEST_WHY] if order.state in NEVER else ""

    async def _drafted(self, caller: Caller, held: OwnAlert, placing: Placing) -> Order:
        account = f"{held.link_id}/{held.account_id}"
        return await self._drafts.draft(caller, ticket_of_request(placing.request, account))
