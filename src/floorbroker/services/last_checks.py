"""The last look before an order is sent: all that may have changed since its review."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import structlog

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import BrokerError, DraftExpired, StoreUnavailable
from floorbroker.domain.order import Order
from floorbroker.domain.orders import PositionEffect
from floorbroker.domain.people import AccountKey
from floorbroker.domain.risk import DayLoss, ProposedOrder
from floorbroker.services.callers import Caller
from floorbroker.services.closable import at_work, check_closable, closing_already
from floorbroker.services.desk import Desk
from floorbroker.services.preflight import holding
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.still_valid import check_price, expired, price_now
from floorbroker.services.trading_hours import must_be_open

_log = structlog.get_logger(__name__)


class LastChecks:
    """Made one after the other for one person: see `OneAtATime`."""

    def __init__(self, desk: Desk) -> None:
        """See `Desk`."""
        self._desk = desk

    async def check(self, caller: Caller, order: Order, adapter: BrokerAdapter) -> Decimal | None:
        """Refuses what may not be sent any more: the price late, the pause last of all.

        Returns:
            For an order that closes, how much is held, if that could be read.

        Raises:
            DraftExpired: The review is too old, or what it looked at has changed.
            FloorbrokerError: Any other reason.
        """
        if expired(order, self._desk.clock.now()):
            raise DraftExpired
        gates, effect = self._desk.gates, order.request.effect
        opens = effect is not PositionEffect.CLOSE
        limits = None
        if opens:
            today, limits = await asyncio.gather(
                gates.orders_today(caller.user_id),
                gates.check(caller, order.broker, order.environment, effect),
            )
        else:  # neither a loss nor the hours stand in the way of a close
            today = await gates.orders_today(caller.user_id)
        has_loss = limits is not None and limits.max_daily_loss is not None
        has_hours = limits is not None and must_be_open(order.request, limits)
        loss = await self._loss(adapter, order) if has_loss else None
        is_open = await self._is_open(adapter, order) if has_hours else None
        touch = await price_now(adapter, order, self._desk.clock.now())
        held = None if opens else await self._check_holding(adapter, order)
        # A slow broker makes a review too old, but keeps nobody in a position.
        if opens and expired(order, self._desk.clock.now()):
            raise DraftExpired
        if limits is None or has_loss or has_hours or touch is not None:  # time went by since
            limits = await gates.check(caller, order.broker, order.environment, effect)
        check_price(order, touch, limits)
        if order.review.weighed is not None:
            weighed = replace(
                order.review.weighed, orders_today=today, loss=loss, market_open=is_open
            )
            gates.check_limits(await self._with_others(order, weighed), limits)
        elif opens:
            raise DraftExpired  # of an older version: what its limits looked at is not known
        return held

    async def crowded(self, sending: Order, held: Decimal | None) -> bool:
        """Whether another process began to close the same holding at this moment.

        Each looks once it has stored its own, so none is overlooked by both; both may give way.
        """
        if held is None:
            return False
        try:
            account = await self._account(sending)
            working = await self._at_work(account, sending)
        except (BrokerError, StoreUnavailable):
            return False  # who cannot look must still be able to close
        tied = closing_already(working, sending.request, but=sending.order_id)
        return (sending.request.quantity or Decimal(0)) > abs(held) - tied

    async def _with_others(self, order: Order, weighed: ProposedOrder) -> ProposedOrder:
        """What the limits look at, with what was sent since the review on top of the position.

        Raises:
            DraftExpired: Another order of the position was changed since: it may add more now.
        """
        before = weighed.position_value_after
        if order.request.effect is PositionEffect.CLOSE or not before:
            return weighed
        beside = self._desk.orders.beside
        more, changed = await asyncio.gather(beside.value_sent(order), beside.changed(order))
        if changed:
            raise DraftExpired("Another order of this position was changed since this review.")
        share = weighed.concentration_percent
        return replace(
            weighed,
            position_value_after=before + more,
            concentration_percent=None if share is None else share * (before + more) / before,
        )

    async def _is_open(self, adapter: BrokerAdapter, order: Order) -> bool | None:
        return await self._desk.hours.open_now(adapter, get_broker(order.broker), order.request)

    async def _loss(self, adapter: BrokerAdapter, order: Order) -> DayLoss:
        account = await self._account(order)
        balances = await adapter.balances(account.account)
        return await self._desk.day_losses.of(order.user_id, account.key, balances)

    async def _check_holding(self, adapter: BrokerAdapter, order: Order) -> Decimal | None:
        """What was to be closed may be gone since the review, or be closed by another order."""
        try:
            account = await self._account(order)
            # Before the holding: an order that fills in between counts twice, and not never.
            working = await self._at_work(account, order)
            tied = closing_already(working, order.request)
            position = holding(await adapter.positions(account.account), order.request.instrument)
            check_closable(order.request, position, tied)
        except BrokerError:
            # Who cannot look must still be able to close; the broker judges.
            _log.warning("holding_not_checked", broker=order.broker)
            return None
        return position

    async def _account(self, order: Order) -> LinkedAccount:
        key = AccountKey(link_id=order.link_id, account_id=order.account_id)
        return await self._desk.accounts.of_order(order.user_id, key)

    async def _at_work(self, account: LinkedAccount, order: Order) -> Sequence[Order]:
        return await at_work(self._desk.orders, account, order.user_id, order.request.instrument)
