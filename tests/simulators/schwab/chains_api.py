"""Option chains and expirations; the names are those of recorded chains.

The OpenAPI file calls the prices of a contract bidPrice, askPrice, …; recorded answers of 2024 call
them bid, ask, last and mark, and so does this.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from tests.simulators.schwab.asking import Answer, Ask, Route, json_answer
from tests.simulators.schwab.hours import NEW_YORK
from tests.simulators.schwab.instruments import Contract, Listing
from tests.simulators.schwab.market import Market, Quote
from tests.simulators.schwab.quotes_api import greeks_of
from tests.simulators.schwab.refusals import bad_request, not_found
from tests.simulators.schwab.wire import epoch_ms, number

_MONTHS: Final = [
    "JAN",
    "FEB",
    "MAR",
    "APR",
    "MAY",
    "JUN",
    "JUL",
    "AUG",
    "SEP",
    "OCT",
    "NOV",
    "DEC",
]


class ChainsApi:
    """Contracts that were added to the listing, with the quotes that a test set."""

    def __init__(self, market: Market, listing: Listing) -> None:
        """Over what is listed."""
        self._market = market
        self._listing = listing

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", "/marketdata/v1/chains", self._chain),
            Route("GET", "/marketdata/v1/expirationchain", self._expirations),
        ]

    def _chain(self, ask: Ask) -> Answer:
        contracts = self._of(ask)
        symbol = ask.query["symbol"]
        if ask.query.get("strategy", "SINGLE") != "SINGLE":
            raise bad_request("only SINGLE is simulated", parameter="strategy")
        chosen = self._chosen(ask, contracts, symbol)
        quote = self._market.quotes.get(symbol)
        shown: dict[str, Any] = {
            "symbol": symbol,
            "status": "SUCCESS",
            "strategy": "SINGLE",
            "interval": 0.0,
            "isDelayed": bool(quote and quote.delayed),
            "isIndex": False,
            "interestRate": 4.738,
            "underlyingPrice": number(quote.mark) if quote else 0.0,
            "volatility": 29.0,
            "daysToExpiration": 0.0,
            "numberOfContracts": len(chosen),
            "callExpDateMap": self._map(chosen, "CALL"),
            "putExpDateMap": self._map(chosen, "PUT"),
        }
        if ask.flag("includeUnderlyingQuote") and quote is not None:
            shown["underlying"] = _underlying(symbol, quote)
        return json_answer(shown)

    def _expirations(self, ask: Ask) -> Answer:
        days = sorted({contract.expiry for contract in self._of(ask)})
        return json_answer(
            {
                "expirationList": [
                    {
                        "expirationDate": day.isoformat(),
                        "daysToExpiration": self._left(day),
                        "expirationType": _kind(day),
                        "settlementType": "P",
                        "optionRoots": ask.query["symbol"],
                        "standard": True,
                    }
                    for day in days
                ]
            }
        )

    def _of(self, ask: Ask) -> list[Contract]:
        symbol = ask.query.get("symbol", "")
        found = [c for c in self._listing.contracts.values() if c.underlying == symbol]
        if not found:
            raise not_found()
        return sorted(found, key=lambda c: (c.expiry, c.strike, c.right))

    def _chosen(self, ask: Ask, contracts: Sequence[Contract], symbol: str) -> list[Contract]:
        kind = ask.query.get("contractType", "ALL")
        first, last = _day(ask, "fromDate"), _day(ask, "toDate")
        month = ask.query.get("expMonth", "ALL")
        chosen = [
            contract
            for contract in contracts
            if kind in {"ALL", contract.right}
            and (first is None or contract.expiry >= first)
            and (last is None or contract.expiry <= last)
            and month in {"ALL", _MONTHS[contract.expiry.month - 1]}
            and ask.query.get("strike") in {None, str(number(contract.strike))}
        ]
        return self._nearest(ask, chosen, symbol)

    def _nearest(self, ask: Ask, chosen: list[Contract], symbol: str) -> list[Contract]:
        """`strikeCount`: so many strikes of each expiry, the nearest to the money."""
        given, quote = ask.query.get("strikeCount"), self._market.quotes.get(symbol)
        if given is None or quote is None:
            return chosen
        kept: set[tuple[date, Decimal]] = set()
        for expiry in {contract.expiry for contract in chosen}:
            strikes = {c.strike for c in chosen if c.expiry == expiry}
            ordered = sorted(strikes, key=lambda strike: abs(strike - quote.last))
            kept |= {(expiry, strike) for strike in ordered[: int(given)]}
        return [c for c in chosen if (c.expiry, c.strike) in kept]

    def _map(self, contracts: Sequence[Contract], right: str) -> dict[str, Any]:
        shown: dict[str, dict[str, Any]] = {}
        for contract in contracts:
            if contract.right == right:
                day = f"{contract.expiry.isoformat()}:{self._left(contract.expiry)}"
                strike = str(number(contract.strike))
                shown.setdefault(day, {})[strike] = [self._contract(contract)]
        return shown

    def _contract(self, contract: Contract) -> dict[str, Any]:
        zero = Decimal(0)
        quote = self._market.quotes.get(contract.symbol) or Quote(
            bid=zero, ask=zero, last=zero, at=self._market.now(), volume=0, open_interest=0
        )
        under = self._market.quotes.get(contract.underlying)
        sign = 1 if contract.right == "CALL" else -1
        inside = (under.last - contract.strike) * sign if under else zero
        close = datetime.combine(contract.expiry, time(16), NEW_YORK)
        return {
            "putCall": contract.right,
            "symbol": contract.symbol,
            "description": contract.description,
            "exchangeName": "OPR",
            "bid": number(quote.bid),
            "ask": number(quote.ask),
            "last": number(quote.last),
            "mark": number(quote.mark),
            "bidSize": quote.bid_size,
            "askSize": quote.ask_size,
            "totalVolume": quote.volume,
            "tradeTimeInLong": epoch_ms(quote.at),
            "quoteTimeInLong": epoch_ms(quote.at),
            **greeks_of(quote),
            "openInterest": quote.open_interest,
            "theoreticalOptionValue": number(quote.mark),
            "strikePrice": number(contract.strike),
            "expirationDate": close.astimezone(UTC).isoformat(timespec="milliseconds"),
            "daysToExpiration": self._left(contract.expiry),
            "expirationType": _kind(contract.expiry),
            "lastTradingDay": epoch_ms(close),
            "multiplier": 100.0,
            "settlementType": "P",
            "deliverableNote": f"100 {contract.underlying}",
            "intrinsicValue": number(max(inside, zero)),
            "optionRoot": contract.underlying,
            "exerciseType": "A",
            "nonStandard": False,
            "inTheMoney": inside > 0,
            "mini": False,
        }

    def _left(self, day: date) -> int:
        return (day - self._market.now().astimezone(NEW_YORK).date()).days


def _underlying(symbol: str, quote: Quote) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "bid": number(quote.bid),
        "ask": number(quote.ask),
        "last": number(quote.last),
        "mark": number(quote.mark),
        "quoteTime": epoch_ms(quote.at),
        "tradeTime": epoch_ms(quote.at),
        "delayed": quote.delayed,
    }


def _kind(day: date) -> str:
    """S for the third Friday, W for the other days."""
    return "S" if day.weekday() == 4 and 15 <= day.day <= 21 else "W"


def _day(ask: Ask, name: str) -> date | None:
    given = ask.query.get(name)
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise bad_request(f"invalid {name}", parameter=name) from error
