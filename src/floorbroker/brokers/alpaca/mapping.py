"""Accounts, holdings, prices and hours, from Alpaca's words to ours. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.alpaca import answers
from floorbroker.brokers.alpaca.catalogue import coin, pair_of
from floorbroker.brokers.shared.option_symbols import contract_of
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

SHORTING_FROM: Final = Decimal(2000)
"""Equity in US dollars: https://docs.alpaca.markets/docs/margin-and-short-selling"""

TIMEFRAMES: Final = {
    Timeframe.MINUTE: "1Min",
    Timeframe.FIVE_MINUTES: "5Min",
    Timeframe.HOUR: "1Hour",
    Timeframe.DAY: "1Day",
}
SOURCES: Final = {
    "sip": "Alpaca, all US exchanges",
    "iex": "Alpaca, IEX exchange only",
    "crypto": "Alpaca's coin exchange",
    "opra": "Alpaca, OPRA",
    "indicative": "Alpaca, indicative prices",
}
"""By feed: https://docs.alpaca.markets/reference/stocksnapshots-1 and …/optionsnapshots"""

_ACTIVE: Final = "ACTIVE"


def account(told: answers.Account, configured: answers.Configuration) -> BrokerAccount:
    """The one account that a key opens."""
    may_short = (
        told.shorting_enabled and not configured.no_shorting and told.equity >= SHORTING_FROM
    )
    return BrokerAccount(
        account_id=AccountId(told.id),
        number=sentence(told.account_number),
        name="Alpaca",
        currency=told.currency,
        may_short=may_short,
    )


def restrictions(told: answers.Account, configured: answers.Configuration) -> str:
    """What keeps the account from trading or from a part of it, for people; often nothing."""
    found = [
        (told.status != _ACTIVE, f"Alpaca gives its status as {_status(told.status)}."),
        (told.account_blocked, "Alpaca has blocked the account."),
        (told.trading_blocked and not told.account_blocked, "Alpaca has blocked its orders."),
        (
            told.trade_suspended_by_user or configured.suspend_trade,
            "New orders are suspended in its settings at Alpaca.",
        ),
        (configured.no_shorting, "Short selling is switched off in its settings at Alpaca."),
        (
            not configured.fractional_trading,
            "Parts of shares are switched off in its settings at Alpaca.",
        ),
    ]
    return " ".join(words for is_so, words in found if is_so)


def balances(told: answers.Account, now: datetime) -> Balances:
    """Amounts of this moment; Alpaca gives them no time of their own.

    Money that came or went today would look like profit, so then there is no figure for the day.
    The margin is Regulation T's initial one.
    """
    day, margin = None, told.initial_margin
    if told.last_equity is not None and not told.intraday_adjustments:
        day = Money(amount=told.equity - told.last_equity, currency=told.currency)
    return Balances(
        cash=Money(amount=told.cash, currency=told.currency),
        equity=Money(amount=told.equity, currency=told.currency),
        buying_power=Money(amount=told.buying_power, currency=told.currency),
        as_of=now,
        day_profit=day,
        margin_used=None if margin is None else Money(amount=margin, currency=told.currency),
    )


def position(told: answers.Position, coins: Mapping[str, answers.Asset], now: datetime) -> Position:
    """A holding; short ones are negative whichever way Alpaca writes them."""
    sign = -1 if told.side == "short" else 1
    return Position(
        instrument=instrument_of(told.symbol, told.asset_class, coins),
        quantity=sign * abs(told.qty),
        average_price=told.avg_entry_price,
        market_price=told.current_price,
        as_of=now,
    )


def instrument_of(symbol: str, asset_class: str, coins: Mapping[str, answers.Asset]) -> Instrument:
    """What a position or an order is about; an unknown kind is told like a share."""
    if asset_class.startswith("crypto"):
        pair = pair_of(symbol, coins)
        known = coins.get(pair.replace("/", ""))
        return (
            coin(known)
            if known
            else Instrument(
                symbol=pair,
                asset_class=AssetClass.CRYPTO,
                currency=pair.partition("/")[2] or "USD",
            )
        )
    option = contract_of(symbol) if asset_class == "us_option" else None
    return option or Instrument(symbol=symbol, asset_class=AssetClass.EQUITY)


def quote(told: answers.Snapshot, instrument: Instrument, feed: str) -> Quote | None:
    """The present price; None where nothing was ever quoted or traded."""
    book, trade = told.latest_quote, told.latest_trade
    bid = price(book.bp) if book else None
    ask = price(book.ap) if book else None
    at = book.t if book and (bid or ask) else trade.t if trade else None
    if at is None:
        return None
    return Quote(
        instrument=instrument,
        bid=bid,
        ask=ask,
        last=price(trade.p) if trade else None,
        at=at,
        source=SOURCES[feed],
        delayed=feed == "indicative",
        volume=told.daily_bar.v if told.daily_bar else None,
        last_at=trade.t if trade else None,
    )


def bars(
    told: Iterable[answers.Bar], start: datetime, end: datetime, source: str = ""
) -> list[Bar]:
    """Those that start within [start, end); Alpaca's own end is inclusive."""
    return [
        Bar(
            at=one.t,
            open=one.o,
            high=one.h,
            low=one.low,
            close=one.c,
            volume=one.v,
            source=source,
        )
        for one in told
        if start <= one.t < end
    ]


def us_hours(told: answers.Clock) -> MarketHours:
    """Regular hours of US shares, holidays and short days included."""
    return MarketHours(
        market=Market.US_EQUITIES,
        open_now=told.is_open,
        next_open=told.next_open,
        next_close=told.next_close,
    )


COIN_HOURS: Final = MarketHours(
    market=Market.CRYPTO, open_now=True, next_open=None, next_close=None
)
"""Coins trade all day, every day."""


def price(amount: Decimal) -> Decimal | None:
    """What a side stands at; None for the 0 that stands for "nobody quotes"."""
    return amount if amount > 0 else None


def _status(word: str) -> str:
    return sentence(word.replace("_", " "))
