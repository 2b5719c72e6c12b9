"""Positions: apisb.etrade.com/docs/api/account/api-portfolio-v1.html; the fields as recorded."""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.asking import (
    ACCOUNTS,
    Answer,
    Ask,
    Route,
    empty,
    how_many,
    json_answer,
)
from tests.simulators.etrade.costs import Funds
from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.drawing import API
from tests.simulators.etrade.people import Account, Bank, Holding
from tests.simulators.etrade.wire import epoch_milliseconds, epoch_seconds, money, number

USUAL: Final = 50
_NINE: Final = Decimal("0.000000001")
_NO_TERMS: Final = {"expiryYear": 0, "expiryMonth": 0, "expiryDay": 0, "strikePrice": 0}


class PortfolioApi:
    """Answers about positions."""

    def __init__(self, desk: Desk, bank: Bank) -> None:
        """Reads only."""
        self._desk = desk
        self._bank = bank

    def routes(self) -> list[Route]:
        """One."""
        return [Route("GET", f"{ACCOUNTS}/{{account_key}}/portfolio.json", self._portfolio)]

    def _portfolio(self, ask: Ask) -> Answer:
        """An account without positions answers 204, as other empty lists do (unverified)."""
        account = self._bank.account(ask.owner.person, ask.parts["account_key"])
        held = list(account.holdings.values())
        count = how_many(ask, "count", usual=USUAL)
        number_of_page = how_many(ask, "pageNumber", usual=1)
        pages = -(-len(held) // count)
        rows = held[(number_of_page - 1) * count : number_of_page * count]
        if not rows:
            return empty()
        funds, view = self._desk.funds(account), ask.query.get("view", "QUICK")
        shown: dict[str, Any] = {"accountId": account.id, "totalPages": pages}
        if number_of_page < pages:
            shown["next"] = f"{API}/{account.key}/portfolio?pageNumber={number_of_page + 1}"
            shown["nextPageNo"] = str(number_of_page + 1)
        shown["Position"] = [self._position(account, one, funds, view) for one in rows]
        told: dict[str, Any] = {"AccountPortfolio": [shown]}
        if ask.flag("totalsRequired"):
            told = {"Totals": _totals(funds), **told}
        return json_answer({"PortfolioResponse": told})

    def _position(self, account: Account, held: Holding, funds: Funds, view: str) -> dict[str, Any]:
        """A short quantity is below zero (unverified)."""
        instrument, size = held.instrument, held.instrument.size
        value = held.quantity * funds.price(instrument) * size
        gain = value - held.cost
        paid = (held.cost / held.quantity / size).quantize(_NINE)
        percent = gain / abs(held.cost) * 100 if held.cost else Decimal(0)
        shown: dict[str, Any] = {
            "positionId": held.id,
            "symbolDescription": instrument.display,
            "dateAcquired": epoch_milliseconds(held.acquired_at),
            "pricePaid": number(paid),
            "commissions": 0,
            "otherFees": 0,
            "quantity": number(held.quantity),
            "positionIndicator": "TYPE1" if held.cost >= 0 else "TYPE5",
            "positionType": "LONG" if held.quantity > 0 else "SHORT",
            "daysGain": money(gain),
            "daysGainPct": money(percent),
            "marketValue": money(value),
            "totalCost": money(held.cost),
            "totalGain": money(gain),
            "totalGainPct": money(percent),
            "pctOfPortfolio": money(value / funds.equity * 100 if funds.equity else Decimal(0)),
            "costPerShare": number(paid),
            "todayCommissions": 0,
            "todayFees": 0,
            "todayPricePaid": 0,
            "todayQuantity": 0,
            "adjPrevClose": number(funds.price(instrument)),
            "lotsDetails": f"{API}/{account.key}/portfolio/{held.id}.json",
            "quoteDetails": f"https://api.etrade.com/v1/market/quote/{instrument.key}.json",
            "Product": _NO_TERMS | instrument.product(),
        }
        if instrument.osi_key:
            shown["osiKey"] = instrument.osi_key
        return {**shown, **self._viewed(held, view)}

    def _viewed(self, held: Holding, view: str) -> dict[str, Any]:
        quote = self._desk.market.quotes.get(held.instrument)
        if quote is None:
            return {}
        change = quote.last - quote.previous_close
        quick = {
            "lastTrade": number(quote.last),
            "lastTradeTime": epoch_seconds(quote.at),
            "change": number(change),
            "changePct": money(change / quote.previous_close * 100),
            "volume": quote.volume,
            "quoteStatus": quote.status,
        }
        if view != "COMPLETE":
            return {"Quick": quick}
        prices = {"price": number(quote.last), "bid": number(quote.bid), "ask": number(quote.ask)}
        return {"Complete": quick | prices | {"prevClose": number(quote.previous_close)}}


def _totals(funds: Funds) -> dict[str, Any]:
    cost = sum((one.cost for one in funds.account.holdings.values()), Decimal(0))
    value = funds.long_value + funds.short_value
    percent = (value - cost) / abs(cost) * 100 if cost else Decimal(0)
    return {
        "todaysGainLoss": money(value - cost),
        "todaysGainLossPct": money(percent),
        "totalMarketValue": money(value),
        "totalGainLoss": money(value - cost),
        "totalGainLossPct": money(percent),
        "totalPricePaid": money(cost),
        "cashBalance": money(funds.account.cash),
    }
