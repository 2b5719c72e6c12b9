"""Accounts, balances, holdings and previews, from TWS's words to ours. Pure.

The tags are those of `EWrapper.updateAccountValue`:
https://interactivebrokers.github.io/tws-api/account_updates.html. One without a currency of its own
is in the account's base currency, which comes with it.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr.contracts import instrument_of
from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.brokers.ibkr.told import HoldingTold, Values, number
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.errors import ApiError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.money import Money
from floorbroker.domain.orders import OrderRequest, Preview
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

BASE: Final = "BASE"
_COINS_AND_PAIRS: Final = frozenset({"CASH", "CRYPTO", "STK"})
"""Kinds whose average cost is of one unit; that of the others is of one contract."""


def account(name: str, values: Values) -> BrokerAccount:
    """One account of the login.

    No value says whether it is on margin, but one follows from it: "Your Buying Power tells you how
    much you have at your disposal including your equity and IBKR's margin", where the available
    funds are without it (https://ibkrguides.com/traderworkstation/available-for-trading.htm).
    """
    power, funds = _figure(values, "BuyingPower"), _figure(values, "AvailableFunds")
    kind = next((value for (tag, _), value in values.items() if tag == "AccountType"), "")
    return BrokerAccount(
        account_id=AccountId(name),
        number=name,
        name=sentence(kind)[:40].capitalize() or "Interactive Brokers",
        currency=_currency(values),
        may_short=power is not None and funds is not None and power[0] > funds[0] > 0,
    )


def balances(values: Values, day_profit: Decimal | None, now: datetime) -> Balances:
    """In the account's base currency.

    Raises:
        ApiError: TWS does not have the values ready.
    """
    ready = values.get(("AccountReady", ""), "true")
    equity, cash = _figure(values, "NetLiquidation"), _figure(values, "TotalCashValue")
    power, margin = _figure(values, "BuyingPower"), _figure(values, "InitMarginReq")
    if ready == "false" or equity is None or cash is None or power is None:
        words = "TWS does not have the account's values ready. Try again in a moment."
        raise ApiError(words, broker=BROKER)
    currency = equity[1]
    realised = number(values.get(("RealizedPnL", BASE)))
    return Balances(
        cash=Money(amount=cash[0], currency=cash[1]),
        equity=Money(amount=equity[0], currency=currency),
        buying_power=Money(amount=power[0], currency=power[1]),
        as_of=now,
        day_profit=None if day_profit is None else Money(amount=day_profit, currency=currency),
        realised_profit=None if realised is None else Money(amount=realised, currency=currency),
        margin_used=None if margin is None else Money(amount=margin[0], currency=margin[1]),
    )


def positions(
    held: Iterable[HoldingTold], priced: Iterable[HoldingTold], now: datetime
) -> list[Position]:
    """All of `held`; prices come from the portfolio, where TWS has one."""
    prices = {one.contract.conId: one.price for one in priced}
    return [_position(one, prices.get(one.contract.conId), now) for one in held if one.quantity]


def instrument(contract: Any) -> Instrument:
    """What a holding or an order is of; what is not offered here stands in brackets."""
    return instrument_of(contract) or Instrument(
        symbol=f"({sentence(contract.localSymbol or contract.symbol)[:60]})",
        asset_class=AssetClass.EQUITY,
        currency=contract.currency or "USD",
        multiplier=number(contract.multiplier) or Decimal(1),
    )


def preview(state: Any, request: OrderRequest, price: Decimal) -> Preview:
    """TWS's own estimate, by its order state.

    Raises:
        ApiError: It tells no commission, or one in another currency.
    """
    if getattr(state, "commissionCurrency", "") not in {"", request.instrument.currency}:
        raise ApiError("TWS estimates the commission in another currency.", broker=BROKER)
    fees = number(state.commission)
    if fees is None:
        fees = number(state.maxCommission)
    if fees is None:
        raise ApiError("TWS estimates no commission for this order.", broker=BROKER)
    margin, loan = number(state.initMarginChange), number(state.equityWithLoanAfter)
    after = number(state.initMarginAfter)
    return Preview(
        cost=(request.quantity or Decimal(0)) * price * request.instrument.multiplier,
        fees=fees,
        margin_required=margin,
        margin_available=None if loan is None or after is None else loan - after,
    )


def _position(one: HoldingTold, price: Decimal | None, now: datetime) -> Position:
    about = instrument(one.contract)
    per_contract = one.contract.secType not in _COINS_AND_PAIRS
    cost = one.cost
    if cost is not None and per_contract:
        cost /= about.multiplier
    return Position(
        instrument=about,
        quantity=one.quantity,
        average_price=cost,
        market_price=price if price is not None and price > 0 else None,
        as_of=now,
    )


def _currency(values: Values) -> str:
    found = _figure(values, "NetLiquidation")
    return found[1] if found is not None else "USD"


def _figure(values: Values, tag: str) -> tuple[Decimal, str] | None:
    """A value in the base currency, and which that is."""
    for (name, currency), value in values.items():
        figure = number(value) if name == tag and currency not in {"", BASE} else None
        if figure is not None:
            return figure, currency
    return None
