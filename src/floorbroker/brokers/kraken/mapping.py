"""Accounts, holdings, prices and rights, from Kraken's words to ours. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from floorbroker.brokers.kraken import answers
from floorbroker.brokers.kraken.catalogue import DOLLARS, FIAT, Catalogue, Pair, Prices, instrument
from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.shared.price_talk import Prices as StreamedPrices
from floorbroker.brokers.shared.wire import Amount, sentence
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

SOURCE: Final = "Kraken's spot exchange"
MINUTES: Final = {
    Timeframe.MINUTE: 1,
    Timeframe.FIVE_MINUTES: 5,
    Timeframe.HOUR: 60,
    Timeframe.DAY: 1440,
}
_NEEDED: Final = {
    "query-funds": "query funds",
    "query-open-trades": "query open orders & trades",
    "query-closed-trades": "query closed orders & trades",
}
"""By the names of https://docs.kraken.com/api-reference/account-data/get-api-key-info.md."""
_TRADES: Final = "modify-trades"
_MOVES_MONEY_OUT: Final = "withdraw"
"""In `withdraw-funds`, and in the two that change the addresses it goes to."""

_AMOUNT: Final = TypeAdapter(Amount).validate_python


def account(told: answers.KeyInfo, key: str) -> BrokerAccount:
    """The one account that a key opens, by its public id at Kraken.

    Should Kraken not tell that id, the key itself stands for the account, unreadably.
    """
    number = sentence(told.iban)
    found = "".join(number.split())
    if not found:
        found = f"key-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return BrokerAccount(
        account_id=AccountId(found), number=number or found, name="Kraken", currency=DOLLARS
    )


def missing_rights(told: answers.KeyInfo) -> Sequence[str]:
    """Permissions without which nobody could see what became of an order, in Kraken's words."""
    return [words for name, words in _NEEDED.items() if name not in told.permissions]


def key_rights(told: answers.KeyInfo) -> KeyRights:
    """What the key may do. An order may be canceled with the right to place it."""
    return KeyRights(
        trade=_TRADES in told.permissions,
        withdraw=any(_MOVES_MONEY_OUT in name for name in told.permissions),
        ip_restricted=None if told.ip_allowlist is None else bool(told.ip_allowlist),
        expires_at=told.valid_until,
    )


def balances(
    told: Mapping[str, answers.Balance], catalogue: Catalogue, prices: Prices, now: datetime
) -> Balances:
    """Dollars are the cash; everything else counts with what it is worth in dollars.

    What no pair leads to dollars counts nothing, since nobody says what it is worth.
    """
    cash = free = equity = Decimal(0)
    for asset_id, one in told.items():
        name = catalogue.asset(asset_id)
        if name == DOLLARS:
            cash, free = cash + one.balance, free + one.free
        price = prices.in_dollars(name.partition(".")[0], catalogue)
        equity += one.balance * (price or Decimal(0))
    return Balances(
        cash=Money(amount=cash, currency=DOLLARS),
        equity=Money(amount=equity, currency=DOLLARS),
        buying_power=Money(amount=max(free, Decimal(0)), currency=DOLLARS),
        as_of=now,
    )


def positions(
    told: Mapping[str, answers.Balance], catalogue: Catalogue, prices: Prices, now: datetime
) -> list[Position]:
    """Everything that is held but dollars; Kraken does not tell what it cost."""
    found = []
    for asset_id, one in told.items():
        name = catalogue.asset(asset_id)
        if not one.balance or name == DOLLARS:
            continue
        about, price = _held(name, catalogue, prices)
        found.append(
            Position(
                instrument=about,
                quantity=one.balance,
                average_price=None,
                market_price=price,
                as_of=now,
            )
        )
    return found


def quote(told: answers.Ticker, pair: Pair, at: datetime) -> Quote | None:
    """The present price; None where nothing was ever quoted or traded.

    Kraken gives the ticker no time: it is that of the question.
    """
    bid, ask, last = _price(told.b[0]), _price(told.a[0]), _price(told.c[0])
    if bid is ask is last is None:
        return None
    return Quote(
        instrument=instrument(pair),
        bid=bid,
        ask=ask,
        last=last,
        at=at,
        source=SOURCE,
        volume=told.v[1] if len(told.v) > 1 else None,
        halted=pair.halted,
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
    """Rows of time, open, high, low, close, average, volume; those within [start, end).

    Raises:
        ValueError: A row is none.
    """
    found = []
    for row in rows:
        at = datetime.fromtimestamp(int(_AMOUNT(row[0])), UTC)
        o, h, low, c = (_AMOUNT(one) for one in row[1:5])
        if start <= at < end:
            found.append(Bar(at=at, open=o, high=h, low=low, close=c, volume=_AMOUNT(row[6])))
    return sorted(found, key=lambda bar: bar.at)


def _held(name: str, catalogue: Catalogue, prices: Prices) -> tuple[Instrument, Decimal | None]:
    """What a holding is shown as: the best pair of its coin, priced in that pair's currency.

    Money in another currency is shown against the dollar. What stands apart at Kraken (staked,
    earning, held back) keeps its own name, so that it is not taken for what can be sold.
    """
    plain, dot, _ = name.partition(".")
    pairs = catalogue.by_base.get(plain, ())
    if not dot and plain not in FIAT and pairs:
        return instrument(pairs[0]), prices.of(pairs[0])
    fiat = plain in FIAT
    about = Instrument(
        symbol=name if dot else f"{plain}/{DOLLARS}",
        asset_class=AssetClass.FOREX if fiat else AssetClass.CRYPTO,
        currency=DOLLARS,
        exchange="Kraken",
    )
    return about, prices.in_dollars(plain, catalogue)


def _price(amount: Decimal | None) -> Decimal | None:
    """None for the 0 that stands for "nobody quotes"."""
    return amount if amount is not None and amount > 0 else None
