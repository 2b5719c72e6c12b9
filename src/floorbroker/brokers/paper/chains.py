"""The paper market's option chains, as the port tells them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.paper import contracts, instruments
from floorbroker.brokers.paper.instruments import Listing
from floorbroker.brokers.paper.market import SOURCE, PaperMarket
from floorbroker.brokers.paper.premiums import VOLATILITY, open_interest, terms_of
from floorbroker.domain.errors import NotSupported, SymbolNotFound
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Greeks
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.pricing.black_scholes import sensitivities

_DIGITS: Final = Decimal("0.0001")


def expiries(underlying: Instrument, now: datetime) -> Sequence[date]:
    """See the port; coins have no options."""
    return contracts.expiries(now) if instruments.optionable(underlying.symbol) else []


def chain(underlying: Instrument, expiry: date, now: datetime) -> Sequence[Instrument]:
    """See the port."""
    share = instruments.optionable(underlying.symbol)
    if share is None or expiry not in contracts.expiries(now):
        return []
    return contracts.chain(
        share.symbol, instruments.plain_symbol(share.symbol), share.base_price, expiry
    )


def quotes(
    asked: Sequence[Instrument], market: PaperMarket, now: datetime
) -> Sequence[OptionQuote]:
    """See the port."""
    return [_quote(trading(one.symbol, now), market, now) for one in asked]


def greeks(option: Instrument, market: PaperMarket, now: datetime) -> Greeks:
    """See the port; of the model that makes the prices.

    Raises:
        NotSupported: It is no option.
    """
    line = trading(option.symbol, now)
    if line.underlying is None:
        raise NotSupported("Only options have these figures.", broker="paper")
    return _greeks(line, market, now)


def trading(symbol: str, now: datetime) -> Listing:
    """The line of `symbol`, unless it is a contract that does not trade now.

    Raises:
        SymbolNotFound: There is none, or it has expired, or is not listed yet.
    """
    line = instruments.listing(symbol)
    expiry = line.instrument.expiry
    if expiry is not None and expiry not in contracts.expiries(now):
        gone = contracts.expiry_moment(expiry) <= now
        words = "has expired" if gone else "is not listed yet"
        raise SymbolNotFound(f"{line.symbol} {words}.", broker="paper")
    return line


def _quote(line: Listing, market: PaperMarket, now: datetime) -> OptionQuote:
    quote = market.quote(line, now)
    return OptionQuote(
        contract=line.instrument,
        quote=quote,
        open_interest=open_interest(market.seed, line, quote.at),
        greeks=_greeks(line, market, now),
    )


def _greeks(line: Listing, market: PaperMarket, now: datetime) -> Greeks:
    at = market.hours.price_time(now, crypto=False)
    share = line.underlying or line
    terms = terms_of(line.instrument, market.middle(share, at), at)
    found = sensitivities(terms, VOLATILITY)
    return Greeks(
        instrument=line.instrument,
        at=at,
        source=f"{SOURCE}, Black–Scholes",
        delta=_rounded(found.delta),
        gamma=_rounded(found.gamma),
        theta=_rounded(found.theta),
        vega=_rounded(found.vega),
        implied_volatility=_rounded(VOLATILITY),
        underlying_price=market.last(share, at),
    )


def _rounded(figure: float) -> Decimal:
    return Decimal(figure).quantize(_DIGITS)
