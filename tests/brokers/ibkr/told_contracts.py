"""Contracts and their details as the SDK hands them over, without the SDK."""

from types import SimpleNamespace
from typing import Any


def contract(kind: str = "STK", **fields: Any) -> SimpleNamespace:
    """With the defaults of ib_insync's `Contract`; in dollars."""
    usual = {
        "secType": kind,
        "conId": 1,
        "symbol": "",
        "lastTradeDateOrContractMonth": "",
        "strike": 0.0,
        "right": "",
        "multiplier": "",
        "exchange": "SMART",
        "primaryExchange": "",
        "currency": "USD",
        "localSymbol": "",
        "tradingClass": "",
    }
    return SimpleNamespace(**{**usual, **fields})


def details(told: SimpleNamespace, **fields: Any) -> SimpleNamespace:
    """With the defaults of ib_insync's `ContractDetails`."""
    usual = {
        "contract": told,
        "longName": "",
        "contractMonth": "",
        "minTick": 0.01,
        "validExchanges": "SMART",
        "marketRuleIds": "26",
        "minSize": 0.0,
        "sizeIncrement": 0.0,
        "priceMagnifier": 1,
        "timeZoneId": "US/Eastern",
        "tradingHours": "",
        "liquidHours": "",
    }
    return SimpleNamespace(**{**usual, **fields})


def option(
    symbol: str = "AAPL",
    expiry: str = "20261218",
    right: str = "C",
    strike: float = 200.0,
    **fields: Any,
) -> SimpleNamespace:
    """As the gateway completes it."""
    local = f"{symbol:<6}{expiry[2:]}{right}{round(strike * 1000):08d}"
    usual = {
        "symbol": symbol,
        "lastTradeDateOrContractMonth": expiry,
        "right": right,
        "strike": strike,
        "multiplier": "100",
        "localSymbol": local,
        "tradingClass": symbol,
    }
    return contract("OPT", **{**usual, **fields})


def future(local: str = "ESZ6", symbol: str = "ES", **fields: Any) -> SimpleNamespace:
    """Likewise."""
    usual = {
        "symbol": symbol,
        "localSymbol": local,
        "lastTradeDateOrContractMonth": "20261218",
        "multiplier": "50",
        "exchange": "CME",
        "tradingClass": symbol,
    }
    return contract("FUT", **{**usual, **fields})
