"""From Coinbase's orders to receipts and lines of a list. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.coinbase import executions
from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.brokers.coinbase.catalogue import Catalogue, instrument
from floorbroker.brokers.coinbase.reasons import SENTENCES, readable
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt

_S = OrderState
ENDS: Final[Mapping[str, OrderState]] = {
    "FILLED": _S.FILLED,
    "CANCELLED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "FAILED": _S.REJECTED,
}
WAITING: Final = ("PENDING", "QUEUED", "CANCEL_QUEUED", "EDIT_QUEUED")
"""At work, and not among what a list of OPEN orders shows."""

_KNOWN: Final = frozenset({*ENDS, *WAITING, "OPEN"})
_TIMES: Final = {
    "GOOD_UNTIL_CANCELLED": "gtc",
    "GOOD_UNTIL_DATE_TIME": "gtd",
    "IMMEDIATE_OR_CANCEL": "ioc",
    "FILL_OR_KILL": "fok",
}
_UNTOLD: Final = frozenset({"REJECT_REASON_UNSPECIFIED"})
_USUAL: Final = frozenset({"user requested cancel", "user canceled", "user cancelled"})


def state_of(order: answers.Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again.

    Should less be filled of a FILLED order than was ordered, it was not. What was partly filled was
    no refusal, even if it is called FAILED.
    """
    state = ENDS.get(order.status)
    if state is _S.FILLED and order.filled_size < order.terms.base_size:
        return _S.CANCELED
    if state is _S.REJECTED and order.filled_size > 0:
        return _S.CANCELED
    if state is not None:
        return state
    return _S.PARTIALLY_FILLED if order.filled_size > 0 else _S.ACCEPTED


def known_word(order: answers.Order) -> bool:
    """Whether the state is one that Coinbase documents."""
    return order.status in _KNOWN


def receipt(order: answers.Order, fills: tuple[Fill, ...], *, whole: bool = True) -> Receipt:
    """What Coinbase says of an order.

    Args:
        whole: Whether `fills` are all there are. While some are missing, the order counts as
            working, so that it is looked at again before anybody reads that it has ended.
    """
    state, terms = state_of(order), order.terms
    if not whole:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=order.order_id,
        state=state,
        fills=fills,
        reason=_reason(order) if state.final else "",
        quantity=terms.base_size or None,
        limit_price=terms.limit_price or None,
        stop_price=terms.stop_price or None,
    )


def broker_order(order: answers.Order, catalogue: Catalogue) -> BrokerOrder:
    """One line of a list; a product that is not known is told by Coinbase's name of it."""
    pair = catalogue.by_id.get(order.product_id)
    about = instrument(pair) if pair is not None else _unlisted(order)
    ours = order.client_order_id
    return BrokerOrder(
        order_id=OrderId(ours) if is_order_id(ours) else None,
        instrument=about,
        description=_description(order, about),
        at=at(order),
        receipt=receipt(order, executions.altogether(order, about.currency)),
    )


def at(order: answers.Order) -> datetime:
    """When it ended, or else when it came."""
    ended = executions.ended_at(order)
    found = ended if state_of(order).final else (order.created_time or ended)
    return found or datetime.fromtimestamp(0, UTC)


def _unlisted(order: answers.Order) -> Instrument:
    base, _, quote = order.product_id.upper().partition("-")
    contract = order.product_type == "FUTURE" or "-" in quote
    return Instrument(
        symbol=order.product_id.upper() if contract else f"{base}/{quote}",
        asset_class=AssetClass.FUTURE if contract else AssetClass.CRYPTO,
        currency="" if contract else quote,
        exchange="Coinbase",
    )


def _reason(order: answers.Order) -> str:
    if order.status == "FAILED":
        told = order.reject_reason
        known = SENTENCES.get(told, "")
        said = (
            known or sentence(order.reject_message) or ("" if told in _UNTOLD else readable(told))
        )
        return said or "Coinbase did not take the order, and gives no reason."
    said = sentence(order.cancel_message)
    if said.lower().rstrip(".") in _USUAL:
        return ""
    if not said and order.status == "FILLED" and state_of(order) is not _S.FILLED:
        whole = plain(order.terms.base_size)
        return f"Coinbase ended it with {plain(order.filled_size)} of {whole} filled."
    return said


def _description(order: answers.Order, about: Instrument) -> str:
    """`Buy 0.5 BTC/USD limit 50000 gtc`: for people."""
    terms = order.terms
    by_money = not terms.base_size and terms.quote_size > 0
    words = (
        order.side.capitalize(),
        f"{plain(terms.quote_size)} {about.currency}" if by_money else _shown(terms.base_size),
        about.symbol,
        order.order_type.replace("_", " ").lower(),
        _shown(terms.stop_price),
        _shown(terms.limit_price),
        _TIMES.get(order.time_in_force, ""),
    )
    return sentence(" ".join(word for word in words if word))


def _shown(amount: Decimal) -> str:
    return plain(amount) if amount else ""
