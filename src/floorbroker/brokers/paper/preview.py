"""The paper broker's own estimate of an order. Pure."""

from datetime import datetime
from decimal import Decimal

from floorbroker.brokers.paper import desk
from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.checks import check_terms, listed
from floorbroker.brokers.paper.margin import margin_rate, openings, worst_price, worth
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.domain.orders import OrderRequest, Preview, Side


def preview(book: Book, request: OrderRequest, market: PaperMarket, now: datetime) -> Preview:
    """What `request` would cost (a sale gives a negative cost) and tie up; nothing is reserved.

    Raises:
        OrderRejected: The request breaks a rule of the market. Too little money is not refused
            here: the two margins tell it.
    """
    line = listed(request.instrument)
    order = desk.drafted(book, "preview", request, market, now)
    check_terms(order, line, market, now)
    cost = order.quantity * line.size * worst_price(order, line, market, now)
    with_order = book.with_new(order)
    tied = (o.value for o in openings(with_order, market, now) if o.order is order)
    return Preview(
        cost=cost if request.side is Side.BUY else -cost,
        fees=Decimal(0),
        margin_required=sum(tied, Decimal(0)) * margin_rate(line),
        margin_available=max(worth(book, market, now).free, Decimal(0)),
        buying_power_after=worth(with_order, market, now).buying_power,
    )
