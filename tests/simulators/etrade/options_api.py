"""Option chains and expirations: apisb.etrade.com/docs/api/market/api-market-v1.html.

Answers and refusals as documented there. A day that is given in any other form than expiryYear,
expiryMonth and expiryDay is ignored, and the nearest one answered (seen by a user in June 2026).
"""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.asking import MARKET, Answer, Ask, Route, how_many, json_answer
from tests.simulators.etrade.instruments import Instrument
from tests.simulators.etrade.market import Market
from tests.simulators.etrade.refusals import (
    bad_field,
    invalid_symbol,
    missing_symbol,
    no_options,
    no_options_in_month,
    no_options_on_day,
)
from tests.simulators.etrade.wire import eastern_day, epoch_seconds, is_number, number, read_amount

_RIGHTS: Final = {"CALL": ("Call",), "PUT": ("Put",), "CALLPUT": ("Call", "Put")}
_GREEKS: Final = ("rho", "vega", "theta", "delta", "gamma", "iv")


class OptionsApi:
    """Answers about contracts."""

    def __init__(self, market: Market) -> None:
        """Reads only."""
        self._market = market

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", f"{MARKET}/optionchains.json", self._chain),
            Route("GET", f"{MARKET}/optionexpiredate.json", self._expirations),
        ]

    def _expirations(self, ask: Ask) -> Answer:
        """All kinds, whatever `expiryType` asks for, unless it names one."""
        days = self._days(self._symbol(ask))
        wanted = ask.query.get("expiryType", "ALL")
        rows = [
            {"year": day.year, "month": day.month, "day": day.day, "expiryType": kind}
            for day, kind in sorted(days.items())
            if wanted in {"ALL", "UNSPECIFIED", kind}
        ]
        if not rows:
            raise no_options()
        return json_answer({"OptionExpireDateResponse": {"ExpirationDate": rows}})

    def _chain(self, ask: Ask) -> Answer:
        symbol = self._symbol(ask)
        day = self._day(ask, symbol)
        words = _RIGHTS.get(ask.query.get("chainType", "CALLPUT"))
        if words is None:
            raise bad_field("chainType", ask.query["chainType"])
        pairs: dict[Decimal, dict[str, Any]] = {}
        for contract in self._market.contracts(symbol, day):
            word = contract.right.title()
            if word in words and contract.strike is not None:
                pairs.setdefault(contract.strike, {})[word] = self._contract(contract)
        if not pairs:
            raise no_options_on_day()
        near = self._near(ask, symbol)
        count = how_many(ask, "noOfStrikes", usual=len(pairs))
        nearest = sorted(pairs, key=lambda strike: abs(strike - near))[:count]
        status = self._market.quotes[Instrument(symbol)].status
        told = {
            "OptionPair": [pairs[strike] for strike in sorted(nearest)],
            "timeStamp": epoch_seconds(self._market.now()),
            "quoteType": "DELAYED" if status == "DELAYED" else "REALTIME",
            "nearPrice": number(near),
            "SelectedED": {"month": day.month, "year": day.year, "day": day.day},
        }
        return json_answer({"OptionChainResponse": told})

    def _contract(self, contract: Instrument) -> dict[str, Any]:
        quote = self._market.quotes[contract]
        share = self._market.quotes[contract.underlying]
        strike = contract.strike or Decimal(0)
        inside = share.last > strike if contract.right == "CALL" else share.last < strike
        greeks = self._market.greeks.get(contract, {})
        return {
            "optionCategory": "STANDARD",
            "optionRootSymbol": contract.symbol,
            "timeStamp": epoch_seconds(quote.at),
            "adjustedFlag": False,
            "displaySymbol": contract.display,
            "optionType": contract.right,
            "strikePrice": float(strike),
            "symbol": contract.symbol,
            "bid": float(quote.bid),
            "ask": float(quote.ask),
            "bidSize": quote.bid_size,
            "askSize": quote.ask_size,
            "inTheMoney": "y" if inside else "n",
            "volume": quote.volume,
            "openInterest": 0,
            "netChange": float(quote.last - quote.previous_close),
            "lastPrice": float(quote.last),
            "quoteDetail": f"https://api.etrade.com/v1/market/quote/{contract.key}.json",
            "osiKey": contract.osi_key,
            "OptionGreeks": {
                **{name: float(greeks.get(name, "0")) for name in _GREEKS},
                "currentValue": True,
            },
        }

    def _symbol(self, ask: Ask) -> str:
        symbol = ask.query.get("symbol", "").upper()
        if not symbol:
            raise missing_symbol()
        if Instrument(symbol) not in self._market.quotes:
            raise invalid_symbol()
        return symbol

    def _days(self, symbol: str) -> dict[date, str]:
        today = eastern_day(self._market.now())
        found = self._market.expirations.get(symbol, {})
        left = {day: kind for day, kind in found.items() if day >= today}
        if not left:
            raise no_options()
        return left

    def _day(self, ask: Ask, symbol: str) -> date:
        """The one asked for, the first one of the month asked for, or the nearest."""
        given = [ask.query.get(f"expiry{name}", "") for name in ("Year", "Month", "Day")]
        if not all(is_number(word) or not word for word in given):
            raise bad_field("expiry", given)
        year, month, number_of_day = (int(word) if word else None for word in given)
        days = sorted(self._days(symbol))
        of_month = [day for day in days if year in {None, day.year} and month in {None, day.month}]
        if not of_month:
            raise no_options_in_month()
        fitting = [day for day in of_month if number_of_day in {None, day.day}]
        if not fitting:
            raise no_options_on_day()
        return fitting[0]

    def _near(self, ask: Ask, symbol: str) -> Decimal:
        given = ask.query.get("strikePriceNear", "")
        if not given:
            return self._market.quotes[Instrument(symbol)].last
        near = read_amount(given)
        if near is None:
            raise bad_field("strikePriceNear", given)
        return near
