"""Accounts, holdings, prices and rights, from Binance's words to ours. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from floorbroker.brokers.binance import answers
from floorbroker.brokers.binance.catalogue import (
    CASH,
    NOT_COINS,
    Catalogue,
    Pair,
    Prices,
    instrument,
)
from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.shared.price_talk import Prices as StreamedPrices
from floorbroker.brokers.shared.wire import Amount, sentence
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

SOURCE: Final = "Binance's spot exchange"
INTERVALS: Final = {
    Timeframe.MINUTE: "1m",
    Timeframe.FIVE_MINUTES: "5m",
    Timeframe.HOUR: "1h",
    Timeframe.DAY: "1d",
}
UNTOLD_RIGHTS: Final = KeyRights(trade=None, withdraw=None, ip_restricted=None, expires_at=None)
"""What is known of a key where nobody tells: the testnet has no such call."""

_AMOUNT: Final = TypeAdapter(Amount).validate_python
_MOMENT: Final = TypeAdapter(answers.Millis).validate_python


def account(told: answers.Account, unnumbered: str) -> BrokerAccount:
    """The one account that a key opens, by its number at Binance; else as `unnumbered`."""
    number = str(told.uid) if told.uid is not None else unnumbered
    return BrokerAccount(account_id=AccountId(number), number=number, name="Binance", currency=CASH)


def restrictions(told: answers.Account) -> str:
    """What keeps the account from trading, for people; often nothing."""
    return "" if told.can_trade else "Binance has blocked the account's orders."


def key_rights(told: answers.KeyPermissions) -> KeyRights:
    """What the key may do. Moving coins to another account of anybody counts as withdrawing."""
    moves = (
        told.enable_withdrawals,
        told.enable_internal_transfer,
        told.permits_universal_transfer,
    )
    return KeyRights(
        trade=told.enable_spot_and_margin_trading,
        withdraw=any(moves),
        ip_restricted=told.ip_restrict,
        expires_at=told.trading_authority_expiration_time,
    )


def balances(told: answers.Account, prices: Prices, now: datetime) -> Balances:
    """USDT is the cash; everything else counts with what it is worth in USDT.

    What open orders hold counts too, but cannot be used. What no pair leads to USDT counts nothing,
    since nobody says what it is worth.
    """
    cash = free = equity = Decimal(0)
    for one in told.balances:
        total = one.free + one.locked
        if one.asset == CASH:
            cash, free = cash + total, free + one.free
        price = prices.in_cash(one.asset)
        equity += total * (price or Decimal(0))
    return Balances(
        cash=_in_cash(cash), equity=_in_cash(equity), buying_power=_in_cash(free), as_of=now
    )


def positions(
    told: answers.Account, catalogue: Catalogue, prices: Prices, now: datetime
) -> list[Position]:
    """Everything that is held but USDT; Binance does not tell what it cost."""
    found = []
    for one in told.balances:
        quantity = one.free + one.locked
        if not quantity or one.asset == CASH:
            continue
        about, price = _held(one.asset, catalogue, prices)
        found.append(
            Position(
                instrument=about,
                quantity=quantity,
                average_price=None,
                market_price=price,
                as_of=now,
            )
        )
    return found


def quote(told: answers.Ticker, pair: Pair, now: datetime) -> Quote | None:
    """The present price; None where nothing was ever quoted or traded.

    Its time is where Binance's statistics of the day end, cut to ours: no price is of the future.
    """
    bid, ask, last = _price(told.bid_price), _price(told.ask_price), _price(told.last_price)
    if (bid is ask is last is None) or told.close_time is None:
        return None
    return Quote(
        instrument=instrument(pair),
        bid=bid,
        ask=ask,
        last=last,
        at=min(told.close_time, now),
        source=SOURCE,
        volume=told.volume,
        halted=not pair.trades,
    )


def prices(told: answers.StreamedTicker) -> StreamedPrices:
    """The same of a message of the stream."""
    return {
        "bid": _price(told.bid),
        "ask": _price(told.ask),
        "last": _price(told.last),
        "volume": told.volume,
    }


def bars(rows: Iterable[Any], start: datetime, end: datetime) -> list[Bar]:
    """Rows of time, open, high, low, close, volume, …; those within [start, end).

    Raises:
        ValueError: A row is none.
    """
    found = []
    for row in rows:
        at = _MOMENT(row[0])
        o, h, low, c, volume = (_AMOUNT(one) for one in row[1:6])
        if start <= at < end:
            found.append(Bar(at=at, open=o, high=h, low=low, close=c, volume=volume))
    return sorted(found, key=lambda bar: bar.at)


def _held(asset: str, catalogue: Catalogue, prices: Prices) -> tuple[Instrument, Decimal | None]:
    """What a holding is shown as: the best pair of its coin, priced in that pair's quote asset.

    Money is shown against USDT. What has no pair (lent, staked, delisted) keeps its own name, so
    that it is not taken for what can be sold.
    """
    best = catalogue.best(asset)
    if best is not None:
        return instrument(best), prices.of(best)
    money = asset in NOT_COINS
    about = Instrument(
        symbol=f"{asset}/{CASH}" if money else sentence(asset),
        asset_class=AssetClass.FOREX if money else AssetClass.CRYPTO,
        currency=CASH,
        exchange="Binance",
    )
    return about, prices.in_cash(asset)


def _in_cash(amount: Decimal) -> Money:
    return Money(amount=amount, currency=CASH)


def _price(amount: Decimal) -> Decimal | None:
    """None for the 0 that stands for "nobody quotes"."""
    return amount if amount > 0 else None


def made_of(key: str) -> str:
    """What stands for an account without a number: its key, unreadably."""
    return f"key-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
