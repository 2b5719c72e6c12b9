"""The Greeks of a contract whose broker tells none: computed from two quotes, and labelled so."""

from datetime import datetime, time
from decimal import Decimal
from typing import Final

from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Greeks, Quote
from floorbroker.pricing.black_scholes import Terms, implied_volatility, sensitivities
from floorbroker.services.gates import EXCHANGE_ZONE
from floorbroker.services.preflight import doubt

_CLOSE: Final = time(16)
_YEAR_SECONDS: Final = 365 * 86_400.0
_DIGITS: Final = Decimal("0.0001")


def source_of(rate_percent: Decimal) -> str:
    """What computed figures say of themselves."""
    return f"computed (Black–Scholes, rate {rate_percent.normalize():f} %, no dividends)"


def computed(
    contract: Instrument,
    quote: Quote | None,
    underlying: Quote | None,
    rate_percent: Decimal,
    now: datetime,
) -> tuple[Greeks | None, str]:
    """The figures that the middle of bid and ask implies; or None, and why not, in a sentence.

    Never from a price that is missing, one-sided, crossed, delayed or old.
    """
    for about, one in (("its price", quote), (f"the price of {contract.underlying}", underlying)):
        why = doubt(one, now)
        if why:
            return None, f"Greeks are not computed from {about}: {why[:1].lower()}{why[1:]}"
    worth, price = _middle(quote), _middle(underlying) or (underlying and underlying.last)
    if worth is None or not price:
        return None, "Greeks are not computed: bid and ask are not both there."
    terms = _terms(contract, price, rate_percent, now)
    volatility = None if terms is None else implied_volatility(terms, float(worth))
    if terms is None or volatility is None:
        return None, "Greeks are not computed: no volatility leads to this price."
    found = sensitivities(terms, volatility)
    assert quote is not None  # noqa: S101  # it has a middle
    return Greeks(
        instrument=contract,
        at=quote.at,
        source=source_of(rate_percent),
        delta=_rounded(found.delta),
        gamma=_rounded(found.gamma),
        theta=_rounded(found.theta),
        vega=_rounded(found.vega),
        implied_volatility=_rounded(volatility),
        underlying_price=price,
    ), ""


def _terms(
    contract: Instrument, price: Decimal, rate_percent: Decimal, now: datetime
) -> Terms | None:
    if contract.expiry is None or contract.strike is None or contract.right is None:
        return None
    ends = datetime.combine(contract.expiry, _CLOSE, EXCHANGE_ZONE)
    return Terms(
        right=contract.right,
        price=float(price),
        strike=float(contract.strike),
        years=(ends - now).total_seconds() / _YEAR_SECONDS,
        rate=float(rate_percent / 100),
    )


def _middle(quote: Quote | None) -> Decimal | None:
    if quote is None or quote.bid is None or quote.ask is None:
        return None
    return (quote.bid + quote.ask) / 2


def _rounded(figure: float) -> Decimal:
    return Decimal(figure).quantize(_DIGITS)
