"""Whether an order may come in now.

"volume minimum not met" and "cl_ord_id not unique" are what several were answered in 2025 and 2026;
the docs have `EOrder:Order minimum not met` for the first and nothing for the second.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from tests.simulators.kraken.market import Quote
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.refusals import KrakenRefusal, invalid
from tests.simulators.kraken.ticket import Ticket

_UNAVAILABLE: Final = "EService:Unavailable"


def check_mode(status: str, kind: str, flags: Iterable[str]) -> None:
    """The exchange's or the pair's trading mode lets it in.

    Raises:
        KrakenRefusal: It does not.
    """
    if status == "maintenance":
        raise KrakenRefusal(_UNAVAILABLE)
    refused = {
        "cancel_only": True,
        "post_only": "post" not in flags,
        "limit_only": kind != "limit",
        "reduce_only": True,
    }
    if refused.get(status, False):
        raise KrakenRefusal(f"EService:Market in {status} mode")


def check_person(person: Person, ticket: Ticket) -> None:
    """No leverage without margin, and nothing to reduce on spot.

    Raises:
        KrakenRefusal: It asks for either.
    """
    if ticket.leverage is not None:
        if not person.margin:
            raise KrakenRefusal("EOrder:Cannot open position")
        if ticket.leverage not in ticket.pair.leverage:
            raise invalid("leverage")
    if ticket.reduce_only:
        raise KrakenRefusal("EOrder:Reduce only:No position exists")


def check_unique(cl_ord_id: str, open_orders: Iterable[Order]) -> None:
    """Among open orders only: "Kraken verifies cl_ord_id uniqueness across open orders for each
    client" (docs, Spot Client Order Identifiers); the words were recorded on 2026-09-10.

    Raises:
        KrakenRefusal: It is taken.
    """
    if cl_ord_id and any(order.cl_ord_id == cl_ord_id for order in open_orders):
        raise invalid("cl_ord_id not unique")


def check_minima(
    pair: Pair, volume: Decimal, price: Decimal | None, *, viqc: bool, quote: Quote | None
) -> None:
    """Not less than the pair's `ordermin` and `costmin`; without any price the cost is not known.

    Raises:
        KrakenRefusal: It is less.
    """
    touch = quote.ask if quote else None
    lots = volume if not viqc else (volume / touch if touch else pair.ordermin)
    if lots < pair.ordermin:
        raise invalid("volume minimum not met")
    worth = price or touch
    cost = volume if viqc else (None if worth is None else volume * worth)
    if cost is not None and cost < pair.costmin:
        raise KrakenRefusal("EOrder:Cost minimum not met")
