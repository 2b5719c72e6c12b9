"""Setting an alert: what it looks out for is checked, and looked at once."""

from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Any, Final

from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.crossing import Level, last_known
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    InvalidInput,
    LimitExceeded,
    NotSupported,
    NotYours,
    PolicyRefused,
)
from floorbroker.domain.ids import OrderId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Quote
from floorbroker.domain.money import parse_percent, parse_price
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order import Order
from floorbroker.domain.own_alerts import MOST, MOST_DAYS, AlertKind, OwnAlert
from floorbroker.services.accounts import Accounts
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.callers import Caller
from floorbroker.services.chosen import Chosen, choose
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sessions import Sessions
from floorbroker.storage.orders import Orders
from floorbroker.storage.own_alerts import StoredAlerts

MOST_KEPT: Final = 4 * MOST
"""With those that have fired and can still be reviewed."""

MOST_EXPIRY_DAYS: Final = 60


class AlertSetting:
    """Sets alerts of the person who asks."""

    def __init__(
        self,
        alerts: StoredAlerts,
        orders: Orders,
        accounts: Accounts,
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        """See the module's first line."""
        self._alerts = alerts
        self._orders = orders
        self._accounts = accounts
        self._sessions = sessions
        self._clock = clock

    async def price(
        self, caller: Caller, symbol: str, price: str, *, above: bool, wishes: Wishes
    ) -> OwnAlert:
        """An alert at a price.

        Raises:
            FloorbrokerError: A value cannot be used, or the price now is not to be had.
        """
        level = Level(above=above, price=parse_price(price))
        wishes.check()
        chosen, quote = await self._priced(caller, symbol, wishes)
        return await self._at_level(caller, chosen, AlertKind.PRICE, level, quote, wishes)

    async def percent(
        self, caller: Caller, symbol: str, percent: str, *, up: bool, wishes: Wishes
    ) -> OwnAlert:
        """An alert so many percent from the price of this moment.

        Raises:
            FloorbrokerError: A value cannot be used, or the price now is not to be had.
        """
        share = parse_percent(percent)
        wishes.check()
        chosen, quote = await self._priced(caller, symbol, wishes)
        start = last_known(quote)
        if start is None:
            raise InvalidInput(
                "The price is not known now, so there is nothing to count from. Set it while the "
                "market is open, or use /alert price."
            )
        level = Level.away(start, quote.at, share, up=up)
        return await self._at_level(caller, chosen, AlertKind.PERCENT, level, quote, wishes)

    async def fill(
        self, caller: Caller, order_id: OrderId | None, wishes: Wishes, symbol: str | None = None
    ) -> OwnAlert:
        """An alert on the fill of one order, or without one, of every order of an account.

        Args:
            symbol: Of the prepared order.

        Raises:
            InvalidInput: The order has ended, or its fill is told anyway.
            FloorbrokerError: There is no such order or account.
        """
        wishes.check()
        if order_id is None:
            if wishes.side is not None:
                raise InvalidInput("Choose the order after whose fill another one is prepared.")
            account = await self._accounts.choose(caller.user_id, wishes.account)
            # What fills before the first look was open now: it is news all the same.
            async with self._sessions.lease(account.link) as adapter:
                working = await adapter.open_orders(account.account)
            open_ids = tuple(one.receipt.broker_order_id for one in working)
            more = {"repeat": True, "armed": True, "open_ids": open_ids}
            return await self._set(caller, AlertKind.FILL, account, wishes, **more)
        order = await self._orders.get(caller.user_id, order_id)
        if order is None:
            raise NotYours
        if not order.state.working and order.check_at is None:
            raise InvalidInput("This order is not open any more.")
        person = await self._accounts.person(caller.user_id)
        if wishes.side is None and person.level(NewsKind.FILLED) is NewsLevel.ON:
            raise InvalidInput(
                "You are told of this anyway: fills are on in /settings, Notifications. An alert "
                "on an order is for when they are not, or to prepare another order (side)."
            )
        return await self._after_fill(caller, order, wishes, symbol)

    async def expiry(
        self, caller: Caller, days: int, wishes: Wishes, symbol: str | None = None
    ) -> OwnAlert:
        """An alert so many days before a contract expires, or any that an account holds.

        Raises:
            FloorbrokerError: A value cannot be used, or the contract has no expiry.
        """
        if not 0 <= days <= MOST_EXPIRY_DAYS:
            raise InvalidInput(f"Choose 0 to {MOST_EXPIRY_DAYS} days before the expiry.")
        wishes.check()
        if symbol is None:
            if wishes.side is not None:
                raise InvalidInput("Choose the contract for which an order is prepared: symbol.")
            account = await self._accounts.choose(caller.user_id, wishes.account)
            return await self._set(
                caller, AlertKind.EXPIRY, account, wishes, days=days, repeat=True, armed=True
            )
        chosen = await self._chosen(caller, symbol, wishes.account)
        ends_at = self._until_expiry(chosen.instrument, days, wishes)
        return await self._set(
            caller,
            AlertKind.EXPIRY,
            chosen.account,
            wishes,
            days=days,
            instrument=chosen.instrument,
            prepared=wishes.prepared(chosen),
            armed=True,
            ends_at=ends_at,
        )

    def _until_expiry(self, contract: Instrument, days: int, wishes: Wishes) -> datetime:
        """When an alert on this contract ends: the day after it expires, unless told otherwise.

        Raises:
            InvalidInput: It does not expire, has expired, or the alert would end before it fires.
        """
        now, expiry = self._clock.now(), contract.expiry
        if expiry is None:
            raise InvalidInput(f"{contract.symbol} does not expire.")
        left = (expiry - now.astimezone(EXCHANGE_ZONE).date()).days
        if left < 0:
            raise InvalidInput(f"{contract.symbol} has expired.")
        lasts = wishes.days or min(left + 1, MOST_DAYS)
        if left - days >= lasts:
            raise InvalidInput(
                f"It would end after {lasts} days, before it fires. It can be at work for "
                f"{MOST_DAYS} days: ends."
            )
        return now + timedelta(days=lasts)

    async def _after_fill(
        self, caller: Caller, order: Order, wishes: Wishes, symbol: str | None
    ) -> OwnAlert:
        account = f"{order.link_id}/{order.account_id}"
        chosen = await self._chosen(
            caller, symbol or order.request.instrument.symbol, wishes.account or account
        )
        holder = await self._accounts.choose(caller.user_id, account)
        if chosen.account.key != holder.key:
            raise InvalidInput(
                f"The order after it is prepared for the same account, {holder.title}. Leave "
                "account out."
            )
        return await self._set(
            caller,
            AlertKind.FILL,
            holder,
            wishes,
            order_id=order.order_id,
            order_words=_words(order),
            instrument=order.request.instrument,
            prepared=wishes.prepared(chosen),
            repeat=False,
            armed=True,
        )

    async def _priced(self, caller: Caller, symbol: str, wishes: Wishes) -> tuple[Chosen, Quote]:
        chosen = await self._chosen(caller, symbol, wishes.account)
        spec = chosen.account.spec
        if Capability.QUOTES not in spec.capabilities:
            raise NotSupported(f"{spec.name} does not show quotes.", broker=spec.id)
        async with self._sessions.lease(chosen.account.link) as adapter:
            return chosen, await adapter.quote(chosen.instrument)

    async def _chosen(self, caller: Caller, symbol: str, account: str | None) -> Chosen:
        return await choose(self._accounts, self._sessions, caller.user_id, symbol, account)

    async def _at_level(
        self,
        caller: Caller,
        chosen: Chosen,
        kind: AlertKind,
        level: Level,
        quote: Quote,
        wishes: Wishes,
    ) -> OwnAlert:
        """A price of a market that is closed by now is good enough to know that it is not there."""
        price = last_known(quote)
        return await self._set(
            caller,
            kind,
            chosen.account,
            wishes,
            instrument=chosen.instrument,
            level=level,
            prepared=wishes.prepared(chosen),
            armed=price is None or not level.reached(price),
        )

    async def _set(
        self,
        caller: Caller,
        kind: AlertKind,
        account: LinkedAccount,
        wishes: Wishes,
        **more: Any,
    ) -> OwnAlert:
        user_id, now = caller.user_id, self._clock.now()
        if len(await self._alerts.of(user_id, limit=MOST)) >= MOST:
            raise LimitExceeded(
                ErrorCode.RATE_LIMIT_EXCEEDED, f"{MOST} alerts are the most. Remove one first."
            )
        if await self._alerts.count(user_id, limit=MOST_KEPT) >= MOST_KEPT:
            raise LimitExceeded(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "Too many of your alerts have fired of late. Each is kept for a week.",
            )
        person = await self._accounts.person(user_id)
        if person.leaving is not None:  # looked at last: nothing may be stored after an erasing
            raise PolicyRefused("Your data is to be erased, so nothing new is kept. /data keep.")
        return await self._alerts.add(
            OwnAlert(
                alert_id=_alert_id(caller),
                user_id=user_id,
                kind=kind,
                link_id=account.link.link_id,
                broker=account.link.broker,
                environment=account.link.environment,
                account_id=account.account.account_id,
                account=account.title,
                created_at=now,
                guild_id=caller.guild_id,
                **{"repeat": wishes.repeat, "ends_at": wishes.ends_at(now), **more},
            )
        )


def _alert_id(caller: Caller) -> str:
    """The same interaction, delivered twice, sets one alert."""
    return blake2s(f"{caller.user_id}:{caller.origin_key}".encode(), digest_size=8).hexdigest()


def _words(order: Order) -> str:
    request = order.request
    size = request.quantity if request.quantity is not None else request.notional
    assert size is not None  # noqa: S101  # an order has one of the two
    of = "" if request.quantity is not None else f" {request.instrument.currency} of"
    return f"{request.side.value.capitalize()} {size:f}{of} {request.instrument.symbol}"
