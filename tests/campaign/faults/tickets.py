"""Orders of every type, no two of the same size."""

from dataclasses import replace
from decimal import Decimal
from random import Random

from floorbroker.domain.orders import OrderType, Side
from floorbroker.services.ticket import Ticket
from tests.campaign.faults.venue import Venue


def ticket(venue: Venue, side: Side, number: int, chance: Random) -> Ticket:
    """The order of that number: at the market, resting, to be filled at once, or a stop."""
    kind = chance.choice(tuple(venue.types))
    quantity = f"{venue.first + number * venue.step:f}"
    usual = Ticket(symbol=venue.symbol, side=side, quantity=quantity, type=kind)
    away = 1 if side is Side.BUY else -1
    match kind:
        case OrderType.LIMIT:
            share = chance.choice(("0.1", "0.1", "-0.02"))  # twice resting, once to be filled
            return replace(usual, limit=_off(venue, -away * Decimal(share), chance))
        case OrderType.STOP:
            return replace(usual, stop=_off(venue, away * Decimal("0.1"), chance))
        case OrderType.STOP_LIMIT:
            stop, limit = (_off(venue, away * Decimal(by), chance) for by in ("0.1", "0.12"))
            return replace(usual, stop=stop, limit=limit)
        case OrderType.TRAILING_STOP:
            return replace(usual, trail="5%")
        case _:
            return usual


def another(venue: Venue, present: Decimal, chance: Random) -> Decimal:
    """A price near a present one, and another."""
    return present + venue.tick * chance.choice((-1, 1)) * chance.randint(1, 40)


def _off(venue: Venue, share: Decimal, chance: Random) -> str:
    whole = (venue.price * (1 + share) / venue.tick).to_integral_value()
    return f"{(whole + chance.randint(-40, 40)) * venue.tick:f}"
