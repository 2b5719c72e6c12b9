"""One process of the product at one broker, and some people in it, until the day is over."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from random import Random
from time import monotonic
from typing import Final

from floorbroker.bootstrap import App
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.domain.errors import FloorbrokerError, RateLimited
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import IntentState, Order
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import OrderChanges, Side
from floorbroker.services.callers import Caller
from tests.campaign.faults import truth
from tests.campaign.faults.tally import Tally
from tests.campaign.faults.tickets import another, ticket
from tests.campaign.faults.venue import Kind, Planted, Venue

A_MINUTE: Final = 61.0
"""So long after a fault every broker's wish to be left alone is over."""

STEPS: Final = (3, 35, 35, 35, 60, 60, 60, 60)
"""Seconds between two looks, until everything is read back."""

_ARRIVES_SECONDS: Final = 3.0


class Day:
    """See the module's first line."""

    def __init__(
        self, venue: Venue, app: App, users: Sequence[UserId], chance: Random, tally: Tally
    ) -> None:
        """Their accounts are linked; nothing is ordered yet."""
        self._venue, self._app, self._users = venue, app, users
        self._chance, self._tally = chance, tally
        self._asked = dict.fromkeys(Kind, 0)
        self._clicks = 0

    async def pass_with(self, numbers: Sequence[int]) -> None:
        """The orders of these numbers, some at once."""
        at_once = self._venue.at_once
        for begin in range(0, len(numbers), at_once):
            await self._wave(numbers[begin : begin + at_once])
        for kind in Kind:
            came, asked = self._venue.received(kind), self._asked[kind]
            self._expect(came == asked, f"{asked} {kind} requests were due and {came} came")

    async def _wave(self, numbers: Sequence[int]) -> None:
        # All on one side: brokers refuse orders that would trade with each other.
        side = self._chance.choice(tuple(Side))
        whose = zip(cycle(self._users), numbers, strict=False)
        tried = [await self._drafted(user, side, number) for user, number in whose]
        drafts = [draft for draft in tried if draft is not None]
        orders = await self._under_faults(Kind.PLACE, drafts, self._confirm)
        sent = [one for one in orders if one.state is not OrderState.DRAFT]
        self._tally.orders += len(sent)
        orders = await self._resolved(sent)
        if self._venue.modifies:
            changing = [one for one in orders if one.state.working and _price_of(one)]
            await self._resolved(await self._under_faults(Kind.MODIFY, changing, self._modify))
        working = [one for one in await self._stored(sent) if one.state.working]
        canceled = await self._under_faults(Kind.CANCEL, working, self._cancel)
        await self._resolved(canceled)
        for order in await self._stored(sent):
            if order.state.working:
                await self._put_away(order)
        for order in await self._resolved(await self._stored(sent)):
            self._tally.ends[order.state.value] += 1
            self._expect(not order.state.working, f"order {_name(order)} is still at work")

    # What the person does

    def _caller(self, user: UserId) -> Caller:
        self._clicks += 1
        return Caller(user_id=user, guild_id=None, origin_key=f"click-{self._clicks}")

    async def _drafted(self, user: UserId, side: Side, number: int) -> Order | None:
        """A review; none while the broker's limits leave no room for its prices."""
        self._venue.priced()
        wanted = ticket(self._venue, side, number, self._chance)
        try:
            return await self._app.floor.drafts.draft(self._caller(user), wanted)
        except RateLimited:
            return None

    async def _confirm(self, order: Order) -> Order:
        floor, caller = self._app.floor, self._caller(order.user_id)
        told = await floor.orders.confirm(caller, order.order_id, None)
        if told.review.doubt and told.state is OrderState.DRAFT:
            told = await floor.orders.confirm(caller, order.order_id, None, anyway=True)
        return told

    async def _modify(self, order: Order) -> Order:
        request = order.request
        if request.limit_price is not None:
            price = another(self._venue, request.limit_price, self._chance)
            changes = OrderChanges(limit_price=price)
        else:
            assert request.stop_price is not None
            price = another(self._venue, request.stop_price, self._chance)
            changes = OrderChanges(stop_price=price)
        caller = self._caller(order.user_id)
        return await self._app.floor.changes.modify(caller, order.order_id, changes)

    async def _cancel(self, order: Order) -> Order:
        caller = self._caller(order.user_id)
        return await self._app.floor.changes.cancel(caller, order.order_id)

    async def _put_away(self, order: Order) -> None:
        """Without a fault, so that the next orders find the account as it was."""
        (told,) = await self._under_faults(Kind.CANCEL, [order], self._cancel, plant=False)
        self._expect(told.intent is not None, f"order {_name(order)} could not be put away")

    # What goes wrong meanwhile

    async def _under_faults(
        self,
        kind: Kind,
        orders: Sequence[Order],
        ask: Callable[[Order], Awaitable[Order]],
        *,
        plant: bool = True,
    ) -> list[Order]:
        """Asks for all of them at once; what was told, with whatever was not sent left out."""
        if not orders:
            return []
        self._venue.priced()
        planted = [self._venue.plant(kind, self._chance) for _ in orders] if plant else []
        faults = [one for one in planted if one is not None]
        told = await asyncio.gather(*(self._told(order, ask) for order in orders))
        left = [one for one in told if _left(kind, one)]
        self._asked[kind] += len(left)
        await self._arrived(kind)
        self._judge(kind, left, faults)
        for fault in faults:
            fault.release()
        await self._venue.settled(self._app)
        if any(one.rests and one.met() for one in faults):
            self._venue.clock.advance(A_MINUTE)
        return list(told)

    async def _told(self, order: Order, ask: Callable[[Order], Awaitable[Order]]) -> Order:
        """The order as the answer showed it; as it was if the person was told "nothing sent"."""
        try:
            told = await ask(order)
        except FloorbrokerError as error:
            self._tally.told[f"not sent: {error.code}"] += 1
            return order
        if told.news_at is not None:
            await self._app.floor.orders.told(told)
        return told

    async def _arrived(self, kind: Kind) -> None:
        """A request that is on its way is in the book, or never will be, before time goes by."""
        end = monotonic() + _ARRIVES_SECONDS
        # Ten simulators count requests, and few of them have an event for it.
        while self._venue.received(kind) < self._asked[kind] and monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def _judge(self, kind: Kind, left: Sequence[Order], faults: Sequence[Planted]) -> None:
        met = [one for one in faults if one.met()]
        self._tally.met.update(f"{kind} {one.name}" for one in met)
        states = [_standing(kind, one) for one in left]
        self._tally.told.update(f"{kind} {one}" for one in states)
        silent = [one.name for one in met if one.silent]
        unknown = states.count("unknown")
        self._expect(
            unknown >= len(silent), f"{kind}: {unknown} told unknown after {silent}: {states}"
        )
        # The deadline may pass before anything left: that is told as unknown too, and a request
        # that comes later than this is one too many.
        never = self._asked[kind] - self._venue.received(kind)
        self._expect(
            0 <= never <= unknown - len(silent),
            f"{kind}: {never} of {len(left)} requests did not come; told {states} after {silent}",
        )
        self._asked[kind] -= never
        refusals = sum(one.refuses for one in met)
        refused = states.count("rejected") + states.count("refused")
        whys = [one.reason or (one.intent.reason if one.intent else "") for one in left]
        self._expect(refused <= refusals, f"{kind}: {refused} told refused, not {refusals}: {whys}")
        for order in left:
            if _standing(kind, order) == "unknown":
                self._read_card(kind, order)

    def _read_card(self, kind: Kind, order: Order) -> None:
        """What the person sees of something that nobody knows the end of."""
        card = order_card(order, "Account", self._venue.clock.now())
        if kind is Kind.PLACE:
            well = card.title.startswith("Sent, outcome unknown")
            well = well and "Do not repeat it." in card.lead
        else:
            words = "sent, outcome unknown. It is being checked; do not repeat it."
            well = any(words in note for note in card.notes)
        self._expect(well, f"the card of {_name(order)} says: {card.title}. {card.lead}")

    # What becomes of it

    async def _resolved(self, orders: Sequence[Order]) -> list[Order]:
        """Time goes by until all that was doubtful is read back and equals the book."""
        stored: list[Order] = []
        doubtful = {one.order_id for one in orders if one.state in UNRESOLVED}
        for seconds in STEPS:
            self._venue.clock.advance(seconds)
            self._venue.priced()
            while await self._app.reconciler.sweep():
                pass
            stored, book = await self._stored(orders), await self._venue.book()
            for order in stored:
                lie = truth.lie(order, book)
                self._expect(lie is None, f"order {_name(order)}: {lie}")
            if all(truth.agrees(order, book) for order in stored):
                break
        for order in stored:
            apart = truth.apart(order, await self._venue.book())
            self._expect(apart is None, f"order {_name(order)} was never resolved: {apart}")
            if order.order_id in doubtful:
                self._expect(order.news_at is not None, f"{_name(order)} ended without news")
                await self._app.floor.orders.told(order)
        return await self._stored(orders)

    async def _stored(self, orders: Sequence[Order]) -> list[Order]:
        get = self._app.floor.orders.get
        return [await get(self._caller(one.user_id), one.order_id) for one in orders]

    def _expect(self, held: bool, sentence: str) -> None:
        self._tally.expect(held, f"{self._venue.broker}: {sentence}")


def _left(kind: Kind, order: Order) -> bool:
    """Whether the person was told, or left to think, that a request left for the broker."""
    if kind is Kind.PLACE:
        return order.state not in {OrderState.DRAFT, OrderState.NOT_PLACED}
    return order.intent is not None and order.intent.state is not IntentState.NOT_SENT


def _standing(kind: Kind, order: Order) -> str:
    if kind is Kind.PLACE:
        return order.state.value
    return order.intent.state.value if order.intent is not None else "not asked"


def _price_of(order: Order) -> bool:
    return order.request.limit_price is not None or order.request.stop_price is not None


def _name(order: Order) -> str:
    request = order.request
    return f"{request.side} {request.quantity} {request.type}"
