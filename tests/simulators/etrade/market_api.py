"""Quotes and look-ups: apisb.etrade.com/docs/api/market/api-quote-v1.html, …/api-market-v1.html."""

from typing import Any, Final

from tests.simulators.etrade.asking import MARKET, Answer, Ask, Route, json_answer
from tests.simulators.etrade.instruments import Instrument, read_key
from tests.simulators.etrade.market import Market, Quote
from tests.simulators.etrade.refusals import bad_field, invalid_symbol
from tests.simulators.etrade.wire import epoch_seconds, money, number, quote_time

USUAL_SYMBOLS: Final = 25
MOST_SYMBOLS: Final = 50
_BLOCKS: Final = {
    "": "All",
    "ALL": "All",
    "FUNDAMENTAL": "Fundamental",
    "INTRADAY": "Intraday",
    "OPTIONS": "Option",
    "WEEK_52": "Week52",
    "MF_DETAIL": "MutualFund",
}


class MarketApi:
    """Answers about prices and names."""

    def __init__(self, market: Market) -> None:
        """Reads only."""
        self._market = market

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", f"{MARKET}/quote/{{symbols}}.json", self._quotes),
            Route("GET", f"{MARKET}/lookup/{{text}}.json", self._lookup),
        ]

    def _quotes(self, ask: Ask) -> Answer:
        """What is unknown is told in a message beside the others; code and words unverified."""
        wanted = ask.parts["symbols"].split(",")
        most = MOST_SYMBOLS if ask.flag("overrideSymbolCount") else USUAL_SYMBOLS
        if len(wanted) > most:
            raise bad_field("symbols", f"{len(wanted)} symbols")
        block = _BLOCKS.get(ask.query.get("detailFlag", "").upper())
        if block is None:
            raise bad_field("detailFlag", ask.query["detailFlag"])
        data, messages = [], []
        for key in wanted:
            instrument = read_key(key)
            quote = self._market.quotes.get(instrument) if instrument else None
            if instrument is None or quote is None:
                words = f"{key} is an invalid symbol"
                messages.append({"description": words, "code": 1019, "type": "WARNING"})
            else:
                data.append(self._drawn(instrument, quote, block))
        told: dict[str, Any] = {"QuoteData": data} if data else {}
        if messages:
            told["Messages"] = {"Message": messages}
        return json_answer({"QuoteResponse": told})

    def _lookup(self, ask: Ask) -> Answer:
        """Any part of the company's name, documented; symbols are not searched."""
        text = ask.parts["text"].lower()
        found = [
            {"symbol": symbol, "description": name, "type": "EQUITY"}
            for symbol, name in sorted(self._market.names.items())
            if text in name.lower()
        ]
        if not found:  # that nothing found is answered so is unverified
            raise invalid_symbol()
        return json_answer({"LookupResponse": {"Data": found}})

    def _drawn(self, instrument: Instrument, quote: Quote, block: str) -> dict[str, Any]:
        name = self._market.names.get(instrument.symbol, "")
        return {
            "dateTime": quote_time(quote.at),
            "dateTimeUTC": epoch_seconds(quote.at),
            "quoteStatus": quote.status,
            "ahFlag": "false",
            "hasMiniOptions": False,
            block: _details(instrument, quote, name),
            "Product": instrument.product(),
        }


def _details(instrument: Instrument, quote: Quote, name: str) -> dict[str, Any]:
    change = quote.last - quote.previous_close
    shown: dict[str, Any] = {
        "adjustedFlag": False,
        "ask": number(quote.ask),
        "askSize": quote.ask_size,
        "askTime": quote_time(quote.at),
        "bid": number(quote.bid),
        "bidExchange": " ",
        "bidSize": quote.bid_size,
        "bidTime": quote_time(quote.at),
        "changeClose": number(change),
        "changeClosePercentage": money(change / quote.previous_close * 100),
        "companyName": name,
        "high": number(quote.last),
        "high52": number(quote.last),
        "lastTrade": number(quote.last),
        "low": number(quote.last),
        "low52": number(quote.last),
        "open": number(quote.previous_close),
        "openInterest": 0,
        "optionUnderlier": instrument.symbol if instrument.expiry else "",
        "previousClose": number(quote.previous_close),
        "primaryExchange": "NSDQ",
        "symbolDescription": name,
        "totalVolume": quote.volume,
        "nextEarningDate": "",
        "timeOfLastTrade": epoch_seconds(quote.at),
    }
    if instrument.osi_key:
        shown |= {"osiKey": instrument.osi_key, "optionMultiplier": float(instrument.size)}
    elif quote.status.startswith("EH_"):
        shown["ExtendedHourQuoteDetail"] = _extended(quote)
    return shown


def _extended(quote: Quote) -> dict[str, Any]:
    """Under the name that was recorded; etrade-python knows it by another, and drops it."""
    return {
        "lastPrice": number(quote.last),
        "change": number(quote.last - quote.previous_close),
        "bid": number(quote.bid),
        "bidSize": quote.bid_size,
        "ask": number(quote.ask),
        "askSize": quote.ask_size,
        "volume": quote.volume,
        "timeOfLastTrade": epoch_seconds(quote.at),
        "timeZone": "",
        "quoteStatus": quote.status,
    }
