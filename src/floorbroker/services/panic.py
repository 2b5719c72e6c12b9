"""The kill switch of one person: pause, cancel everything, close everything; a step each.

Nothing here sends by ways of its own: a cancel is a cancel, and what closes a position is an order
with a draft, checks and a receipt like any other.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import structlog

from floorbroker.domain.errors import FloorbrokerError, InvalidInput
from floorbroker.domain.ids import AccountId, LinkId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.portfolio import Position
from floorbroker.services.callers import Caller
from floorbroker.services.drafts import Drafts
from floorbroker.services.listing import OrderList
from floorbroker.services.order_changes import OrderChangeService
from floorbroker.services.orders import OrderService
from floorbroker.services.portfolio import Portfolio
from floorbroker.services.reachable import LinkedAccount, UnreachableLink

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One position, and where it is held."""

    account: LinkedAccount
    position: Position

    @property
    def place(self) -> "Place":
        """The account and the symbol."""
        key = self.account.key
        return key.link_id, key.account_id, self.position.instrument.symbol


Place = tuple[LinkId, AccountId, str]
_T = TypeVar("_T", Order, Holding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Everything that is open at this moment.

    Attributes:
        failed: Links that did not answer: what is open there is unknown.
        doubtful: Orders of which it is not known whether they are at the broker.
        unreadable: Orders that the store holds broken: they may be open, and cannot be canceled.
    """

    orders: Sequence[Order]
    holdings: Sequence[Holding]
    failed: Sequence[UnreachableLink]
    doubtful: int = 0
    unreadable: int = 0

    @property
    def mark(self) -> str:
        """Changes with whatever would be closed: 12 characters."""
        lines = sorted(
            f"{held.account.value} {held.position.instrument.symbol} {held.position.quantity}"
            for held in self.holdings
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one step: the order as it stands now, or why there is none."""

    what: Order | Holding
    order: Order | None = None
    error: FloorbrokerError | None = None


class Panic:
    """Acts on the caller's own orders and positions only."""

    def __init__(
        self,
        orders: OrderList,
        portfolio: Portfolio,
        changes: OrderChangeService,
        drafts: Drafts,
        sending: OrderService,
    ) -> None:
        """See the module's first lines."""
        self._orders = orders
        self._portfolio = portfolio
        self._changes = changes
        self._drafts = drafts
        self._sending = sending

    async def exposure(self, user_id: UserId) -> Exposure:
        """What is open, at every account that answers.

        Raises:
            NotLinked: The person has no account at all.
        """
        orders, doubtful, unreadable, overview = await asyncio.gather(
            self._orders.every_cancelable(user_id),
            self._orders.in_doubt(user_id),
            self._orders.unreadable(user_id),
            self._portfolio.overview(user_id),
        )
        holdings = [
            Holding(account=held.account, position=position)
            for held in overview.holdings
            for position in held.positions
            if position.quantity
        ]
        return Exposure(
            orders=orders,
            holdings=holdings,
            failed=overview.failed,
            doubtful=len(doubtful),
            unreadable=unreadable,
        )

    async def cancel_all(self, caller: Caller) -> Sequence[Done]:
        """Asks once for a cancel of every order of the person that this bot knows."""
        orders = await self._orders.every_cancelable(caller.user_id)

        async def cancel(order: Order) -> Done:
            by = replace(caller, origin_key=f"{caller.origin_key}:{order.order_id}")
            return Done(what=order, order=await self._changes.cancel(by, order.order_id))

        return await _each(orders, cancel)

    async def flatten(self, caller: Caller, asked: str, mark: str) -> Sequence[Done]:
        """Closes every position at the market.

        Args:
            asked: What names this one decision; repeating it sends nothing again.
            mark: Of the exposure that the person saw and agreed to close.

        Raises:
            InvalidInput: The positions are others than those that the person saw.
        """
        exposure = await self.exposure(caller.user_id)
        if exposure.mark != mark:
            known = await self._sent_already(caller, asked, exposure)
            if known:
                return known
            raise InvalidInput("Your positions have changed since the list. Look at it again.")
        legs = {_place(order) for order in exposure.orders if order.state is OrderState.FILLED}

        async def close(held: Holding) -> Done:
            symbol = held.position.instrument.symbol
            by = replace(caller, origin_key=f"panic:{asked}:{held.account.value}:{symbol}")
            known = await self._orders.by_origin(by)
            if known is not None and known.state is not OrderState.DRAFT:
                return Done(what=held, order=known)
            if held.place in legs:
                raise InvalidInput(
                    f"Closing orders of a bracket in {symbol} still work. Cancel them first."
                )
            draft = await self._drafts.draft_close(by, symbol, None, held.account.value)
            order = await self._sending.confirm(by, draft.order_id, None)
            if order.state is OrderState.DRAFT:  # asked about its price; the person has said twice
                order = await self._sending.confirm(by, draft.order_id, None, anyway=True)
            return Done(what=held, order=order)

        return await _each(exposure.holdings, close)

    async def _sent_already(self, caller: Caller, asked: str, exposure: Exposure) -> Sequence[Done]:
        """The orders of the same decision, where it was delivered twice, and what is open still."""
        recent = await self._orders.recent(caller.user_id, limit=100)
        same = [one for one in recent if one.origin_key.startswith(f"panic:{asked}:")]
        if not same:
            return []
        sent = {_place(order) for order in same}
        still_open = InvalidInput("Still open: look at the list again.")
        return [
            *(Done(what=order, order=order) for order in same),
            *(
                Done(what=held, error=still_open)
                for held in exposure.holdings
                if held.place not in sent
            ),
        ]


async def _each(what: Sequence[_T], work: Callable[[_T], Awaitable[Done]]) -> list[Done]:
    """`work` on each: all links at once, one after another at each, whatever fails.

    A way out must not run into what a broker allows of requests at a time.
    """

    async def guarded(one: _T) -> Done:
        try:
            return await work(one)
        except FloorbrokerError as error:
            return Done(what=one, error=error)
        except Exception as error:  # noqa: BLE001  # the edge: the others must still get out
            _log.exception("way_out_failed", error=type(error).__name__)
            return Done(what=one, error=FloorbrokerError())

    async def at_one_link(those: Sequence[_T]) -> list[Done]:
        return [await guarded(one) for one in those]

    links: dict[LinkId, list[_T]] = {}
    for one in what:
        links.setdefault(_link_of(one), []).append(one)
    done = await asyncio.gather(*map(at_one_link, links.values()))
    return [one for link in done for one in link]


def _link_of(what: Order | Holding) -> LinkId:
    return what.link_id if isinstance(what, Order) else what.account.link.link_id


def _place(order: Order) -> Place:
    return order.link_id, order.account_id, order.request.instrument.symbol
