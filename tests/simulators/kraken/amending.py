"""AmendOrder: an order changes in place and keeps its ids, its fills and, if it can, its place.

https://docs.kraken.com/api/docs/rest-api/amend-order
"""

from decimal import Decimal

from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.funds import can_pay
from tests.simulators.kraken.kinds import LIMITED, TRAILS, TRIGGERED, triggers_above
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.prices import Price, read_price, settle
from tests.simulators.kraken.refusals import (
    KrakenRefusal,
    insufficient_funds,
    invalid,
    post_only,
)
from tests.simulators.kraken.rules import check_minima
from tests.simulators.kraken.ticket import NotSimulated, Terms, check_deadline, check_volume


def find(desk: Desk, person: Person, form: Form) -> Order:
    """By `txid` or `cl_ord_id`.

    Raises:
        KrakenRefusal: Neither is there, or no open order has it.
    """
    if "txid" in form:
        return desk.find_open(person, form.text("txid"))
    return desk.find_open_by_client_id(person, form.needed("cl_ord_id"))


def amend(desk: Desk, order: Order, form: Form) -> None:
    """Changes `order`; it is not matched yet.

    Raises:
        KrakenRefusal: Nothing would change, or not so.
    """
    check_deadline(form, desk.now())
    volume = form.amount("order_qty")
    limit = read_price(form.text("limit_price"), "limit_price")
    trigger = read_price(form.text("trigger_price"), "trigger_price")
    if volume is None and limit is None and trigger is None:
        raise invalid()  # words unverified
    new_limit, new_trigger = _prices(desk, order, limit, trigger)
    _check_post(desk, order, new_limit, form)
    _check(desk, order, volume, new_limit)
    _change(order, volume, new_limit, new_trigger)
    order.amended, order.touched_at = True, desk.now()
    if volume is not None and order.remaining <= 0:
        # "If an amend request will reduce the order quantity below the existing filled quantity,
        # the remaining quantity will be cancelled." Which status that is, is unverified.
        order.end("canceled", desk.now(), "User requested")


def _prices(
    desk: Desk, order: Order, limit: Price | None, trigger: Price | None
) -> tuple[Decimal | None, Decimal | None]:
    if order.type in TRAILS and (limit is not None or trigger is not None):
        raise NotSimulated("amending a trailing stop's prices")
    if limit is not None and order.type not in LIMITED:
        raise KrakenRefusal("EOrder:Invalid limit price")  # recorded on 2026-09-10
    if trigger is not None and (order.type not in TRIGGERED or order.triggered):
        raise KrakenRefusal("EOrder:Invalid trigger price")  # unverified
    quote = desk.market.quote(order.pair)
    last = quote.last if quote else None
    above = triggers_above(order.type, order.side)
    return tuple(  # type: ignore[return-value]
        None if price is None else settle(price, order.pair, last, above=above)
        for price in (limit, trigger)
    )


def _check_post(desk: Desk, order: Order, limit: Decimal | None, form: Form) -> None:
    quote = desk.market.quote(order.pair)
    if limit is None or quote is None or order.waits:
        return
    touch = quote.touch(order.side)
    crosses = touch <= limit if order.side == "buy" else touch >= limit
    if crosses and (form.flag("post_only") or "post" in order.flags):
        raise post_only()


def _check(desk: Desk, order: Order, volume: Decimal | None, limit: Decimal | None) -> None:
    if volume is not None:
        if order.viqc:
            raise NotSimulated("amending an amount of money")
        check_volume(order.pair, volume)
        check_minima(
            order.pair,
            volume,
            limit or order.limit,
            viqc=False,
            quote=desk.market.quote(order.pair),
        )
    before = order.volume, order.limit
    others = [one for one in desk.open_of(order.person) if one is not order]
    order.volume, order.limit = volume or order.volume, limit or order.limit
    affordable = order.waits or can_pay(order.person, order, others)
    order.volume, order.limit = before
    if not affordable:
        raise insufficient_funds()


def _change(
    order: Order, volume: Decimal | None, limit: Decimal | None, trigger: Decimal | None
) -> None:
    order.volume = volume or order.volume
    order.limit = limit or order.limit
    order.trigger_price = trigger or order.trigger_price
    if order.type in TRAILS:
        return
    first = order.trigger_price if order.type in TRIGGERED else order.limit
    second = order.limit if order.type in TRIGGERED else None
    order.terms = Terms(type=order.type, price=first, price2=second)
    if limit is not None:
        order.rests = False
