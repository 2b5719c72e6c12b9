"""From Kraken's orders to receipts and lines of a list. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.kraken import answers, executions
from floorbroker.brokers.kraken.catalogue import Catalogue, instrument
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt

_S = OrderState
_ENDS: Final[Mapping[str, OrderState]] = {
    "closed": _S.FILLED,
    "canceled": _S.CANCELED,
    "expired": _S.EXPIRED,
}
_AT_WORK: Final = frozenset({"pending", "open"})
_PLAIN_PRICE: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?", re.ASCII)
_USUAL_REASONS: Final = frozenset({"user requested", "user canceled"})


@dataclass(frozen=True, slots=True)
class Known:
    """An order of Kraken's under its id."""

    txid: str
    told: answers.Order


def state_of(told: answers.Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again.

    "closed" is Kraken's word for filled; should less be filled than was ordered, it was not.
    """
    state = _ENDS.get(told.status)
    if state is _S.FILLED and told.vol_exec < told.vol and "viqc" not in told.oflags:
        return _S.CANCELED
    if state is not None:
        return state
    return _S.PARTIALLY_FILLED if told.vol_exec > 0 else _S.ACCEPTED


def known_word(told: answers.Order) -> bool:
    """Whether the state is one that Kraken documents."""
    return told.status in _ENDS or told.status in _AT_WORK


def receipt(known: Known, fills: tuple[Fill, ...], *, whole: bool = True) -> Receipt:
    """What Kraken says of an order.

    Args:
        whole: Whether `fills` are all there are. While some are missing, the order counts as
            working, so that it is looked at again before anybody reads that it has ended.
    """
    told = known.told
    state = state_of(told)
    if not whole:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    limit, stop = _prices(told.descr)
    return Receipt(
        broker_order_id=known.txid,
        state=state,
        fills=fills,
        reason=_reason(told) if state.final else "",
        quantity=told.vol if "viqc" not in told.oflags else None,
        limit_price=limit,
        stop_price=stop,
    )


def broker_order(known: Known, catalogue: Catalogue) -> BrokerOrder:
    """One line of a list; a pair that is listed no more is told by Kraken's name of it."""
    told = known.told
    pair = catalogue.pair(told.descr.pair)
    about = (
        instrument(pair)
        if pair is not None
        else Instrument(symbol=told.descr.pair.upper(), asset_class=AssetClass.CRYPTO, currency="")
    )
    state = state_of(told)
    ended = told.closetm if state.final else None
    ours = told.cl_ord_id
    return BrokerOrder(
        order_id=OrderId(ours) if ours is not None and is_order_id(ours) else None,
        instrument=about,
        description=_description(told, about),
        at=ended or told.opentm or datetime.fromtimestamp(0, UTC),
        receipt=receipt(known, executions.altogether(known.txid, told, about.currency)),
    )


def _prices(descr: answers.Described) -> tuple[Decimal | None, Decimal | None]:
    """The limit and the stop; a trailing stop has a distance in their place, and no price."""
    first, second = _price(descr.price), _price(descr.price2)
    if descr.ordertype == "limit":
        return first, None
    if descr.ordertype == "stop-loss":
        return None, first
    if descr.ordertype == "stop-loss-limit":
        return second, first
    return None, None


def _price(text: str) -> Decimal | None:
    if not _PLAIN_PRICE.fullmatch(text):
        return None
    return Decimal(text) or None


def _reason(told: answers.Order) -> str:
    said = sentence(told.reason or "")
    if said.lower() in _USUAL_REASONS:
        return ""
    if not said and told.status == "closed" and told.vol_exec < told.vol:
        return f"Kraken closed it with {plain(told.vol_exec)} of {plain(told.vol)} filled."
    return said


def _description(told: answers.Order, about: Instrument) -> str:
    """`Buy 0.5 BTC/USD limit 50000 gtc`: for people."""
    limit, stop = _prices(told.descr)
    words = (
        told.descr.type.capitalize(),
        plain(told.vol),
        about.symbol,
        told.descr.ordertype.replace("-", " "),
        "" if stop is None else plain(stop),
        "" if limit is None else plain(limit),
        told.descr.price if told.descr.price.startswith("+") else "",
        told.time_in_force.lower(),
    )
    return sentence(" ".join(word for word in words if word))
