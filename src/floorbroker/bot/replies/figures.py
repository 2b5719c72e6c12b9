"""How numbers are written for people."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

from floorbroker.domain.money import Money, to_cents

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}
_SMALL: Final = Decimal(1)
_MOST: Final = 12


def money(amount: Money) -> str:
    """`$1,234.50`, `−$3.00`, `1,000.00 CHF`."""
    sign = "−" if amount.amount < 0 else ""
    digits = f"{abs(to_cents(amount.amount)):,.2f}"
    symbol = _SIGNS.get(amount.currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {amount.currency}"


def price(amount: Decimal, currency: str = "USD") -> str:
    """Per unit, every decimal that it has, from 1 up at least two: what is shown is what is meant.

    Only a division has more than twelve decimals and digits, as the average of several fills:
    `about $229.1067`.
    """
    exact = amount.normalize()
    decimals = max(-int(exact.as_tuple().exponent), 0)
    if decimals > _MOST and len(exact.as_tuple().digits) > _MOST:
        places = 4 if amount >= _SMALL else 5 - exact.adjusted()
        return f"about {_priced(exact.quantize(Decimal(1).scaleb(-places)).normalize(), currency)}"
    return _priced(exact, currency)


def average(amount: Decimal, currency: str = "USD") -> str:
    """What was paid for one unit of a whole position: to the cent from 1 up."""
    return _priced(to_cents(amount) if amount >= _SMALL else amount.normalize(), currency)


def _priced(amount: Decimal, currency: str) -> str:
    cents = amount >= _SMALL and amount == to_cents(amount)
    digits = f"{to_cents(amount) if cents else amount:,f}"
    symbol = _SIGNS.get(currency)
    return f"{symbol}{digits}" if symbol else f"{digits} {currency}"


def quantity(amount: Decimal) -> str:
    """Without needless zeros: `100`, `0.5`."""
    whole = amount.to_integral_value()
    return f"{whole:,f}" if whole == amount else f"{amount.normalize():,f}"


def change(amount: Decimal, currency: str = "USD") -> str:
    """A profit or loss with its sign: `+$12.00`, `−$3.10`."""
    sign = "+" if amount > 0 else ""
    return sign + money(Money(amount=amount, currency=currency))


def percent(amount: Decimal, places: int = 1) -> str:
    """With its sign and one decimal, or as many as are asked for: `+1.2 %`."""
    shown = amount.quantize(Decimal(1).scaleb(-places))
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{abs(shown)} %"


def age(elapsed: timedelta) -> str:
    """`just now`, `12 s old`, `3 min old`, `5 h old`, `2 days old`; each from two of them on."""
    seconds = int(elapsed.total_seconds())
    if seconds < 2:
        return "just now"
    for length, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit} old"
    return f"{seconds} s old"
