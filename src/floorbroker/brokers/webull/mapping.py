"""Accounts, holdings and prices, from Webull's words to ours. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.shared.wire import Unreadable, sentence
from floorbroker.brokers.webull import answers, catalogue, options
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Greeks, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.option_chain import OptionQuote
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

SOURCE: Final = "Webull"
EQUITY: Final = "EQUITY"
OPTION: Final = "OPTION"
COIN: Final = "CRYPTO"
SINGLE: Final = "SINGLE"
TIMESPANS: Final = {
    Timeframe.MINUTE: "M1",
    Timeframe.FIVE_MINUTES: "M5",
    Timeframe.HOUR: "M60",
    Timeframe.DAY: "D",
}
_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,19}", re.ASCII)
_NOT_OURS: Final = frozenset({"FUTURES", "EVENTS_CASH"})
"""Classes of accounts in which nothing is traded here."""


def accounts(told: Iterable[answers.Account]) -> tuple[BrokerAccount, ...]:
    """Those in which shares, options or coins are held."""
    return tuple(
        BrokerAccount(
            account_id=AccountId(one.account_id),
            number=one.account_number,
            name=sentence(one.account_label)[:40] or "Webull",
            may_short=one.account_type == "MARGIN",
        )
        for one in told
        if one.account_class not in _NOT_OURS
    )


def balances(told: answers.Balance, now: datetime) -> Balances:
    """In the account's own currency; what may be bought for today, where that differs by hour.

    Raises:
        Unreadable: Another currency than the dollar: nothing here could be compared with it.
    """
    if told.total_asset_currency not in {"", catalogue.CASH}:
        raise Unreadable(200)
    cash = told.total_cash_balance
    day = told.total_day_profit_loss
    return Balances(
        cash=_dollars(cash),
        equity=_dollars(told.total_net_liquidation_value),
        buying_power=_dollars(_buying_power(told.account_currency_assets, cash)),
        as_of=now,
        day_profit=None if day is None else _dollars(day),
    )


def positions(told: Iterable[answers.Position], now: datetime) -> list[Position]:
    """All holdings, those of kinds that are not traded here too.

    Short ones have a negative quantity, as everywhere (unverified: no answer with one was seen).
    """
    return [_position(one, now) for one in told if one.quantity]


def quote(told: answers.Snapshot, about: Instrument, now: datetime) -> Quote | None:
    """The present price; None without any. Its time is cut to ours: no price is of the future."""
    bid, ask, last = _price(told.bid), _price(told.ask), _price(told.price)
    moments = [one for one in (told.quote_time, told.last_trade_time) if one is not None]
    if (bid is ask is last is None) or not moments:
        return None
    return Quote(
        instrument=about,
        bid=bid,
        ask=ask,
        last=last,
        at=min(max(moments), now),
        source=SOURCE,
        volume=told.volume,
        last_at=told.last_trade_time,
    )


def option_quote(told: answers.Snapshot, about: Instrument, now: datetime) -> OptionQuote:
    """One of a chain; `imp_vol` is a fraction, as the sandbox shows it."""
    found = quote(told, about, now)
    figures = (told.delta, told.gamma, told.theta, told.vega, told.imp_vol)
    greeks = None
    if any(figures):
        greeks = Greeks(
            instrument=about,
            at=found.at if found is not None else now,
            source=SOURCE,
            delta=told.delta,
            gamma=told.gamma,
            theta=told.theta,
            vega=told.vega,
            implied_volatility=told.imp_vol or None,
        )
    return OptionQuote(contract=about, quote=found, open_interest=told.open_interest, greeks=greeks)


def bars(told: Sequence[answers.Bar], start: datetime, end: datetime) -> list[Bar]:
    """Those that begin within [start, end), oldest first."""
    found = {
        one.time: Bar(
            at=one.time,
            open=one.open,
            high=one.high,
            low=one.low,
            close=one.close,
            volume=one.volume,
        )
        for one in told
        if one.time is not None and start <= one.time < end
    }
    return [found[at] for at in sorted(found)]


def unknown(kind: str, symbol: str) -> Instrument:
    """What is not traded here, in brackets, so that no order can be given for it."""
    return Instrument(
        symbol=f"({sentence(f'{kind} {symbol}')[:60]})",
        asset_class=AssetClass.FUTURE if kind == "FUTURES" else AssetClass.EQUITY,
        exchange="Webull",
    )


def _position(told: answers.Position, now: datetime) -> Position:
    about = _held(told)
    known = not about.symbol.startswith("(")
    return Position(
        instrument=about,
        quantity=told.quantity,
        average_price=told.cost_price if known else None,
        market_price=_price(told.last_price) if known else None,
        as_of=now,
    )


def _held(told: answers.Position) -> Instrument:
    if told.instrument_type == EQUITY and _SYMBOL.fullmatch(told.symbol):
        return Instrument(symbol=told.symbol, asset_class=AssetClass.EQUITY)
    if told.instrument_type == COIN and told.symbol.endswith(catalogue.CASH):
        return catalogue.coin(told.symbol)
    single = told.option_strategy in {"", SINGLE} and len(told.legs or ()) == 1
    if told.instrument_type == OPTION and single and told.legs:
        leg = told.legs[0]
        found = options.contract_with(
            leg.symbol or told.symbol,
            told.symbol,
            leg.option_expire_date,
            leg.option_type,
            leg.option_exercise_price,
            leg.option_contract_multiplier,
        )
        if found is not None:
            return found
    return unknown(told.option_strategy or told.instrument_type, told.symbol)


def _buying_power(told: Sequence[answers.Cash], cash: Decimal) -> Decimal:
    """A cash account's; of a margin account that of the day, which is the larger one."""
    for one in told:
        if one.currency not in {"", catalogue.CASH}:
            continue
        known = (one.buying_power, one.day_buying_power, one.overnight_buying_power)
        return next((each for each in known if each is not None), cash)
    return cash


def _dollars(amount: Decimal) -> Money:
    return Money(amount=amount, currency=catalogue.CASH)


def _price(amount: Decimal | None) -> Decimal | None:
    """None for the 0 that stands for "nobody quotes"."""
    return amount if amount is not None and amount > 0 else None
