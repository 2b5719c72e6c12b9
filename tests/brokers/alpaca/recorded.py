"""Answers as Alpaca's reference shows them (OpenAPI, June 2026), with what a test changes."""

from typing import Any, Final

ORDER_ID: Final = "7b08df51-c1ac-453c-99f9-323a5f075f0d"
OURS: Final = "abcdefghijklmnop01"


def order(**changes: Any) -> dict[str, Any]:
    """A limit buy of two AAPL that rests."""
    return {
        "id": ORDER_ID,
        "client_order_id": OURS,
        "created_at": "2023-12-12T22:31:24.668464435Z",
        "updated_at": "2023-12-12T22:31:24.668464435Z",
        "submitted_at": "2023-12-12T22:31:24.577215743Z",
        "filled_at": None,
        "expired_at": None,
        "canceled_at": None,
        "failed_at": None,
        "replaced_at": None,
        "replaced_by": None,
        "replaces": None,
        "asset_id": "b0b6dd9d-8b9b-48a9-ba46-b9d54906e415",
        "symbol": "AAPL",
        "asset_class": "us_equity",
        "notional": None,
        "qty": "2",
        "filled_qty": "0",
        "filled_avg_price": None,
        "order_class": "",
        "order_type": "limit",
        "type": "limit",
        "side": "buy",
        "time_in_force": "gtc",
        "limit_price": "150",
        "stop_price": None,
        "status": "accepted",
        "extended_hours": False,
        "legs": None,
        "trail_percent": None,
        "trail_price": None,
        "hwm": None,
        "subtag": None,
        "source": None,
        **changes,
    }


def account(**changes: Any) -> dict[str, Any]:
    """A margin account that may do everything."""
    return {
        "account_blocked": False,
        "account_number": "010203ABCD",
        "balance_asof": "2023-09-27",
        "buying_power": "262113.632",
        "cash": "-23140.2",
        "created_at": "2019-06-12T22:47:07.99658Z",
        "currency": "USD",
        "equity": "103820.56",
        "id": "e6fe16f3-64a4-4921-8928-cadf02f92f98",
        "initial_margin": "63480.38",
        "intraday_adjustments": "0",
        "last_equity": "103529.24",
        "long_market_value": "126960.76",
        "maintenance_margin": "38088.228",
        "multiplier": "4",
        "options_approved_level": 2,
        "shorting_enabled": True,
        "status": "ACTIVE",
        "trade_suspended_by_user": False,
        "trading_blocked": False,
        **changes,
    }


def position(**changes: Any) -> dict[str, Any]:
    """Five AAPL."""
    return {
        "asset_class": "us_equity",
        "asset_id": "904837e3-3b76-47ec-b432-046db621571b",
        "avg_entry_price": "100.0",
        "change_today": "0.0084",
        "cost_basis": "500.0",
        "current_price": "120.0",
        "exchange": "NASDAQ",
        "lastday_price": "119.0",
        "market_value": "600.0",
        "qty": "5",
        "qty_available": "4",
        "side": "long",
        "symbol": "AAPL",
        "unrealized_pl": "100.0",
        **changes,
    }


def fill(**changes: Any) -> dict[str, Any]:
    """One execution of `ORDER_ID`."""
    return {
        "activity_type": "FILL",
        "cum_qty": "1",
        "id": "20231212173130123::2d7be4ff-d1f3-43e9-856a-0f5cf5c5088e",
        "leaves_qty": "1",
        "order_id": ORDER_ID,
        "order_status": "partially_filled",
        "price": "149.98",
        "qty": "1",
        "side": "buy",
        "symbol": "AAPL",
        "transaction_time": "2023-12-12T22:31:30.123456Z",
        "type": "partial_fill",
        **changes,
    }


def asset(**changes: Any) -> dict[str, Any]:
    """Apple."""
    return {
        "id": "b0b6dd9d-8b9b-48a9-ba46-b9d54906e415",
        "class": "us_equity",
        "exchange": "NASDAQ",
        "symbol": "AAPL",
        "name": "Apple Inc. Common Stock",
        "status": "active",
        "tradable": True,
        "marginable": True,
        "shortable": True,
        "easy_to_borrow": True,
        "fractionable": True,
        **changes,
    }


def coin(**changes: Any) -> dict[str, Any]:
    """Bitcoin against dollars."""
    return asset(
        **{
            "class": "crypto",
            "exchange": "CRYPTO",
            "symbol": "BTC/USD",
            "name": "Bitcoin / US Dollar",
            "min_order_size": "0.0001",
            "min_trade_increment": "0.0001",
            "price_increment": "1",
            **changes,
        }
    )
