"""Quotes: symbols with commas between them, or one in the path."""

from typing import Any, Final

from tests.simulators.schwab.asking import Answer, Ask, Route, json_answer
from tests.simulators.schwab.hours import NEW_YORK
from tests.simulators.schwab.instruments import Contract, Instrument, Listing, instrument_id
from tests.simulators.schwab.market import Market, Quote
from tests.simulators.schwab.refusals import bad_request, not_found
from tests.simulators.schwab.wire import epoch_ms, number

ROOTS: Final = ("fundamental", "reference", "extended", "quote", "regular")
_MOST: Final = 500
MISSING: Final = -999.0
"""What stands for a Greek that is not known: several public clients turn it into nothing."""


class QuotesApi:
    """The last prices that a test set."""

    def __init__(self, market: Market, listing: Listing) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = listing

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", "/marketdata/v1/quotes", self._several),
            Route("GET", "/marketdata/v1/{symbol}/quotes", self._one),
        ]

    def _several(self, ask: Ask) -> Answer:
        symbols = ask.words("symbols")
        if not symbols:
            raise bad_request("Search combination should have min of 1.", parameter="symbols")
        if len(symbols) > _MOST:
            raise bad_request("Search combination should not exceed 500", parameter="symbols")
        roots = _roots(ask)
        shown: dict[str, Any] = {}
        unknown = []
        for symbol in symbols:
            found = self._draw(symbol, roots)
            if found is None:
                unknown.append(symbol)
            else:
                shown[symbol] = found
        if unknown:
            shown["errors"] = {"invalidSymbols": unknown}
        return json_answer(shown)

    def _one(self, ask: Ask) -> Answer:
        symbol = ask.parts["symbol"]
        found = self._draw(symbol, _roots(ask))
        if found is None:
            raise not_found()
        return json_answer({symbol: found})

    def _draw(self, symbol: str, roots: frozenset[str]) -> dict[str, Any] | None:
        instrument, quote = self._listing.find(symbol), self._market.quotes.get(symbol)
        if instrument is None or quote is None:
            return None
        option = isinstance(instrument, Contract)
        shown: dict[str, Any] = {
            "assetMainType": "OPTION" if option else "EQUITY",
            "realtime": not quote.delayed,
            "ssid": instrument_id(symbol),
            "symbol": symbol,
        }
        if not option:
            shown |= {"assetSubType": "COE", "quoteType": "NFL" if quote.delayed else "NBBO"}
        parts = _option_parts(quote, instrument) if isinstance(instrument, Contract) else {}
        parts |= {} if option else _share_parts(quote, instrument)
        return shown | {name: part for name, part in parts.items() if name in roots}


def _roots(ask: Ask) -> frozenset[str]:
    given = ask.words("fields")
    if set(given) - {*ROOTS, "all"}:
        detail = (
            "valid fields should be any of all,fundamental,reference,extended,quote,regular "
            "or empty value"
        )
        raise bad_request(detail, parameter="fields")
    return frozenset(ROOTS if not given or "all" in given else given)


def _prices(quote: Quote) -> dict[str, Any]:
    at = epoch_ms(quote.at)
    return {
        "52WeekHigh": number(quote.last * 2),
        "52WeekLow": number(quote.last / 2),
        "askPrice": number(quote.ask),
        "askSize": quote.ask_size,
        "bidPrice": number(quote.bid),
        "bidSize": quote.bid_size,
        "closePrice": number(quote.last),
        "highPrice": number(quote.last),
        "lastPrice": number(quote.last),
        "lastSize": 100,
        "lowPrice": number(quote.last),
        "mark": number(quote.mark),
        "netChange": 0.0,
        "netPercentChange": 0.0,
        "openPrice": number(quote.last),
        "quoteTime": at,
        "securityStatus": quote.status,
        "totalVolume": quote.volume,
        "tradeTime": at,
    }


def _share_parts(quote: Quote, instrument: Instrument) -> dict[str, Any]:
    at = epoch_ms(quote.at)
    wire = instrument.wire()
    return {
        "fundamental": {"peRatio": 0.0, "eps": 0.0, "divYield": 0.0, "avg10DaysVolume": 1000.0},
        "quote": {**_prices(quote), "askTime": at, "bidTime": at},
        "reference": {
            "cusip": wire["cusip"],
            "description": getattr(instrument, "description", ""),
            "exchange": "Q",
            "exchangeName": getattr(instrument, "exchange", ""),
            "isShortable": getattr(instrument, "shortable", False),
        },
        "regular": {
            "regularMarketLastPrice": number(quote.last),
            "regularMarketLastSize": 100,
            "regularMarketNetChange": 0.0,
            "regularMarketPercentChange": 0.0,
            "regularMarketTradeTime": at,
        },
        "extended": {
            "askPrice": 0.0,
            "bidPrice": 0.0,
            "lastPrice": number(quote.last),
            "quoteTime": 0,
            "tradeTime": 0,
        },
    }


def greeks_of(quote: Quote) -> dict[str, float]:
    """The five, and the implied volatility in per cent."""
    names = ("delta", "gamma", "theta", "vega", "rho", "volatility")
    known = quote.greeks
    return {n: MISSING if known is None else number(getattr(known, n)) for n in names}


def _option_parts(quote: Quote, contract: Contract) -> dict[str, Any]:
    today = quote.at.astimezone(NEW_YORK).date()
    return {
        "quote": {
            **_prices(quote),
            **greeks_of(quote),
            "openInterest": quote.open_interest,
            "theoreticalOptionValue": number(quote.mark),
            "underlyingPrice": 0.0,
        },
        "reference": {
            "contractType": contract.right[0],
            "daysToExpiration": (contract.expiry - today).days,
            "description": contract.description,
            "exchange": "o",
            "exchangeName": "OPR",
            "expirationDay": contract.expiry.day,
            "expirationMonth": contract.expiry.month,
            "expirationYear": contract.expiry.year,
            "multiplier": 100.0,
            "settlementType": "P",
            "strikePrice": number(contract.strike),
            "underlying": contract.underlying,
        },
    }
