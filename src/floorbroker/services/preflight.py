"""Everything that is looked at between a command and its review card.

Reads only. What comes out is the order that Confirm would send, rounded to the broker's own steps,
with each thing that a person should know before pressing the button.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Final, TypeVar

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.errors import BrokerError, InvalidInput, NotSupported, PolicyRefused
from floorbroker.domain.instruments import Instrument, InstrumentRules
from floorbroker.domain.market import Quote
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import parse_quantity
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position
from floorbroker.services.trading_hours import TradingHours

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the broker says at this moment about the account and the instrument.

    Attributes:
        balances: With `rules` and `market_open`, None where the broker did not answer.
        market_open: None also where nobody tells.
        next_open: When the market opens next, where that is told.
        failures: By name, why it did not. Only an order that closes a position may go on.
    """

    quote: Quote | None
    balances: Balances | None
    held: Decimal
    rules: InstrumentRules | None
    market_open: bool | None
    next_open: datetime | None = None
    failures: Mapping[str, BrokerError] = field(default_factory=dict)


async def look(
    adapter: BrokerAdapter,
    spec: BrokerSpec,
    account: BrokerAccount,
    request: OrderRequest,
    trading_hours: TradingHours,
) -> Surroundings:
    """Asks the broker everything at once; a missing quote is not a failure.

    Hours that the broker does not tell come from a calendar if it is at hand: nobody waits for it.

    Raises:
        BrokerError: What is held cannot be read.
    """
    failures: dict[str, BrokerError] = {}
    instrument = request.instrument

    async def kept(name: str, asked: Awaitable[_T]) -> _T | None:
        try:
            return await asked
        except BrokerError as error:
            failures[name] = error
            return None

    quote, balances, positions, rules, hours = await asyncio.gather(
        _quote(adapter, spec, instrument),
        kept("balance", adapter.balances(account)),
        adapter.positions(account),
        kept("quantity steps", adapter.instrument_rules(instrument)),
        kept("market hours", trading_hours.for_review(adapter, spec, request)),
    )
    return Surroundings(
        quote=quote,
        balances=balances,
        held=holding(positions, instrument),
        rules=rules,
        market_open=None if hours is None else hours.open_now,
        next_open=None if hours is None else hours.next_open,
        failures=failures,
    )


def check_seen(request: OrderRequest, around: Surroundings) -> tuple[str, ...]:
    """A way out must not depend on more than the position: what is missing is said, in a sentence.

    Raises:
        BrokerError: The order opens a position, and something of what it needs cannot be read.
    """
    if not around.failures:
        return ()
    if request.effect is not PositionEffect.CLOSE:
        raise next(iter(around.failures.values()))
    missing = ", ".join(sorted(around.failures))
    return (f"Not read, so not checked here: {missing}. Your broker checks the order itself.",)


async def _quote(adapter: BrokerAdapter, spec: BrokerSpec, instrument: Instrument) -> Quote | None:
    if Capability.QUOTES not in spec.capabilities:
        return None
    try:
        return await adapter.quote(instrument)
    except BrokerError:
        return None


def holding(positions: Sequence[Position], instrument: Instrument) -> Decimal:
    """Units held of it, negative if short."""
    own = (p.quantity for p in positions if p.instrument.symbol == instrument.symbol)
    return sum(own, Decimal(0))


def check_offered(request: OrderRequest, spec: BrokerSpec) -> None:
    """The manifest decides what may be asked for.

    Raises:
        NotSupported: Names what this broker lacks.
    """
    lacking = [
        (request.type not in spec.order_types, f"{_words(request.type)} orders"),
        (request.time_in_force not in spec.times_in_force, request.time_in_force.upper()),
        (request.instrument.asset_class not in spec.asset_classes, "this kind of instrument"),
        (_needs(Capability.NOTIONAL, request.notional is not None, spec), "amounts in money"),
        (_needs(Capability.BRACKET, request.bracket, spec), "take-profit and stop-loss"),
        (
            _needs(Capability.EXTENDED_HOURS, request.session is Session.EXTENDED, spec),
            "extended hours",
        ),
        (_needs(Capability.SHORT, request.effect is PositionEffect.SHORT, spec), "short selling"),
    ]
    missing = [name for absent, name in lacking if absent]
    if missing:
        raise NotSupported(f"{spec.name} does not offer {', '.join(missing)}.", broker=spec.id)


def _needs(capability: Capability, wanted: bool, spec: BrokerSpec) -> bool:
    return wanted and capability not in spec.capabilities


def rounded(
    request: OrderRequest, rules: InstrumentRules | None
) -> tuple[OrderRequest, tuple[str, ...]]:
    """The request on the broker's steps and ticks, and a sentence for each thing that moved.

    As it is where the steps are not known: what closes a position is what is held.

    Raises:
        InvalidInput: What is left is below the broker's minimum.
    """
    if rules is None:
        return request, ()
    notes: list[str] = []
    quantity = request.quantity
    if quantity is not None:
        quantity = _stepped(quantity, rules.quantity_step, ROUND_DOWN)
        if quantity != request.quantity:
            notes.append(f"Quantity rounded down from {request.quantity} to {quantity}.")
        if quantity < rules.minimum_quantity or not quantity:
            raise InvalidInput(
                f"Invalid order quantity. The smallest here is {rules.minimum_quantity}, "
                f"in steps of {rules.quantity_step}."
            )
    smallest = rules.minimum_notional
    if smallest is not None and request.notional is not None and request.notional < smallest:
        raise InvalidInput(f"Invalid amount. The smallest here is {smallest}.")

    def ticked(price: Decimal | None, name: str) -> Decimal | None:
        if price is None:
            return None
        on_tick = _stepped(price, rules.price_tick, ROUND_HALF_EVEN)
        if on_tick != price:
            notes.append(f"The {name} is rounded from {price} to {on_tick}.")
        return on_tick

    on_steps = replace(
        request,
        quantity=quantity,
        limit_price=ticked(request.limit_price, "limit price"),
        stop_price=ticked(request.stop_price, "stop price"),
        take_profit=ticked(request.take_profit, "take-profit price"),
        stop_loss=ticked(request.stop_loss, "stop-loss price"),
    )
    return on_steps, tuple(notes)


def _stepped(number: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (number / step).to_integral_value(rounding=rounding) * step


def with_effect(request: OrderRequest, held: Decimal, may_short: bool) -> OrderRequest:
    """The request marked as opening or closing a position.

    Raises:
        InvalidInput: A sell beyond the holding that the person did not call short.
        PolicyRefused: A short sell where the account may not.
    """
    quantity = request.quantity
    if request.side is Side.BUY:
        closes = held < 0 and quantity is not None and quantity <= -held
        return replace(request, effect=PositionEffect.CLOSE if closes else PositionEffect.OPEN)
    if quantity is None or (held > 0 and quantity <= held):
        if held <= 0:
            raise InvalidInput(_NOTHING_HELD.format(request.instrument.symbol))
        return replace(request, effect=PositionEffect.CLOSE)
    if request.effect is not PositionEffect.SHORT:
        if held <= 0:
            raise InvalidInput(_NOTHING_HELD.format(request.instrument.symbol))
        raise InvalidInput(
            f"You hold {held} {request.instrument.symbol}; that is less than {quantity}."
        )
    if not may_short:
        raise PolicyRefused("This account may not sell short.")
    return request


_NOTHING_HELD = "You hold no {}, so there is nothing to sell. Set short to sell short."


STALE: Final = timedelta(minutes=1)
"""A price older than that is not the market's any more."""


def doubt(quote: Quote | None, now: datetime) -> str:
    """Why the quote is not the market's price now, in a sentence; empty where it is."""
    if quote is None:
        return "No quote is to be had."
    if quote.halted:
        return "Trading in this is halted now."
    if quote.crossed:
        return "The quote is crossed (bid above ask): not a price to rely on."
    if quote.delayed:
        return "The quote is delayed."
    return "The quote is old." if quote.age(now) > STALE else ""


def doubt_of(
    request: OrderRequest, quote: Quote | None, environment: Environment, now: datetime
) -> str:
    """Why this order must be confirmed twice: with real money, at a price that nobody knows."""
    if request.type is not OrderType.MARKET or environment is Environment.PAPER:
        return ""
    return doubt(quote, now)


def _words(kind: OrderType) -> str:
    return kind.value.replace("_", "-")


def closing(
    instrument: Instrument,
    positions: Sequence[Position],
    quantity: str | None,
    usual: TimeInForce,
) -> OrderRequest:
    """The market order that closes a position, all of it unless `quantity` says how much.

    Raises:
        InvalidInput: There is no such position, or it is smaller than that.
    """
    held = holding(positions, instrument)
    if not held:
        raise InvalidInput(f"You hold no {instrument.symbol}, so there is nothing to close.")
    wanted = abs(held) if quantity is None else parse_quantity(quantity)
    if wanted > abs(held):
        raise InvalidInput(f"You hold {abs(held)} {instrument.symbol}; that is less than {wanted}.")
    return OrderRequest(
        instrument=instrument,
        side=Side.SELL if held > 0 else Side.BUY,
        quantity=wanted,
        time_in_force=usual,
        effect=PositionEffect.CLOSE,
    )
