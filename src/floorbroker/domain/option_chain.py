"""What a broker tells of the options on something, and which of them are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from floorbroker.domain.instruments import Instrument, OptionRight
from floorbroker.domain.market import Greeks, Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionQuote:
    """One contract at this moment; what the broker does not tell is None, never zero.

    Attributes:
        open_interest: Contracts that stood open after the last settlement.
        greeks: The broker's own figures, its implied volatility among them.
    """

    contract: Instrument
    quote: Quote | None = None
    open_interest: Decimal | None = None
    greeks: Greeks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """The contracts of one strike; None where there is none."""

    price: Decimal
    call: Instrument | None = None
    put: Instrument | None = None

    @property
    def contracts(self) -> tuple[Instrument, ...]:
        """Those that there are, the call first."""
        return tuple(one for one in (self.call, self.put) if one is not None)


def strikes_of(chain: Sequence[Instrument], right: OptionRight | None = None) -> list[Strike]:
    """The strikes of one expiry, lowest first; `right` leaves out the other one.

    Of two contracts with the same terms, as an index has in its weekly and its monthly class, the
    one with the shorter symbol counts.
    """
    sides: dict[Decimal, dict[OptionRight, Instrument]] = {}
    for one in sorted(chain, key=lambda each: (len(each.symbol), each.symbol)):
        if one.strike is not None and one.right is not None and right in {None, one.right}:
            sides.setdefault(one.strike, {}).setdefault(one.right, one)
    return [
        Strike(price=price, call=side.get(OptionRight.CALL), put=side.get(OptionRight.PUT))
        for price, side in sorted(sides.items())
    ]


def nearest(strikes: Sequence[Strike], price: Decimal) -> int:
    """The place of the strike that is nearest to `price`; 0 where there are none."""
    places = range(len(strikes))
    return min(places, key=lambda place: abs(strikes[place].price - price), default=0)
