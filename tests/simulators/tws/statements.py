"""Accounts and positions as TWS tells them."""

from decimal import Decimal
from typing import Final

from tests.simulators.tws.drawing import contract_fields
from tests.simulators.tws.funds import Funds
from tests.simulators.tws.market import Market
from tests.simulators.tws.people import Account, Position
from tests.simulators.tws.wire import UNSET_DOUBLE, Value

Message = tuple[Value, ...]
CENT: Final = Decimal("0.01")


def money(amount: Decimal) -> str:
    """With two places."""
    return format(amount.quantize(CENT), "f")


def values_of(account: Account, market: Market) -> dict[str, str]:
    """The account values that are in the base currency, and the two that are words."""
    funds = Funds.of(account, market)
    cushion = funds.excess / funds.equity if funds.equity > 0 else Decimal(0)
    shown = {
        "AccountType": account.kind,
        "Cushion": format(cushion.quantize(Decimal("0.000001")), "f"),
        "DayTradesRemaining": "-1",
        "NetLiquidation": money(funds.equity),
        "TotalCashValue": money(funds.cash),
        "SettledCash": money(funds.cash),
        "AccruedCash": "0.00",
        "BuyingPower": money(funds.buying_power),
        "EquityWithLoanValue": money(funds.equity),
        "PreviousDayEquityWithLoanValue": money(funds.equity),
        "GrossPositionValue": money(funds.gross),
        "InitMarginReq": money(funds.initial),
        "MaintMarginReq": money(funds.maintenance),
        "AvailableFunds": money(funds.available),
        "ExcessLiquidity": money(funds.excess),
        "FullInitMarginReq": money(funds.initial),
        "FullMaintMarginReq": money(funds.maintenance),
        "FullAvailableFunds": money(funds.available),
        "FullExcessLiquidity": money(funds.excess),
    }
    return {**shown, **account.overrides}


_WORDS: Final = frozenset({"AccountType", "Cushion", "DayTradesRemaining"})


def currency_of(tag: str, account: Account) -> str:
    """Words have none."""
    return "" if tag in _WORDS else account.base


def ledger(account: Account, market: Market) -> list[tuple[str, str, str]]:
    """Tag, value and currency of what is kept by currency; BASE is all of it in the base."""
    rows: list[tuple[str, str, str]] = []
    for currency in ("BASE", *sorted(account.cash)):
        rate = market.rate("USD" if currency == "BASE" else currency)
        funds = Funds.of(account, market)
        cash = funds.cash if currency == "BASE" else account.cash[currency]
        own = [p for p in account.positions.values() if currency in {"BASE", p.contract.currency}]
        worth = {
            kind: sum((_worth(p, market) for p in own if p.contract.kind == kind), Decimal(0))
            for kind in ("STK", "OPT")
        }
        rows += [
            ("Currency", currency, currency),
            ("CashBalance", money(cash), currency),
            ("TotalCashBalance", money(cash), currency),
            ("StockMarketValue", money(worth["STK"]), currency),
            ("OptionMarketValue", money(worth["OPT"]), currency),
            ("NetLiquidationByCurrency", money(cash + sum(worth.values())), currency),
            (
                "UnrealizedPnL",
                money(sum((profit(p, market) for p in own), Decimal(0))),
                currency,
            ),
            ("RealizedPnL", money(sum((p.realized for p in own), Decimal(0))), currency),
            ("ExchangeRate", format(rate.quantize(CENT / 100), "f"), currency),
        ]
    return rows


def _worth(position: Position, market: Market) -> Decimal:
    return position.quantity * market.quote(position.contract).mark * position.contract.size


def profit(position: Position, market: Market) -> Decimal:
    """Not realized."""
    return _worth(position, market) - position.quantity * position.cost


def account_values(account: Account, market: Market) -> list[Message]:
    """Messages 6 of a subscription, and the time."""
    rows: list[Message] = [(6, 2, "AccountCode", account.id, "", account.id)]
    for tag, value in values_of(account, market).items():
        rows.append((6, 2, tag, value, currency_of(tag, account), account.id))
    for tag, value, currency in ledger(account, market):
        rows.append((6, 2, tag, value, currency, account.id))
    rows.append((6, 2, "AccountReady", "true", "", account.id))
    rows.append((8, 1, f"{market.now():%H:%M}"))
    return rows


def multi_values(request: int, account: Account, market: Market) -> list[Message]:
    """Messages 73."""
    rows: list[Message] = []
    for tag, value in values_of(account, market).items():
        currency = currency_of(tag, account)
        rows.append((73, 1, request, account.id, "", tag, value, currency))
    for tag, value, currency in ledger(account, market):
        rows.append((73, 1, request, account.id, "", tag, value, currency))
    return rows


def summary(request: int, account: Account, tags: tuple[str, ...], market: Market) -> list[Message]:
    """Messages 63 for the tags that were asked for."""
    values = values_of(account, market)
    rows: list[Message] = []
    for tag in tags:
        if tag in values:
            currency = currency_of(tag, account)
            rows.append((63, 1, request, account.id, tag, values[tag], currency))
        elif tag.startswith("$LEDGER"):
            _, _, wanted = tag.partition(":")
            for name, value, currency in ledger(account, market):
                if wanted == "ALL" or currency == (wanted or "BASE"):
                    rows.append((63, 1, request, account.id, name, value, currency))
    return rows


def portfolio(account: Account, position: Position, market: Market) -> Message:
    """Message 7; its contract has the primary exchange where others have the exchange."""
    contract = position.contract
    return (
        *(7, 8),
        *contract_fields(contract, contract.primary or contract.exchange, "0"),
        position.quantity,
        market.quote(contract).mark,
        money(_worth(position, market)),
        position.cost.quantize(Decimal("0.0000001")),
        money(profit(position, market)),
        money(position.realized),
        account.id,
    )


def position(account: Account, held: Position) -> Message:
    """Message 61; without an exchange, as TWS has it."""
    contract = contract_fields(held.contract, "", "")
    cost = held.cost.quantize(Decimal("0.0000001"))
    return (61, 3, account.id, *contract, held.quantity, cost)


def position_multi(request: int, account: Account, held: Position) -> Message:
    """Message 71."""
    contract = contract_fields(held.contract, "", "")
    return (71, 1, request, account.id, *contract, held.quantity, held.cost, "")


def pnl(request: int, account: Account, market: Market) -> Message:
    """Message 94; what is of today is what was realized and what is not."""
    funds = Funds.of(account, market)
    day = funds.unrealized + funds.realized
    return (94, request, money(day), money(funds.unrealized), money(funds.realized))


def pnl_single(request: int, account: Account, con_id: int, market: Market) -> Message:
    """Message 95."""
    held = account.positions.get(con_id)
    if held is None:
        return (95, request, 0, *(UNSET_DOUBLE,) * 4)
    open_profit = profit(held, market)
    return (
        *(95, request, held.quantity, money(open_profit + held.realized)),
        *(money(open_profit), money(held.realized), money(_worth(held, market))),
    )
