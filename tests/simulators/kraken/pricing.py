"""From what a request says of its prices to those at which the order works."""

from dataclasses import dataclass
from decimal import Decimal

from tests.simulators.kraken.kinds import LIMITED, TRAILS, TRIGGERED, triggers_above
from tests.simulators.kraken.market import Quote
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.prices import Offset, settle
from tests.simulators.kraken.refusals import KrakenRefusal
from tests.simulators.kraken.ticket import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Terms with their offsets settled, but for those of trailing stops.

    Attributes:
        limit: None for market orders, and for trailing stops until they trigger.
        trigger: None for orders without one, and for trailing stops, which follow the market.
    """

    terms: Terms
    limit: Decimal | None
    trigger: Decimal | None


def priced(terms: Terms, pair: Pair, side: str, quote: Quote | None) -> Priced:
    """The prices of an order that comes in now.

    Raises:
        KrakenRefusal: A price cannot be.
    """
    if terms.type in TRAILS:
        return Priced(terms=terms, limit=None, trigger=None)
    last = quote.last if quote else None
    above = triggers_above(terms.type, side)
    first = _settled(terms.price, pair, last, above=above) if terms.type != "market" else None
    second = _settled(terms.price2, pair, last, above=above) if terms.type in LIMITED else None
    if terms.type == "limit":
        return Priced(
            terms=Terms(type="limit", price=first, price2=None), limit=first, trigger=None
        )
    return Priced(
        terms=Terms(type=terms.type, price=first, price2=second),
        limit=second,
        trigger=first if terms.type in TRIGGERED else None,
    )


def trail(terms: Terms, side: str, peak: Decimal) -> Decimal:
    """Where a trailing stop stands behind the best price so far."""
    assert isinstance(terms.price, Offset)
    away = terms.price.distance(peak)
    return peak + away if side == "buy" else peak - away


def trailed_limit(terms: Terms, trigger: Decimal) -> Decimal | None:
    """The limit of a trailing stop that has just triggered."""
    return terms.price2.of(trigger) if isinstance(terms.price2, Offset) else None


def check_index(signal: str, quote: Quote | None) -> None:
    """A pair without an index has none to trigger at.

    Raises:
        KrakenRefusal: Its index was asked for.
    """
    if signal == "index" and (quote is None or quote.index is None):
        raise KrakenRefusal("EGeneral:Invalid arguments:Index unavailable")


def _settled(
    price: Decimal | Offset | None, pair: Pair, last: Decimal | None, *, above: bool
) -> Decimal | None:
    return None if price is None else settle(price, pair, last, above=above)
