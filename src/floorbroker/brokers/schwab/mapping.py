"""Accounts, holdings, prices and hours, from Schwab's words to ours. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from floorbroker.brokers.schwab import answers, market_answers
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.symbols import instrument_of
from floorbroker.brokers.shared.wire import Unreadable, sentence
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.market import Bar, Market, MarketHours, Quote, Timeframe
from floorbroker.domain.money import Money
from floorbroker.domain.orders import Preview
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

MARGIN: Final = "MARGIN"
CURRENCY: Final = "USD"
SOURCE: Final = "Charles Schwab"
TERMS: Final[dict[Timeframe, dict[str, Any]]] = {
    Timeframe.MINUTE: {"period_type": "day", "frequency_type": "minute", "frequency": 1},
    Timeframe.FIVE_MINUTES: {"period_type": "day", "frequency_type": "minute", "frequency": 5},
    Timeframe.HOUR: {"period_type": "day", "frequency_type": "minute", "frequency": 30},
    Timeframe.DAY: {"period_type": "year", "frequency_type": "daily", "frequency": 1},
}
"""Minutes come in 1, 5, 10, 15 and 30: an hour is put together of its halves."""

REGULAR: Final = "regularMarket"
_HALTED: Final = "halted"
"""Of 'Normal', 'Halted' and 'Closed'; the word itself is unverified on a halted share."""

_HUNDREDTH_OF_A_CENT: Final = Decimal("0.0001")


def account(named: Named, told: answers.Account | None) -> BrokerAccount:
    """One of the accounts that the person opened to the bot."""
    kind = told.type if told is not None else ""
    may_short = told is not None and kind == MARGIN and not told.closing_only
    return BrokerAccount(
        account_id=named.account_id,
        number=named.number,
        name=f"Schwab {sentence(kind).lower()}".strip(),
        currency=CURRENCY,
        may_short=may_short,
    )


def balances(told: answers.Account, now: datetime) -> Balances:
    """Amounts of this moment; Schwab gives them no time of their own, and no profit of the day.

    Raises:
        Unreadable: A figure is missing: no other one says the same.
    """
    figures = told.figures
    power = figures.buying_power if told.type == MARGIN else figures.available
    if figures.cash is None or figures.liquidation is None or power is None:
        raise Unreadable(200)
    return Balances(
        cash=Money(amount=figures.cash, currency=CURRENCY),
        equity=Money(amount=figures.liquidation, currency=CURRENCY),
        buying_power=Money(amount=power, currency=CURRENCY),
        as_of=now,
    )


def positions(told: answers.Account, now: datetime) -> list[Position]:
    """All holdings; short ones are negative. The price is what the value tells."""
    found = []
    for one in told.positions:
        quantity = one.long - one.short
        if not quantity:
            continue
        traded = one.instrument
        about = instrument_of(traded.name, traded.kind, traded.description)
        price = None
        if one.value is not None:
            exact = abs(one.value) / (abs(quantity) * about.multiplier)
            price = exact.quantize(_HUNDREDTH_OF_A_CENT)
        found.append(
            Position(
                instrument=about,
                quantity=quantity,
                average_price=one.average,
                market_price=price,
                as_of=now,
            )
        )
    return found


def quote(told: market_answers.Quoted, instrument: Instrument) -> Quote | None:
    """The present price; None where nothing was ever quoted or traded."""
    prices = told.prices
    times = [one for one in (prices.quoted, prices.traded) if one is not None]
    bid, ask, last = (price(one) for one in (prices.bid, prices.ask, prices.last))
    if not times or (bid is None and ask is None and last is None):
        return None
    return Quote(
        instrument=instrument,
        bid=bid,
        ask=ask,
        last=last,
        at=(prices.quoted if bid or ask else prices.traded) or max(times),
        source=SOURCE,
        delayed=not told.realtime,
        volume=prices.volume,
        halted=halted(prices.status),
        last_at=prices.traded,
    )


def bars(
    told: Iterable[market_answers.Candle], timeframe: Timeframe, start: datetime, end: datetime
) -> list[Bar]:
    """Those that start within [start, end), oldest first; Schwab's own end is inclusive."""
    found = {one.at: _bar(one) for one in told}
    ordered = [found[at] for at in sorted(found)]
    if timeframe is Timeframe.HOUR:
        ordered = [_one(list(halves)) for _, halves in groupby(ordered, _hour)]
    return [bar for bar in ordered if start <= bar.at < end]


def whole_hour(moment: datetime) -> datetime:
    """The beginning of the hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def us_hours(sessions: Sequence[market_answers.Span], now: datetime) -> MarketHours:
    """Of regular sessions, oldest first, that end after now."""
    first = sessions[0] if sessions else None
    if first is not None and first.start <= now:
        following = sessions[1].start if len(sessions) > 1 else None
        return _hours(open_now=True, next_open=following, next_close=first.end)
    return _hours(
        open_now=False,
        next_open=first.start if first else None,
        next_close=first.end if first else None,
    )


def preview(told: answers.Previewed) -> Preview:
    """Schwab's own estimate.

    Raises:
        Unreadable: It names no price.
    """
    balance, charges = told.strategy.balance, told.charges
    cost = told.strategy.value if balance.value is None else balance.value
    if cost is None:
        raise Unreadable(200)
    values = (
        [fee for leg in charges.commission.legs for fee in leg.values],
        [fee for leg in charges.fee.legs for fee in leg.values],
    )
    left = balance.available if balance.buying_power is None else balance.buying_power
    return Preview(
        cost=abs(cost),
        fees=sum((fee.value for part in values for fee in part), Decimal(0)),
        buying_power_after=left,
    )


def refusal(told: answers.Previewed) -> str:
    """Why Schwab would reject it; empty if it would not."""
    lines = (line.activity or line.message for line in told.validation.rejects)
    words = sentence(" ".join(line for line in lines if line))
    return words or ("Schwab gives no reason." if told.validation.rejects else "")


def _hours(
    *, open_now: bool, next_open: datetime | None, next_close: datetime | None
) -> MarketHours:
    return MarketHours(
        market=Market.US_EQUITIES, open_now=open_now, next_open=next_open, next_close=next_close
    )


def _hour(bar: Bar) -> datetime:
    return whole_hour(bar.at)


def _one(halves: Sequence[Bar]) -> Bar:
    return Bar(
        at=_hour(halves[0]),
        open=halves[0].open,
        high=max(half.high for half in halves),
        low=min(half.low for half in halves),
        close=halves[-1].close,
        volume=sum((half.volume for half in halves), Decimal(0)),
    )


def _bar(told: market_answers.Candle) -> Bar:
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=told.at)
    return Bar(
        at=at,
        open=told.open,
        high=told.high,
        low=told.low,
        close=told.close,
        volume=told.volume,
    )


def halted(status: str) -> bool:
    """Whether a security's status says that nobody may trade it."""
    return status.casefold() == _HALTED


def price(amount: Decimal) -> Decimal | None:
    """What a side stands at; None for the 0 that stands for "nobody is there"."""
    return amount if amount > 0 else None
