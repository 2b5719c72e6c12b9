"""An account as the API shows it: the fields of recorded MARGIN and CASH accounts.

A margin account has no `cashAvailableForTrading` in `currentBalances`, a cash account no
`availableFunds` and no `buyingPower`: that was recorded, and surprised a public client.
"""

from decimal import Decimal
from typing import Any

from tests.simulators.schwab.funds import Funds
from tests.simulators.schwab.instruments import Contract, Listing
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.people import MARGIN, ZERO, Account, Holding
from tests.simulators.schwab.wire import cents, number


def draw_account(
    account: Account, funds: Funds, market: Market, listing: Listing, *, positions: bool
) -> dict[str, Any]:
    """One element of /accounts; without `positions` there is no such field."""
    inner: dict[str, Any] = {
        "type": account.type,
        "accountNumber": account.number,
        "roundTrips": 0,
        "isDayTrader": False,
        "isClosingOnlyRestricted": account.closing_only,
        "pfcbFlag": False,
    }
    if positions and account.holdings:
        inner["positions"] = [
            _position(symbol, holding, market, listing)
            for symbol, holding in account.holdings.items()
        ]
    inner["initialBalances"] = {
        "accruedInterest": 0.0,
        "cashBalance": cents(account.opening_cash),
        "liquidationValue": cents(account.opening_cash),
        "accountValue": cents(account.opening_cash),
        "isInCall": False,
    }
    inner["currentBalances"] = {**_common(account, funds), **_current(account, funds)}
    inner["currentBalances"] |= account.overrides
    inner["projectedBalances"] = _projected(account, funds)
    total = cents(funds.liquidation)
    return {
        "securitiesAccount": inner,
        "aggregatedBalance": {"currentLiquidationValue": total, "liquidationValue": total},
    }


def _common(account: Account, funds: Funds) -> dict[str, Any]:
    return {
        "accruedInterest": 0.0,
        "cashBalance": cents(account.cash),
        "cashReceipts": 0.0,
        "longOptionMarketValue": cents(funds.worth(options=True, long=True)),
        "liquidationValue": cents(funds.liquidation),
        "longMarketValue": cents(funds.worth(options=False, long=True)),
        "moneyMarketFund": 0.0,
        "savings": 0.0,
        "shortMarketValue": cents(funds.worth(options=False, long=False)),
        "pendingDeposits": 0.0,
        "mutualFundValue": 0.0,
        "bondValue": 0.0,
        "shortOptionMarketValue": cents(funds.worth(options=True, long=False)),
    }


def _current(account: Account, funds: Funds) -> dict[str, Any]:
    available = cents(funds.available)
    if account.type != MARGIN:
        return {
            "cashAvailableForTrading": available,
            "cashAvailableForWithdrawal": available,
            "cashCall": 0.0,
            "longNonMarginableMarketValue": available,
            "totalCash": cents(account.cash),
            "cashDebitCallValue": 0.0,
            "unsettledCash": 0.0,
        }
    equity = account.cash + funds.shares
    return {
        "availableFunds": available,
        "availableFundsNonMarginableTrade": available,
        "buyingPower": cents(funds.buying_power),
        "buyingPowerNonMarginableTrade": available,
        "dayTradingBuyingPower": cents(funds.buying_power * 2),
        "equity": cents(equity),
        "equityPercentage": 100.0,
        "longMarginValue": cents(funds.worth(options=False, long=True)),
        "maintenanceCall": 0.0,
        "maintenanceRequirement": cents(funds.requirement),
        "marginBalance": cents(min(account.cash, ZERO)),
        "regTCall": 0.0,
        "shortBalance": 0.0,
        "shortMarginValue": cents(funds.worth(options=False, long=False)),
        "sma": available,
    }


def _projected(account: Account, funds: Funds) -> dict[str, Any]:
    available = cents(funds.available)
    if account.type != MARGIN:
        return {"cashAvailableForTrading": available, "cashAvailableForWithdrawal": available}
    return {
        "availableFunds": available,
        "availableFundsNonMarginableTrade": available,
        "buyingPower": cents(funds.buying_power),
        "stockBuyingPower": cents(funds.buying_power),
        "isInCall": False,
    }


def _position(symbol: str, holding: Holding, market: Market, listing: Listing) -> dict[str, Any]:
    instrument = listing.find(symbol)
    size = instrument.size if instrument else 1
    quote = market.quotes.get(symbol)
    price = holding.average if quote is None else quote.last
    long, short = max(holding.quantity, ZERO), max(-holding.quantity, ZERO)
    profit = holding.quantity * (price - holding.average) * size
    side = "Long" if holding.quantity > 0 else "Short"
    shown = instrument.wire() if instrument else {"symbol": symbol}
    if isinstance(instrument, Contract):
        del shown["optionDeliverables"]
    return {
        "shortQuantity": number(short),
        "averagePrice": number(holding.average),
        "currentDayProfitLoss": cents(profit),
        "currentDayProfitLossPercentage": _percentage(profit, holding, size),
        "longQuantity": number(long),
        "settledLongQuantity": number(min(long, max(holding.before, ZERO))),
        "settledShortQuantity": number(-min(short, max(-holding.before, ZERO))),
        "instrument": {**shown, "netChange": 0.0},
        "marketValue": cents(holding.quantity * price * size),
        "maintenanceRequirement": 0.0,
        f"average{side}Price": number(holding.average),
        f"taxLotAverage{side}Price": number(holding.average),
        f"{side.lower()}OpenProfitLoss": cents(profit),
        f"previousSession{side}Quantity": number(abs(holding.before)),
        "currentDayCost": 0.0,
    }


def _percentage(profit: Decimal, holding: Holding, size: int) -> float:
    cost = abs(holding.quantity * holding.average * size)
    return cents(profit / cost * 100) if cost else 0.0
