"""Whether a resting order fills between two moments, when and at which price. Pure.

An order meets the market's own touch at the moment of its fill. Everything is deterministic: the
looks are taken on a fixed grid, and parts and pauses come from the order's id and quantity.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from hashlib import blake2b
from typing import Final

from floorbroker.brokers.paper.instruments import Listing, listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Side, TimeInForce

LARGE_VALUE: Final = Decimal(25_000)
"""US dollars at the base price; an order beyond it fills in two to four parts."""

LOOKS_AT_MOST: Final = 240
"""At one order between two moments, however far apart."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_INSTANT: Final = timedelta(microseconds=1)
# Each divides the next, so that a long look takes a subset of the moments of a short one.
_STEPS: Final = tuple(
    timedelta(seconds=s) for s in (1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800, 6048000)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What became of one order.

    Attributes:
        order: As it is now: filled, expired, triggered, or with a better mark.
        at: When it filled or expired; None where neither happened.
        fill: The execution, if it was one.
    """

    order: PaperOrder
    at: datetime | None = None
    fill: Fill | None = None


def look(order: PaperOrder, market: PaperMarket, start: datetime, end: datetime) -> Look:
    """The first thing that happens to `order` within [start, end]: a fill or its expiry."""
    # An order lives until just before its end: at the end itself it no longer fills.
    until = end if order.expires_at is None else min(end, order.expires_at - _INSTANT)
    line = listing(order.symbol)
    if order.waits_for_stop:
        order = _after_trigger(order, line, market, max(start, order.active_from), until)
    begin = max(start, order.active_from)
    if not order.waits_for_stop and (at := _crossing(order, line, market, begin, until)):
        return _filled(order, line, market, at)
    if order.expires_at is not None and order.expires_at <= end:
        return _expired(order, order.expires_at)
    return Look(order=order)


def next_part(order: PaperOrder, line: Listing) -> Decimal:
    """How much the market takes at once: all of a small order, a part of a large one."""
    if order.quantity * line.size * line.base_price <= LARGE_VALUE:
        return order.remaining
    parts = 2 + _hashed(order.order_id, str(order.quantity.normalize())) % 3
    step = line.rules.quantity_step if line.crypto else Decimal(1)
    part = (order.quantity / parts / step).to_integral_value(ROUND_FLOOR) * step
    if part <= 0 or order.remaining < part * Decimal("1.5"):
        return order.remaining
    return part


def _after_trigger(
    order: PaperOrder, line: Listing, market: PaperMarket, start: datetime, end: datetime
) -> PaperOrder:
    """`order` triggered at the moment its stop was reached, or with the mark it has seen."""
    before = start
    for at in _moments(order, line, market, start, end):
        if not _open(order, line, market, at):
            continue
        reached = _reaches(order, line, market)
        if reached(at):
            at_stop = _first(reached, before, at)
            return replace(order, triggered=True, active_from=at_stop, at=at_stop)
        before = at
        order = _ratcheted(order, market.last(line, at))
    return order


def _reaches(order: PaperOrder, line: Listing, market: PaperMarket) -> Callable[[datetime], bool]:
    stop = order.trigger_price or Decimal(0)

    def reached(at: datetime) -> bool:
        if not _open(order, line, market, at):
            return False
        last = market.last(line, at)
        return last <= stop if order.side is Side.SELL else last >= stop

    return reached


def _ratcheted(order: PaperOrder, last: Decimal) -> PaperOrder:
    if order.mark is None:
        return order
    better = max if order.side is Side.SELL else min
    mark = better(order.mark, last)
    return order if mark == order.mark else replace(order, mark=mark)


def _crossing(
    order: PaperOrder, line: Listing, market: PaperMarket, start: datetime, end: datetime
) -> datetime | None:
    """The first moment at which the market takes `order`."""

    def crosses(at: datetime) -> bool:
        if not _open(order, line, market, at):
            return False
        if order.limit_price is None:
            return True
        touch = market.touch(line, order.side, at)
        return touch <= order.limit_price if order.side is Side.BUY else touch >= order.limit_price

    before = start
    for at in _moments(order, line, market, start, end):
        if crosses(at):
            return _first(crosses, before, at)
        before = at
    return None


def _first(true_at: Callable[[datetime], bool], before: datetime, at: datetime) -> datetime:
    """Halves the span down to a second: a moment at which it is true, near the first one."""
    while at - before > _SECOND:
        middle = before + (at - before) / 2
        if true_at(middle):
            at = middle
        else:
            before = middle
    return at


def _filled(order: PaperOrder, line: Listing, market: PaperMarket, at: datetime) -> Look:
    quantity = next_part(order, line)
    number = len(order.fills) + 1
    fill = Fill(
        fill_id=f"{order.broker_order_id}-{number}",
        quantity=quantity,
        price=market.touch(line, order.side, at),
        at=at,
    )
    whole = quantity == order.remaining
    changed = replace(
        order,
        fills=(*order.fills, fill),
        state=OrderState.FILLED if whole else OrderState.PARTIALLY_FILLED,
        at=at,
        active_from=at + timedelta(seconds=1 + _hashed(order.order_id, str(number)) % 3),
    )
    return Look(order=changed, at=at, fill=fill)


def _expired(order: PaperOrder, at: datetime) -> Look:
    day = order.time_in_force is TimeInForce.DAY
    reason = "The trading day ended." if day else "Its time ran out."
    ended = replace(order, state=OrderState.EXPIRED, at=at, reason=reason)
    return Look(order=ended, at=at)


def _open(order: PaperOrder, line: Listing, market: PaperMarket, at: datetime) -> bool:
    return market.hours.open_at(at, order.session, crypto=line.crypto)


def _moments(
    order: PaperOrder, line: Listing, market: PaperMarket, start: datetime, end: datetime
) -> Iterator[datetime]:
    """`start`, a few hundred moments on a fixed grid, every open of the market, and `end`."""
    if start > end:
        return
    step = next((s for s in _STEPS if (end - start) / s <= LOOKS_AT_MOST), _STEPS[-1])
    opens = [] if line.crypto else market.hours.opens_between(start, end, order.session)
    grid_at = _EPOCH + ((start - _EPOCH) // step + 1) * step
    yield start
    while grid_at < end:
        while opens and opens[0] <= grid_at:
            yield opens.pop(0)
        yield grid_at
        grid_at += step
    yield from opens
    if end > start:
        yield end


def _hashed(order_id: str, salt: str) -> int:
    return int.from_bytes(blake2b(f"{order_id}|{salt}".encode(), digest_size=8).digest())
