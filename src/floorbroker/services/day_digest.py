"""A person's day in figures. What is not known is left out: no figure is ever made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import NotLinked, StoreUnavailable
from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.order import Order
from floorbroker.domain.people import Link
from floorbroker.services.accounts import Accounts
from floorbroker.services.gates import EXCHANGE_ZONE, exchange_midnight
from floorbroker.services.history import Made, made
from floorbroker.services.listing import OrderList
from floorbroker.services.lookback import Lookback, look_back
from floorbroker.services.portfolio import Holdings, Overview, Portfolio
from floorbroker.services.reachable import UnreachableLink
from floorbroker.services.worth import Worths
from floorbroker.storage.day_values import DayValue, DayValues

READ_SECONDS: Final = 45.0
"""So long each link has to tell its accounts, and then each account its figures."""

ENDS_SOON: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An account that did not answer, with what it was worth when last looked at.

    Attributes:
        title: The account's own where it is known, else its link's label and its place in it.
    """

    link: Link
    title: str
    known: DayValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The change of an account whose broker tells none, since the last day before this one."""

    held: Holdings
    since: date
    change: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledToday:
    """What of an order was filled today, and at which price on average."""

    order: Order
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """What was done today with one kind of money; the newest orders first."""

    filled: Sequence[FilledToday]
    made: Made


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDigest:
    """All of it.

    Attributes:
        traded: Only the kinds of money with which something was done.
        ending: Links whose access ends soon, and dead ones.
        older: More orders exist than were looked through.
        unreadable: Orders that this version cannot read.
    """

    overview: Overview
    away: Sequence[Away]
    compared: Sequence[Compared]
    traded: Mapping[Environment, Traded]
    open_orders: Sequence[Order]
    ending: Sequence[Link]
    older: bool = False
    unreadable: int = 0


class DayDigests:
    """Reads one person's own accounts and orders."""

    def __init__(  # each is a part of the summary
        self,
        *,
        accounts: Accounts,
        portfolio: Portfolio,
        worths: Worths,
        days: DayValues,
        orders: OrderList,
        clock: Clock,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._portfolio = portfolio
        self._worths = worths
        self._days = days
        self._orders = orders
        self._clock = clock
        self._read_seconds = read_seconds

    async def of(self, user_id: UserId) -> DayDigest:
        """The person's day up to now.

        Raises:
            StoreUnavailable: The orders cannot be read.
        """
        overview = await self._overview(user_id)
        await self._worths.note(user_id, overview)
        links = await self._accounts.links(user_id)
        now = self._clock.now()
        looked = {kind: await look_back(self._orders, user_id, kind) for kind in Environment}
        return DayDigest(
            overview=overview,
            away=[away for one in overview.failed for away in await self._away(user_id, one)],
            compared=await self._compared(user_id, overview, now),
            traded=_traded(looked, exchange_midnight(now)),
            open_orders=await self._orders.open(user_id),
            ending=[link for link in links if _ends_soon(link, now)],
            older=any(one.more for one in looked.values()),
            unreadable=sum(one.unreadable for one in looked.values()),
        )

    async def _overview(self, user_id: UserId) -> Overview:
        try:
            return await self._portfolio.overview(user_id, within_seconds=self._read_seconds)
        except NotLinked:
            return Overview(holdings=[], failed=[])

    async def _away(self, user_id: UserId, failed: UnreachableLink) -> Sequence[Away]:
        link, one = failed.link, failed.account
        if one is not None:
            named = {one.account.account_id: one.title}
        else:
            known = sorted(link.known_accounts - link.excluded)
            named = {
                account_id: f"{link.label}, account {place} of {len(known)},"
                for place, account_id in enumerate(known, 1)
            }
            if len(known) == 1:
                named = {known[0]: link.label}
        found = []
        for account_id, title in named.items():
            last = await self._last(user_id, link, account_id, 1)
            found.append(Away(link=link, title=title, known=last[0] if last else None))
        return found or [Away(link=link, title=link.label)]

    async def _compared(
        self, user_id: UserId, overview: Overview, now: datetime
    ) -> Sequence[Compared]:
        today = now.astimezone(EXCHANGE_ZONE).date()
        found = []
        for held in overview.holdings:
            if held.balances.day_profit is not None:
                continue
            account = held.account
            known = await self._last(user_id, account.link, account.account.account_id, 2)
            before = [one for one in known if one.day < today]
            equity = held.balances.equity
            if before and before[-1].value.currency == equity.currency:
                last = before[-1]
                change = Money(amount=equity.amount - last.value.amount, currency=equity.currency)
                found.append(Compared(held=held, since=last.day, change=change))
        return found

    async def _last(
        self, user_id: UserId, link: Link, account_id: AccountId, limit: int
    ) -> Sequence[DayValue]:
        try:
            return await self._days.last(user_id, link.link_id, account_id, limit=limit)
        except StoreUnavailable:
            return ()


def _traded(
    looked: Mapping[Environment, Lookback], midnight: datetime
) -> Mapping[Environment, Traded]:
    found = {}
    for environment, one in looked.items():
        filled = [day for day in (_filled(order, midnight) for order in one.orders) if day]
        today = made(one, midnight)
        if filled or today.closings:
            found[environment] = Traded(filled=filled, made=today)
    return found


def _filled(order: Order, midnight: datetime) -> FilledToday | None:
    fills = [fill for fill in order.fills if fill.at >= midnight]
    quantity = sum((fill.quantity for fill in fills), Decimal(0))
    if not quantity:
        return None
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    return FilledToday(order=order, quantity=quantity, price=paid / quantity)


def _ends_soon(link: Link, now: datetime) -> bool:
    if link.dead_since is not None:
        return True
    return link.ends_at is not None and link.ends_at - now <= ENDS_SOON
