"""Accounts, holdings and prices, from E*TRADE's words to ours. Pure."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.etrade import answers, market_answers
from floorbroker.brokers.etrade.products import instrument_of
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

DOLLARS: Final = "USD"
SOURCE: Final = "E*TRADE"
_BROKERAGE: Final = "BROKERAGE"
_CLOSED: Final = "CLOSED"
_ON_MARGIN: Final = "MARGIN"
_NOW: Final = frozenset({"REALTIME", "EH_REALTIME"})
_EXTENDED: Final = "EH_"
_DOLLAR: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_FINE: Final = Decimal("0.0001")


def open_ones(told: Iterable[answers.Account]) -> list[answers.Account]:
    """Accounts that can be traded in: those at the bank and closed ones are left out."""
    return [
        one
        for one in told
        if one.institution_type in {None, _BROKERAGE} and one.account_status != _CLOSED
    ]


def account(told: answers.Account) -> BrokerAccount:
    """One account, by its number: the key that requests take may be of the sign-in (unverified)."""
    name = sentence(told.account_name or told.account_desc or "")
    return BrokerAccount(
        account_id=AccountId(told.account_id),
        number=told.account_id,
        name=f"E*TRADE {name}".rstrip()[:60],
        currency=DOLLARS,
        may_short=told.account_mode == _ON_MARGIN,
    )


def balances(told: answers.Balance, now: datetime) -> Balances:
    """Cash may be below zero on margin; buying power never is."""
    figures = told.computed
    on_margin = told.account_mode == _ON_MARGIN
    power = figures.margin_buying_power if on_margin else figures.cash_buying_power
    return Balances(
        cash=_dollars(figures.net_cash),
        equity=_dollars(figures.real_time_values.total_account_value),
        buying_power=_dollars(max(power or Decimal(0), Decimal(0))),
        as_of=now,
    )


def position(told: answers.Position, now: datetime) -> Position:
    """A holding; short ones are negative whichever way E*TRADE writes them (unverified)."""
    sign = -1 if told.position_type == "SHORT" else 1
    paid = told.cost_per_share if told.price_paid is None else told.price_paid
    return Position(
        instrument=instrument_of(told.product, told.symbol_description or ""),
        quantity=sign * abs(told.quantity),
        average_price=None if paid is None else abs(paid),
        market_price=told.quick.last_trade if told.quick else None,
        as_of=now,
    )


def quote(told: market_answers.Quote, instrument: Instrument) -> Quote | None:
    """The present price; None where nothing was ever quoted or traded.

    Outside regular hours that of the extended ones, where it is told.
    """
    prices, at = told.prices, told.date_time_utc
    if prices is None or at is None:
        return None
    extended = prices.extended if told.quote_status.startswith(_EXTENDED) else None
    bid = extended.bid if extended and extended.bid else prices.bid
    ask = extended.ask if extended and extended.ask else prices.ask
    last = extended.last_price if extended and extended.last_price else prices.last_trade
    if bid is ask is last is None:
        return None
    return Quote(
        instrument=instrument,
        bid=bid,
        ask=ask,
        last=last,
        at=at,
        source=SOURCE,
        delayed=told.quote_status not in _NOW,
        volume=prices.total_volume,
    )


def rules(option: bool, price: Decimal | None) -> InstrumentRules:
    """Whole shares and contracts; cents, below a dollar hundredths of them.

    Many contracts trade in steps of 0.05 or 0.10: E*TRADE does not tell which, and refuses others.
    """
    cheap = not option and price is not None and price < _DOLLAR
    return InstrumentRules(
        quantity_step=Decimal(1),
        price_tick=_FINE if cheap else _CENT,
        minimum_quantity=Decimal(1),
        fractional=False,
    )


def _dollars(amount: Decimal) -> Money:
    return Money(amount=amount, currency=DOLLARS)
