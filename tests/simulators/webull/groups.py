"""Orders that are placed together: an entry with its exits, or the exits of a position.

Reference of common-order-place: MASTER (MARKET or LIMIT) with at most one STOP_PROFIT (LIMIT) and
one STOP_LOSS (STOP_LOSS); or those two alone, to sell what is held. The sandbox refuses OTO, OCO
and OTOCO in any documented shape, and so does this.
"""

from collections.abc import Sequence
from typing import Final

from tests.simulators.webull.instruments import COIN
from tests.simulators.webull.orders import ENDED, Group, Order
from tests.simulators.webull.refusals import Refusal, bad
from tests.simulators.webull.ticket import LIMIT, LOSS, MARKET, MASTER, NORMAL, STOP, TAKE, Ticket

_TYPES: Final = {MASTER: (MARKET, LIMIT), TAKE: (LIMIT,), LOSS: (STOP,)}


def check_shape(tickets: Sequence[Ticket]) -> None:
    """They may stand in one request.

    Raises:
        Refusal: They may not.
    """
    roles = [ticket.combo for ticket in tickets]
    if roles == [NORMAL]:
        return
    if not roles or not set(roles) <= set(_TYPES) or len(set(roles)) != len(roles):
        given = "[" + ",".join(f'"{role}"' for role in roles) + "]"
        raise bad("combo_type", given)  # the words are the sandbox's
    for ticket in tickets:
        if ticket.type not in _TYPES[ticket.combo]:
            raise bad("order_type", ticket.type)
    _check_alike(tickets)


def _check_alike(tickets: Sequence[Ticket]) -> None:
    kinds = {ticket.instrument.kind for ticket in tickets}
    if kinds == {COIN} or len({ticket.instrument.symbol for ticket in tickets}) != 1:
        raise Refusal("INVALID_PARAMETER", "Inconsistent instrument type in combo")
    if len({ticket.quantity for ticket in tickets}) != 1 or tickets[0].quantity is None:
        raise bad("quantity", "")  # words unverified
    master = [ticket for ticket in tickets if ticket.combo == MASTER]
    exits = {ticket.side for ticket in tickets if ticket.combo != MASTER}
    entry = master[0].side if master else "BUY"
    if exits and exits != {"SELL" if entry == "BUY" else "BUY"}:
        raise bad("side", ",".join(sorted(exits)))


def follow(group: Group) -> None:
    """What an end or a fill means for the others of the group.

    A master that ends without a fill takes its exits with it (sandbox); one that bought in part
    leaves exits for that part (unverified). When the exits have sold it, those that are left end.
    """
    master = group.master
    exits = [order for order in group.orders if order.combo != MASTER]
    dead = master is not None and master.status in ENDED and not master.filled
    started = master is None or (master.ended and master.filled)
    if master is not None and started:
        for order in exits:
            order.quantity = min(order.quantity, master.filled)
    done = started and any(order.executions for order in exits)
    for order in exits:
        if not order.ended and (dead or (done and order.remaining <= 0)):
            order.status = "CANCELLED"
    if master is None and any(order.status == "FILLED" for order in exits):
        _cancel_open(exits)


def _cancel_open(orders: Sequence[Order]) -> None:
    for order in orders:
        if not order.ended:
            order.status = "CANCELLED"
