"""EditOrder: the order is canceled, and a new one with another id comes in.

https://docs.kraken.com/api/docs/rest-api/edit-order; "cl_ord_id is not supported", so that the new
order has none and cannot be found by it.
"""

from dataclasses import replace
from decimal import Decimal

from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.prices import read_price
from tests.simulators.kraken.refusals import KrakenRefusal, invalid
from tests.simulators.kraken.ticket import Terms, Ticket, check_deadline, check_volume


def find(desk: Desk, person: Person, form: Form) -> Order:
    """By `txid`, which may be a `userref` that one open order has.

    Raises:
        KrakenRefusal: None has it, or several; or it belongs to another pair.
    """
    wanted = form.needed("txid")
    pair = desk.pair(form.needed("pair"))
    if wanted.lstrip("-").isdigit():
        found = [order for order in desk.open_of(person) if order.userref == int(wanted)]
        if len(found) != 1:
            raise invalid("userref")  # words unverified
        order = found[0]
    else:
        order = desk.find_open(person, wanted)
    if order.pair is not pair:
        raise invalid("pair")  # words unverified
    return order


def edited(desk: Desk, order: Order, form: Form) -> Order:
    """The order that would take the place of `order`, as a draft.

    Raises:
        KrakenRefusal: It may not, or not so.
    """
    check_deadline(form, desk.now())
    if order.triggered or order.close is not None or order.canceling:
        raise KrakenRefusal("EOrder:Order not editable")
    volume = _volume(order, form)
    post = ["post"] if "post" in form.words("oflags") else []
    ticket = Ticket(
        pair=order.pair,
        side=order.side,
        terms=Terms(
            type=order.type,
            price=read_price(form.text("price"), "price") or order.terms.price,
            price2=read_price(form.text("price2"), "price2") or order.terms.price2,
        ),
        volume=volume,
        # "All the flags from the parent order are retained except post-only."
        flags=(*(flag for flag in order.flags if flag != "post"), *post),
        time_in_force=order.time_in_force,
        trigger=order.signal,
        close=None,
        leverage=order.leverage,
        reduce_only=False,
        userref=form.integer("userref"),
        cl_ord_id="",
        starts_at=order.starts_at,
        expires_at=order.expires_at,
    )
    if volume <= 0:
        raise KrakenRefusal("EOrder:Not enough leaves qty")
    return _draft_without(desk, order, ticket)


def take_place(desk: Desk, order: Order, new: Order) -> None:
    """`order` ends and `new` comes in; it is not matched yet."""
    order.end("canceled", desk.now(), "Order replaced")
    new.refid = order.txid
    desk.enter(new)


def _volume(order: Order, form: Form) -> Decimal:
    """What is left of the new volume: that fills count against it is unverified."""
    given = form.amount("volume")
    if given is None:
        return order.remaining
    check_volume(order.pair, given)
    return given - order.executed


def _draft_without(desk: Desk, order: Order, ticket: Ticket) -> Order:
    """A draft for which `order` holds nothing any more."""
    status, order.status = order.status, "canceled"
    try:
        return desk.draft(order.person, replace(ticket, leverage=None))
    finally:
        order.status = status
