"""Accounts, holdings, prices and hours as Alpaca tells them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.alpaca import answers, mapping
from floorbroker.domain.instruments import AssetClass, OptionRight
from floorbroker.domain.market import Market
from floorbroker.domain.money import usd
from floorbroker.domain.portfolio import Position
from tests.brokers.alpaca import recorded
from tests.brokers.alpaca.at_alpaca import APPLE, CALL

NOW = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
COINS = {"BTCUSD": answers.Asset.model_validate(recorded.coin())}
TRADE = {"t": "2026-03-04T16:59:59.123456789Z", "p": Decimal("172.55")}
QUOTE = {"t": "2026-03-04T16:59:58Z", "bp": Decimal("172.51"), "ap": Decimal("172.65")}


def account(**changes: Any) -> answers.Account:
    return answers.Account.model_validate(recorded.account(**changes))


def configured(**changes: Any) -> answers.Configuration:
    return answers.Configuration.model_validate(changes)


def holding(**changes: Any) -> Position:
    told = answers.Position.model_validate(recorded.position(**changes))
    return mapping.position(told, COINS, NOW)


# Accounts


@pytest.mark.parametrize(
    ("told", "settings", "words"),
    [
        ({}, {}, ""),
        ({"status": "ACCOUNT_UPDATED"}, {}, "Alpaca gives its status as ACCOUNT UPDATED."),
        ({"account_blocked": True}, {}, "Alpaca has blocked the account."),
        ({"trading_blocked": True}, {}, "Alpaca has blocked its orders."),
        (
            {"trade_suspended_by_user": True},
            {},
            "New orders are suspended in its settings at Alpaca.",
        ),
        ({}, {"suspend_trade": True}, "New orders are suspended in its settings at Alpaca."),
        ({}, {"no_shorting": True}, "Short selling is switched off in its settings at Alpaca."),
        (
            {},
            {"fractional_trading": False},
            "Parts of shares are switched off in its settings at Alpaca.",
        ),
    ],
)
def test_what_keeps_an_account_from_trading_is_told(
    told: dict[str, Any], settings: dict[str, Any], words: str
) -> None:
    assert mapping.restrictions(account(**told), configured(**settings)) == words


@pytest.mark.parametrize(
    ("told", "settings", "may_short"),
    [
        ({}, {}, True),
        ({"shorting_enabled": False}, {}, False),
        ({"equity": "1999.99"}, {}, False),
        ({}, {"no_shorting": True}, False),
    ],
)
def test_short_sales_need_leave_and_two_thousand_dollars(
    told: dict[str, Any], settings: dict[str, Any], may_short: bool
) -> None:
    assert mapping.account(account(**told), configured(**settings)).may_short is may_short


def test_balances_are_alpacas_own_figures() -> None:
    balances = mapping.balances(account(), NOW)

    assert balances.cash == usd("-23140.2")
    assert balances.equity == usd("103820.56")
    assert balances.buying_power == usd("262113.632")
    assert balances.day_profit == usd("291.32")
    assert balances.margin_used == usd(account().initial_margin or 0)
    assert balances.as_of == NOW


@pytest.mark.parametrize("changes", [{"intraday_adjustments": "1000"}, {"last_equity": None}])
def test_money_that_came_today_is_never_told_as_profit(changes: dict[str, Any]) -> None:
    assert mapping.balances(account(**changes), NOW).day_profit is None


# Holdings


@pytest.mark.parametrize("quantity", ["-5", "5"])
def test_a_short_holding_is_negative_whichever_way_alpaca_writes_it(quantity: str) -> None:
    assert holding(side="short", qty=quantity).quantity == -5


@pytest.mark.parametrize(
    ("symbol", "pair", "currency"),
    [
        ("BTCUSD", "BTC/USD", "USD"),
        ("BTC/USD", "BTC/USD", "USD"),
        ("DOGEUSDT", "DOGE/USDT", "USDT"),
        ("ETHBTC", "ETH/BTC", "BTC"),
        ("USDTUSD", "USDT/USD", "USD"),
        ("STRANGE", "STRANGE", "USD"),
    ],
)
def test_a_holding_of_coins_has_the_pairs_name(symbol: str, pair: str, currency: str) -> None:
    instrument = holding(symbol=symbol, asset_class="crypto").instrument

    assert (instrument.symbol, instrument.currency) == (pair, currency)
    assert instrument.asset_class is AssetClass.CRYPTO


def test_a_holding_of_options_has_the_terms_of_its_symbol() -> None:
    held = holding(symbol="AAPL260320C00200500", asset_class="us_option", qty="2")

    assert held.instrument.underlying == "AAPL"
    assert held.instrument.expiry == date(2026, 3, 20)
    assert held.instrument.strike == Decimal("200.5")
    assert held.instrument.right is OptionRight.CALL
    assert held.market_value == 2 * 120 * 100


@pytest.mark.parametrize("symbol", ["AAPL261399C00200000", "AAPL260320C00000000", "NOT AN OPTION"])
def test_an_option_whose_symbol_tells_nothing_is_still_shown(symbol: str) -> None:
    held = holding(symbol=symbol, asset_class="us_option")

    assert (held.instrument.symbol, held.instrument.expiry) == (symbol, None)


@pytest.mark.parametrize("asset_class", ["us_equity", "ipo", "something_new"])
def test_a_holding_of_an_unknown_kind_is_still_shown(asset_class: str) -> None:
    assert holding(asset_class=asset_class).quantity == 5


def test_a_holding_without_a_price_has_none() -> None:
    assert holding(current_price=None, avg_entry_price=None).market_value is None


# Prices


def snapshot(**parts: Any) -> answers.Snapshot:
    return answers.Snapshot.model_validate(parts)


def test_a_quote_is_as_old_as_its_book() -> None:
    quote = mapping.quote(snapshot(latestQuote=QUOTE, latestTrade=TRADE), APPLE, "iex")

    assert quote is not None
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("172.51"),
        Decimal("172.65"),
        Decimal("172.55"),
    )
    assert quote.at == datetime(2026, 3, 4, 16, 59, 58, tzinfo=UTC)
    assert quote.last_at == datetime(2026, 3, 4, 16, 59, 59, 123456, tzinfo=UTC)
    assert quote.source == "Alpaca, IEX exchange only"
    assert not quote.delayed


def test_a_side_that_nobody_quotes_is_none() -> None:
    quote = mapping.quote(snapshot(latestQuote={**QUOTE, "bp": 0}), APPLE, "sip")

    assert quote is not None
    assert quote.bid is None
    assert quote.ask == Decimal("172.65")


def test_without_a_book_the_last_trade_tells_the_time() -> None:
    empty = {**QUOTE, "bp": 0, "ap": 0}

    quote = mapping.quote(snapshot(latestQuote=empty, latestTrade=TRADE), APPLE, "sip")

    assert quote is not None
    assert quote.at == datetime(2026, 3, 4, 16, 59, 59, 123456, tzinfo=UTC)


@pytest.mark.parametrize("parts", [{}, {"latestQuote": None}, {"latestTrade": None}])
def test_without_book_and_trade_there_is_no_quote(parts: dict[str, Any]) -> None:
    assert mapping.quote(snapshot(**parts), APPLE, "sip") is None


def test_indicative_prices_of_options_are_delayed() -> None:
    quote = mapping.quote(snapshot(latestQuote=QUOTE), CALL, "indicative")

    assert quote is not None
    assert quote.delayed


def test_a_bar_at_the_very_end_belongs_to_the_next_range() -> None:
    told = [
        answers.Bar.model_validate(
            {"t": f"2026-03-04T1{hour}:00:00Z", "o": 1, "h": 3, "l": 1, "c": 2, "v": 5}
        )
        for hour in (5, 6, 7)
    ]

    bars = mapping.bars(told, NOW.replace(hour=15), NOW)

    assert [bar.at.hour for bar in bars] == [15, 16]


def test_hours_are_those_of_alpacas_clock_in_utc() -> None:
    clock = answers.Clock.model_validate(
        {
            "timestamp": "2025-06-24T14:15:22-04:00",
            "is_open": True,
            "next_open": "2025-06-25T09:30:00-04:00",
            "next_close": "2025-06-24T16:00:00-04:00",
        }
    )

    hours = mapping.us_hours(clock)

    assert hours.market is Market.US_EQUITIES
    assert hours.open_now
    assert hours.next_open == datetime(2025, 6, 25, 13, 30, tzinfo=UTC)
    assert hours.next_close == datetime(2025, 6, 24, 20, 0, tzinfo=UTC)
