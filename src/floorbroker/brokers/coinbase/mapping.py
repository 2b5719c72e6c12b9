"""Portfolios, holdings, prices and rights, from Coinbase's words to ours. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.coinbase import answers
from floorbroker.brokers.coinbase.catalogue import (
    AS_DOLLARS,
    DOLLARS,
    FIAT,
    Catalogue,
    Pair,
    Prices,
    instrument,
)
from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.shared.price_talk import Prices as StreamedPrices
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Bar, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

SOURCE: Final = "Coinbase's spot exchange"
GRANULARITIES: Final = {
    Timeframe.MINUTE: ("ONE_MINUTE", timedelta(minutes=1)),
    Timeframe.FIVE_MINUTES: ("FIVE_MINUTE", timedelta(minutes=5)),
    Timeframe.HOUR: ("ONE_HOUR", timedelta(hours=1)),
    Timeframe.DAY: ("ONE_DAY", timedelta(days=1)),
}
_PLAIN_TYPES: Final = frozenset({"ACCOUNT_TYPE_CRYPTO", "ACCOUNT_TYPE_FIAT"})
_PLAIN_PLATFORMS: Final = frozenset({"ACCOUNT_PLATFORM_CONSUMER", ""})


def account(told: answers.KeyPermissions, portfolios: Iterable[answers.Portfolio]) -> BrokerAccount:
    """The one portfolio that a key is bound to, under the name that the person gave it."""
    named = (one.name for one in portfolios if one.uuid == told.portfolio_uuid)
    return BrokerAccount(
        account_id=AccountId(told.portfolio_uuid),
        number=told.portfolio_uuid,
        name=sentence(next(named, "")) or "Coinbase",
        currency=DOLLARS,
    )


def missing_rights(told: answers.KeyPermissions) -> Sequence[str]:
    """Permissions without which nobody could see what became of an order, in Coinbase's words."""
    return [] if told.can_view else ["View"]


def key_rights(told: answers.KeyPermissions) -> KeyRights:
    """What the key may do; of addresses and ends of keys Coinbase tells nothing."""
    return KeyRights(
        trade=told.can_trade, withdraw=told.can_transfer, ip_restricted=None, expires_at=None
    )


def of_portfolio(held: Iterable[answers.Account], portfolio_id: str) -> list[answers.Account]:
    """Those of that portfolio: a key should show no others."""
    return [one for one in held if one.retail_portfolio_id in {portfolio_id, ""}]


def balances(held: Iterable[answers.Account], prices: Prices, now: datetime) -> Balances:
    """Dollars are the cash; everything else counts with what it is worth in dollars.

    What no price leads to dollars counts nothing, since nobody says what it is worth.
    """
    cash = free = equity = Decimal(0)
    for one in held:
        whole = one.available_balance.value + one.hold.value
        equity += whole * (prices.in_dollars(one.currency) or Decimal(0))
        if one.currency == DOLLARS and not _apart(one):
            cash, free = cash + whole, free + one.available_balance.value
    return Balances(
        cash=Money(amount=cash, currency=DOLLARS),
        equity=Money(amount=equity, currency=DOLLARS),
        buying_power=Money(amount=max(free, Decimal(0)), currency=DOLLARS),
        as_of=now,
    )


def positions(
    held: Iterable[answers.Account], catalogue: Catalogue, prices: Prices, now: datetime
) -> list[Position]:
    """Everything that is held but dollars; what it cost is not told in figures to rely on."""
    amounts: dict[str, Decimal] = {}
    for one in held:
        name = f"{one.currency}{_apart(one)}"
        whole = one.available_balance.value + one.hold.value
        amounts[name] = amounts.get(name, Decimal(0)) + whole
    found = []
    for name, amount in amounts.items():
        if not amount or name == DOLLARS:
            continue
        about, price = _held(name, catalogue, prices)
        found.append(
            Position(
                instrument=about,
                quantity=amount,
                average_price=None,
                market_price=price,
                as_of=now,
            )
        )
    return found


def quote(told: answers.PriceBook, pair: Pair) -> Quote | None:
    """The present price with the book's own time; None where nobody quotes."""
    bid = next((one.price for one in told.bids if one.price > 0), None)
    ask = next((one.price for one in told.asks if one.price > 0), None)
    if bid is ask is None:
        return None
    return Quote(
        instrument=instrument(pair),
        bid=bid,
        ask=ask,
        last=None,
        at=told.time,
        source=SOURCE,
        halted=pair.halted,
    )


def prices(told: answers.StreamedTicker) -> StreamedPrices:
    """A message of the stream: the same, and the last match with the volume of 24 hours."""
    return {
        "bid": told.best_bid if told.best_bid > 0 else None,
        "ask": told.best_ask if told.best_ask > 0 else None,
        "last": told.price if told.price > 0 else None,
        "volume": told.volume_24_h,
    }


def bar(told: answers.Candle) -> Bar:
    """One candle."""
    return Bar(
        at=told.start,
        open=told.open,
        high=told.high,
        low=told.low,
        close=told.close,
        volume=told.volume,
    )


def _apart(one: answers.Account) -> str:
    """What an account is named after besides its currency, where no order could use it: `.VAULT`.

    A vault, and what stands at Coinbase's other exchanges: types and platforms of the reference of
    list-accounts.
    """
    if one.type not in _PLAIN_TYPES:
        return f".{one.type.rpartition('_')[2] or 'OTHER'}"
    if one.platform not in _PLAIN_PLATFORMS:
        return f".{one.platform.removeprefix('ACCOUNT_PLATFORM_').partition('_')[0] or 'OTHER'}"
    return ""


def _held(name: str, catalogue: Catalogue, prices: Prices) -> tuple[Instrument, Decimal | None]:
    """What a holding is shown as: the best pair of its coin, priced in that pair's currency.

    Money in another currency and USDC are shown against the dollar. What stands apart keeps its
    own name, so that it is not taken for what can be sold.
    """
    plain, apart, _ = name.partition(".")
    pairs = catalogue.by_base.get(plain, ())
    if not apart and pairs and plain not in FIAT and plain != AS_DOLLARS:
        return instrument(pairs[0]), prices.of(pairs[0])
    about = Instrument(
        symbol=name if apart else f"{plain}/{DOLLARS}",
        asset_class=AssetClass.FOREX if plain in FIAT else AssetClass.CRYPTO,
        currency=DOLLARS,
        exchange="Coinbase",
    )
    return about, prices.in_dollars(plain)
