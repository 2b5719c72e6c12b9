"""Reads orders back until their end is proven. Never sends an order.

One sweep serves three needs: orders whose outcome is unknown (also those of a process that died),
cancels and modifies without an answer, and working orders that may have filled. An order is due
when its `check_at` has come. Whoever reads one back claims it first, by a compare-and-set: nobody
else, here or in another process, reads the same one meanwhile, and a claim whose owner died lapses.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from floorbroker.domain.errors import BrokerTimeout, FloorbrokerError, NotLinked
from floorbroker.domain.ids import OrderId, UserId
from floorbroker.domain.news import AMBIGUOUS
from floorbroker.domain.order import Candidate, Claim, Intent, IntentState, Order
from floorbroker.domain.order_life import event, moved, with_intent, with_receipt
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp
from floorbroker.domain.people import Link
from floorbroker.services.absence import gone, looked_for, missed, settle_time, settled
from floorbroker.services.audit import order_fields
from floorbroker.services.candidates import shown, unclaimed
from floorbroker.services.desk import Desk
from floorbroker.services.following import SLOWEST, next_look
from floorbroker.services.leaps import EVEN
from floorbroker.services.sending import with_next_look

AT_ONCE: Final = 100
LAST_LOOK: Final = timedelta(minutes=10)
"""An order that was called absent is looked for once more, long after anything can be late."""

SENT_AT_ONCE: Final = 500
"""So many are left to all replicas at a time, where there are some; the next sweep is soon."""

_MOST_ROUNDS: Final = 20
_CONCURRENT: Final = 16
_READ_SECONDS: Final = 10.0
_log = structlog.get_logger(__name__)

Send = Callable[[Order], Awaitable[bool]]
"""Leaves the reading of an order to whichever replica has a hand free; False where none will."""


class Reconciler:
    """See the module's first line."""

    def __init__(
        self, desk: Desk, *, read_seconds: float = _READ_SECONDS, at_once: int = AT_ONCE
    ) -> None:
        """A broker that does not answer within `read_seconds` is asked again later.

        Args:
            at_once: So many due orders are taken from the store at a time.
        """
        self._desk = desk
        self._at_once = at_once
        # A look ends long before its claim: storing what it found takes its time too.
        self._read_seconds = min(read_seconds, desk.claim.total_seconds() / 2)
        self._slots = asyncio.Semaphore(_CONCURRENT)
        self._swept_at = desk.clock.now()
        self._set_back = timedelta(0)
        self._send: Send | None = None

    def leave_to(self, send: Send) -> None:
        """From now on what is due is sent to others, who `read_back`; what is not, is read here."""
        self._send = send

    async def sweep(self) -> int:
        """Reads back every order that is due, the longest due first; how many were.

        A hundred at a time, until none is left that was due when the sweep began: each one that is
        taken is due later from then on, whatever comes of it.
        """
        self._desk.leaps.even_for()  # looked at often, so that no leap goes by unseen
        now, count = self._desk.clock.now(), 0
        if (back := self._swept_at - now) > EVEN:
            # The clock was set back: what was to be looked at soon must not wait until then.
            self._set_back = back + SLOWEST + self._desk.claim
        self._swept_at = now
        # After that even what has just been looked at seems due: one round a sweep.
        at_once, rounds = self._at_once, 1 if self._set_back else _MOST_ROUNDS
        if self._send is not None:
            at_once, rounds = SENT_AT_ONCE, 1  # what was sent stays due until somebody takes it
        for _ in range(rounds):
            due = await self._desk.orders.due_for_check(now + self._set_back, limit=at_once)
            await asyncio.gather(*(self._see_to(order) for order in due))
            count += len(due)
            if len(due) < at_once:
                self._set_back = timedelta(0)
                break
        self._desk.metrics.reconcile_backlog(count)
        return count

    async def read_back(self, user_id: str, order_id: str, version: int) -> None:
        """Reads an order back that was found due as that version, unless it has changed since."""
        order = await self._desk.orders.get(UserId(user_id), OrderId(order_id))
        if order is not None and order.version == version:
            await self._guarded(order)

    async def _see_to(self, order: Order) -> None:
        if self._send is None or not await self._send(order):
            await self._guarded(order)

    async def _guarded(self, order: Order) -> None:
        async with self._slots:
            try:
                await self.check(order)
            except FloorbrokerError as error:
                _log.warning("read_back_failed", broker=order.broker, code=error.code)
            except Exception as error:  # noqa: BLE001  # the edge: the other orders go on
                _log.exception("read_back_broke", broker=order.broker, error=type(error).__name__)

    async def check(self, order: Order) -> Order:
        """Reads one order back, if nobody else is at it.

        Raises:
            FloorbrokerError: The broker or the store did not answer; the order stays due.
        """
        now = self._desk.clock.now()
        if self._claimed(order, now):
            return order  # somebody is at it: an answer is on its way
        taken = await self._desk.orders.advance(order, self._taken(order, now))
        if taken is None:
            return order
        try:
            await self._audited(taken, before=order)
            try:
                link = await self._desk.accounts.link(order.user_id, order.link_id)
            except NotLinked:
                return await self._desk.orders.change(taken, _out_of_sight)
            found = await unclaimed(self._desk.orders, taken, await self._found(link, taken))
        except BaseException:
            await self._let_go(taken)
            raise
        return await self._store(taken, found)

    async def _let_go(self, taken: Order) -> None:
        """So that nobody need wait until the claim lapses; if it fails, it lapses."""
        now = self._desk.clock.now()
        with suppress(FloorbrokerError):
            await self._desk.orders.change(taken, lambda order: _let_go(order, taken, now))

    async def _found(self, link: Link, order: Order) -> LookUp:
        try:
            # Connecting counts too: one broker that hangs must not hold up the whole sweep.
            async with (
                asyncio.timeout(self._read_seconds),
                self._desk.sessions.lease(link) as adapter,
            ):
                return await adapter.find_order(order)
        except TimeoutError as error:
            raise BrokerTimeout(broker=order.broker) from error

    def _taken(self, order: Order, now: datetime) -> Order:
        """Claimed, and out of sight until it was looked at; a lapsed SENDING becomes UNKNOWN."""
        if order.state is OrderState.SENDING:
            order = replace(moved(order, OrderState.UNKNOWN, "claim lapsed", now), news_at=now)
        intent = order.intent
        if intent is not None and intent.state is IntentState.SENDING:
            order = with_intent(order, intent, IntentState.UNKNOWN, now)
        until = now + self._desk.claim
        # Told apart from what this process may be sending about the same order at this moment.
        claim = Claim(owner=f"{self._desk.process} reads", until=until)
        return replace(order, claim=claim, check_at=until)

    async def _store(self, taken: Order, found: LookUp) -> Order:
        now = self._desk.clock.now()
        stored = await self._desk.orders.change(
            taken, lambda order: self._after(_unclaimed(order, taken), found, now)
        )
        if stored is not taken and stored.state is not taken.state:
            self._desk.metrics.order_outcome(stored.broker, stored.state)
        await self._audited(stored, before=taken)
        return stored

    async def _audited(self, order: Order, *, before: Order) -> None:
        if order_fields(order) != order_fields(before):
            await self._desk.audit.order(order)

    def _after(self, order: Order, found: LookUp, now: datetime) -> Order:
        order = looked_for(order, found, now)
        match found:
            case Found(receipt=receipt):
                after = replace(with_receipt(order, receipt, now), candidates=())
            case Ambiguous(candidates=candidates) if order.state in UNRESOLVED:
                after = _ambiguous(order, shown(candidates), now)
            case Absent() if order.state in UNRESOLVED and settled(self._desk, order, now):
                after = replace(
                    moved(order, OrderState.NOT_PLACED, "absent at the broker", now),
                    reason="The broker has no such order.",
                    candidates=(),
                )
            # Whoever asks something about it at this moment has an answer coming.
            case Absent() if missed(self._desk, order, now) and not self._claimed(order, now):
                after = gone(order, now)
            case _:
                after = order
        after = self._give_up_intent(after, found, now)
        if _same(after, order):
            return order if self._claimed(order, now) else with_next_look(order, now)
        if not self._claimed(order, now):
            after = with_next_look(after, now)
        if after.state is OrderState.NOT_PLACED:
            after = replace(after, check_at=now + LAST_LOOK)
        return replace(after, news_at=now)

    def _give_up_intent(self, order: Order, found: LookUp, now: datetime) -> Order:
        """A cancel or modify that left no trace after the settle time was not carried out."""
        intent = order.intent
        if intent is None or intent.state is not IntentState.UNKNOWN:
            return order
        waited = min(now - intent.at, self._desk.leaps.even_for())
        if not isinstance(found, Found) or waited < settle_time(self._desk, order):
            return order
        return with_intent(order, intent, IntentState.REFUSED, now, _left_no_trace(intent))

    def _claimed(self, order: Order, now: datetime) -> bool:
        """Whether somebody has asked the broker something and still waits for the answer.

        A claim that ends later than one made now was made before the clock was set back: whether
        it has lapsed nobody can tell, and reading back does no harm.
        """
        if order.claim is None:
            return False
        return now < order.claim.until <= now + self._desk.claim + EVEN


def _out_of_sight(order: Order) -> Order:
    """Its account was removed: nobody can look any more, and the state stays what was last seen."""
    return replace(order, check_at=None, reason="Its account was removed; look at your broker.")


def _unclaimed(order: Order, taken: Order) -> Order:
    """Without the claim of this look; one that somebody else has made since stays."""
    return replace(order, claim=None) if order.claim == taken.claim else order


def _let_go(order: Order, taken: Order, now: datetime) -> Order:
    """Due again at its pace: also the last look at an absent order counts only once it was made."""
    if order.claim != taken.claim:
        return order
    return replace(order, claim=None, check_at=next_look(order, now) or now + SLOWEST)


def _ambiguous(order: Order, candidates: tuple[Candidate, ...], now: datetime) -> Order:
    if order.candidates == candidates:
        return order
    count = len(candidates)
    fit = f"{count} orders at your broker fit" if count > 1 else "An order at your broker fits"
    return replace(
        order,
        candidates=candidates,
        reason=f"{fit} this one. Look there and say which it is.",
        events=(*order.events, event(order.state, AMBIGUOUS, now)),
    )


def _left_no_trace(intent: Intent) -> str:
    return f"The broker did not carry the {intent.kind} out. You can ask again."


def _same(after: Order, before: Order) -> bool:
    return replace(after, check_at=before.check_at) == before
