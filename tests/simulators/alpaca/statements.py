"""The account and the positions as Alpaca shows them; the fields as recorded in October 2026."""

from decimal import Decimal
from typing import Any

from tests.simulators.alpaca.assets import CRYPTO
from tests.simulators.alpaca.desk import Desk
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.refusals import not_found
from tests.simulators.alpaca.wire import micro, nine, text


def account(desk: Desk, person: Person) -> dict[str, Any]:
    """/v2/account. The fields about day trades went in July 2026 and are not here."""
    funds = desk.funds(person)
    equity = text(funds.equity)
    level = person.settings["max_options_trading_level"]
    return {
        "id": person.account_id,
        "admin_configurations": {},
        "user_configurations": None,
        "account_number": person.account_number,
        "status": "ACTIVE",
        "crypto_status": "ACTIVE",
        "options_approved_level": person.options_level,
        "options_trading_level": person.options_level
        if level is None
        else min(level, person.options_level),
        "currency": "USD",
        "buying_power": text(funds.buying_power),
        "regt_buying_power": text(funds.regt_buying_power),
        "effective_buying_power": text(funds.buying_power),
        "non_marginable_buying_power": text(funds.own_money),
        "options_buying_power": text(funds.own_money),
        "cash": text(person.cash),
        "accrued_fees": "0",
        "portfolio_value": equity,
        "trading_blocked": False,
        "transfers_blocked": False,
        "account_blocked": False,
        "created_at": micro(person.created_at),
        "trade_suspended_by_user": person.settings["suspend_trade"],
        "multiplier": str(person.multiplier),
        "shorting_enabled": funds.shorting_enabled,
        "equity": equity,
        "last_equity": text(person.last_equity),
        "long_market_value": text(funds.long_value),
        "short_market_value": text(funds.short_value),
        "position_market_value": text(funds.long_value + funds.short_value),
        "initial_margin": text(funds.initial_margin),
        "maintenance_margin": text(funds.maintenance_margin),
        "last_maintenance_margin": "0",
        "sma": equity,
        "balance_asof": f"{desk.now():%Y-%m-%d}",
        "crypto_tier": 1,
        "intraday_adjustments": "0",
        "pending_reg_taf_fees": "0",
        **person.overrides,
    }


def position(desk: Desk, person: Person, symbol: str) -> dict[str, Any]:
    """One of /v2/positions: coins without their slash, a short quantity below zero."""
    holding = person.holdings[symbol]
    asset = desk.asset(symbol)
    funds = desk.funds(person)
    value = funds.value(symbol)
    cost = holding.qty * holding.average * asset.size
    gain = value - cost
    price = value / holding.qty / asset.size
    percent = nine(gain / abs(cost)) if cost else Decimal(0)
    free = funds.available(symbol)
    return {
        "asset_id": asset.id,
        "symbol": symbol.replace("/", ""),
        "exchange": asset.exchange,
        "asset_class": asset.asset_class,
        "asset_marginable": asset.marginable and asset.asset_class != CRYPTO,
        "qty": text(holding.qty),
        "avg_entry_price": text(nine(holding.average)),
        "side": "long" if holding.qty > 0 else "short",
        "market_value": text(nine(value)),
        "cost_basis": text(nine(cost)),
        "unrealized_pl": text(nine(gain)),
        "unrealized_plpc": text(percent),
        "unrealized_intraday_pl": text(nine(gain)),
        "unrealized_intraday_plpc": text(percent),
        "current_price": text(nine(price)),
        "lastday_price": text(nine(price)),
        "change_today": "0",
        "qty_available": text(free if holding.qty > 0 else -free),
    }


def find_held(desk: Desk, person: Person, wanted: str) -> str:
    """The symbol of a position by symbol, with or without slash, or by asset id.

    Raises:
        Refusal: It is not held.
    """
    for symbol in person.holdings:
        if wanted in {symbol, symbol.replace("/", ""), desk.asset(symbol).id}:
            return symbol
    raise not_found("position does not exist")
