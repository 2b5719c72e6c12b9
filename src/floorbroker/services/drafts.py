"""From a ticket to a stored draft: what the review card shows is what Confirm sends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import Capability
from floorbroker.domain.errors import BrokerError, OrderRejected
from floorbroker.domain.ids import new_order_id
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.domain.money import Money
from floorbroker.domain.order import Order, Review, Telling
from floorbroker.domain.order_life import event
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderRequest, OrderType, PositionEffect, Preview, Side
from floorbroker.domain.portfolio import Position
from floorbroker.domain.risk import DayLoss, Limits, close_calls
from floorbroker.services import preflight
from floorbroker.services.callers import Caller
from floorbroker.services.chosen import Chosen, choose
from floorbroker.services.closable import at_work, check_closable, closing_already, under_way
from floorbroker.services.desk import Desk
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.preflight import Surroundings
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.ticket import Ticket
from floorbroker.services.trading_hours import must_be_open
from floorbroker.services.valuation import (
    Valuation,
    buying_power_after,
    check_currency,
    proposed,
    value,
)
from floorbroker.storage.documents import DuplicateKey

RESTING_REVIEW: Final = timedelta(minutes=10)
"""A limit price does not go stale like a market one."""

SAME_AGAIN: Final = timedelta(minutes=5)
"""An order like one that was sent within that time may be meant only once."""


class Drafts:
    """Makes drafts. Nothing here sends anything."""

    def __init__(self, desk: Desk) -> None:
        """See `Desk`."""
        self._desk = desk

    async def draft(self, caller: Caller, ticket: Ticket) -> Order:
        """A stored draft of what the ticket asks for; the same interaction makes only one.

        Raises:
            InvalidInput: A value cannot be used.
            LimitExceeded: A limit would be broken.
            FloorbrokerError: Any other reason not to; nothing was sent.
        """
        ticket.check()
        desk = self._desk
        chosen = await choose(
            desk.accounts, desk.sessions, caller.user_id, ticket.symbol, ticket.account
        )
        usual = chosen.account.spec.usual_time_in_force(chosen.instrument.asset_class)
        return await self._drafted(caller, chosen, ticket.request(chosen.instrument, usual))

    async def draft_close(
        self, caller: Caller, symbol: str, quantity: str | None, account: str | None
    ) -> Order:
        """A stored draft of a market order that closes a position, all of it unless told.

        Raises:
            InvalidInput: There is no such position, or it is smaller than that.
        """
        linked = await self._desk.accounts.choose(caller.user_id, account)
        async with self._desk.sessions.lease(linked.link) as adapter:
            request = await _closing_request(adapter, linked, symbol, quantity)
        return await self._drafted(
            caller, Chosen(account=linked, instrument=request.instrument), request
        )

    async def _drafted(self, caller: Caller, chosen: Chosen, request: OrderRequest) -> Order:
        account, spec = chosen.account, chosen.account.spec
        preflight.check_offered(request, spec)
        begun = self._desk.clock.now()
        async with self._desk.sessions.lease(account.link) as adapter:
            # Before the holding: an order that fills in between counts twice, and not never.
            working = await at_work(self._desk.orders, account, caller.user_id, request.instrument)
            around = await preflight.look(adapter, spec, account.account, request, self._desk.hours)
            may_short = account.account.may_short and Capability.SHORT in spec.capabilities
            if request.effect is not PositionEffect.CLOSE:
                request = preflight.with_effect(request, around.held, may_short)
            unseen = preflight.check_seen(request, around)
            request, notes = preflight.rounded(request, around.rules)
            check_closable(request, around.held, closing_already(working, request))
            environment = account.link.environment
            gates = self._desk.gates
            limits = await gates.check(caller, account.link.broker, environment, request.effect)
            check_currency(request)
            if around.market_open is None and must_be_open(request, limits):
                is_open = await self._desk.hours.open_now(adapter, spec, request)
                around = replace(around, market_open=is_open)
            figures = value(request, around, limits, under_way(working, request))
            today = await gates.orders_today(caller.user_id)
            loss = await self._loss(caller, account, around, limits)
            weighed = proposed(request, figures, around, today, loss)
            gates.check_limits(weighed, limits)
            order = self._order(caller, account, request, begun)
            preview, doubt = await _preview(adapter, account, order)
        power = buying_power_after(request, figures, around, preview)
        before = (*notes, *unseen, *doubt, *_warnings(request, around, self._desk.clock.now()))
        after = (
            *_opposite(working, request),
            *await self._sent_before(order),
            *await self._broken(order),
        )
        notes = (*before, *close_calls(weighed, limits), *after)
        review = self._review(order, around, figures, power, preview, notes)
        caution = next(iter((*before, *after)), "")  # to be near a limit is within it
        order = replace(order, review=replace(review, weighed=weighed, caution=caution))
        try:
            await self._desk.orders.add(order)
        except DuplicateKey:
            known = await self._desk.orders.by_origin(caller.user_id, caller.origin_key)
            if known is None:
                raise
            return known
        return order

    async def _loss(
        self, caller: Caller, account: LinkedAccount, around: Surroundings, limits: Limits
    ) -> DayLoss | None:
        if limits.max_daily_loss is None or around.balances is None:
            return None  # without balances only a close goes on, which no loss holds up
        return await self._desk.day_losses.of(caller.user_id, account.key, around.balances)

    def _order(
        self, caller: Caller, account: LinkedAccount, request: OrderRequest, begun: datetime
    ) -> Order:
        """Created when the looking began: whatever is sent from then on counts beside it."""
        return Order(
            order_id=new_order_id(),
            version=1,
            user_id=caller.user_id,
            link_id=account.link.link_id,
            account_id=account.account.account_id,
            broker=account.link.broker,
            environment=account.link.environment,
            origin_key=caller.origin_key,
            guild_id=caller.guild_id,
            request=request,
            review=Review.none(begun),
            state=OrderState.DRAFT,
            created_at=begun,
            events=(event(OrderState.DRAFT, "drafted", begun),),
            told=Telling(events=1),
        )

    def _review(  # the review holds what all of these say
        self,
        order: Order,
        around: Surroundings,
        figures: Valuation,
        power: Decimal | None,
        preview: Preview | None,
        notes: tuple[str, ...],
    ) -> Review:
        request, quote = order.request, around.quote
        currency = request.instrument.currency
        market = request.type is OrderType.MARKET
        now = self._desk.clock.now()
        return Review(
            price=figures.market,
            price_at=quote.at if quote else None,
            price_source=quote.source if quote else "",
            delayed=quote.delayed if quote else False,
            cost=_money(figures.cost, currency),
            fees=_money(preview.fees if preview else None, currency),
            buying_power_after=_money(power, currency),
            margin_required=_money(preview.margin_required if preview else None, currency),
            notes=notes,
            expires_at=now + (self._desk.market_review if market else RESTING_REVIEW),
            doubt=preflight.doubt_of(request, quote, order.environment, now),
        )

    async def _broken(self, order: Order) -> tuple[str, ...]:
        """A closing order may not be the only one: what cannot be read may close the same."""
        if order.request.effect is not PositionEffect.CLOSE:
            return ()
        count = await self._desk.orders.unreadable(order.user_id)
        if not count:
            return ()
        return (
            "An order of yours cannot be read here and may close this already: "
            "look at your broker first.",
        )

    async def _sent_before(self, order: Order) -> tuple[str, ...]:
        now = self._desk.clock.now()
        sent_at = await self._desk.orders.beside.sent_alike(order, now - SAME_AGAIN)
        if sent_at is None:
            return ()
        ago = int(max(now - sent_at, timedelta(0)).total_seconds())
        words = f"{ago} s" if ago < 120 else f"{ago // 60} min"
        return (f"You sent the same order {words} ago. This would be another one.",)


def _opposite(working: Sequence[Order], request: OrderRequest) -> tuple[str, ...]:
    against = [
        other
        for other in working
        if other.state.working and other.request.side is request.side.opposite
    ]
    if not against:
        return ()
    verb = "order stands" if len(against) == 1 else "orders stand"
    return (f"{len(against)} open {request.side.opposite} {verb} against this one.",)


def _warnings(request: OrderRequest, around: Surroundings, now: datetime) -> tuple[str, ...]:
    notes = []
    doubt = preflight.doubt(around.quote, now)
    if doubt:
        touch = around.quote.touch(request.side) if around.quote else None
        proposal = ""
        if request.type is OrderType.MARKET and touch is not None:
            verb = "pay" if request.side is Side.BUY else "take"
            proposal = f" A limit order, at {touch} for one, says what you are ready to {verb}."
        elif around.quote is None:
            proposal = " The order is valued at your own price."
        notes.append(doubt + proposal)
    if around.market_open is False:
        notes.append(f"The market is closed now.{_opens(around.next_open)}")
    if request.effect is PositionEffect.SHORT:
        notes.append("This sells short: the loss is not limited.")
    return tuple(notes)


def _opens(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(EXCHANGE_ZONE)
    return f" It opens on {local:%A, {local.day} %B, at %H:%M} in New York."


async def _preview(
    adapter: BrokerAdapter, account: LinkedAccount, order: Order
) -> tuple[Preview | None, tuple[str, ...]]:
    """The broker's own estimate, or the sentence with which it would refuse the order now."""
    if Capability.PREVIEW not in account.spec.capabilities:
        return None, ()
    try:
        return await adapter.preview_order(order), ()
    except OrderRejected as refusal:
        return None, (f"Your broker would refuse this now: {refusal.message}",)
    except BrokerError:
        return None, ()


async def _closing_request(
    adapter: BrokerAdapter, linked: LinkedAccount, symbol: str, quantity: str | None
) -> OrderRequest:
    positions = await adapter.positions(linked.account)
    instrument = await _held_instrument(adapter, positions, parse_symbol(symbol))
    usual = linked.spec.usual_time_in_force(instrument.asset_class)
    return preflight.closing(instrument, positions, quantity, usual)


async def _held_instrument(
    adapter: BrokerAdapter, positions: Sequence[Position], symbol: str
) -> Instrument:
    """As the broker's list has it; as the position has it, where that list does not answer."""
    try:
        return await adapter.instrument(symbol)
    except BrokerError:
        for position in positions:
            if position.instrument.symbol == symbol and position.quantity:
                return position.instrument
        raise


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)
