"""What can be quoted and traded: US shares, funds and options."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from tests.simulators.opend.asking import Refusal
from tests.simulators.opend.vendor import messages

STOCK: Final = "STOCK"
ETF: Final = "ETF"
OPTION: Final = "DRVT"
CALL: Final = "CALL"
PUT: Final = "PUT"

US: Final = 11
"""`Qot_Common.QotMarket_US_Security`."""
KINDS: Final = {STOCK: 3, ETF: 4, OPTION: 8}
RIGHTS: Final = {CALL: 1, PUT: 2}

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """One.

    Attributes:
        code: With its market, such as US.AAPL or US.AAPL261218C200000.
        lot: Orders are for whole multiples of it.
        tick: Prices are whole multiples of it.
        multiplier: Shares that a contract stands for.
        owner: Code of an option's underlying.
    """

    code: str
    id: int
    name: str
    kind: str = STOCK
    lot: int = 1
    tick: Decimal = _CENT
    multiplier: int = 1
    suspended: bool = False
    owner: str = ""
    expiry: date | None = None
    strike: Decimal = Decimal(0)
    right: str = ""

    @property
    def bare(self) -> str:
        """The code without its market."""
        return self.code.partition(".")[2]


class Listing:
    """Everything that there is."""

    def __init__(self) -> None:
        """A few shares and a fund."""
        self._ids = count(205_189)
        self.all: dict[str, Security] = {}
        for code, name in (("US.AAPL", "Apple"), ("US.MSFT", "Microsoft"), ("US.TSLA", "Tesla")):
            self.add(code, name=name)
        self.add("US.SPY", name="SPDR S&P 500 ETF", kind=ETF)

    def add(self, code: str, **fields: Any) -> Security:
        """One more, or another in its place."""
        fields = {"name": code.partition(".")[2], **fields}
        made = Security(code=code, id=next(self._ids), **fields)
        self.all[code] = made
        return made

    def add_option(self, owner: str, expiry: date, right: str, strike: str | Decimal) -> Security:
        """A standard contract; its code ends in date, right and strike in thousandths."""
        price = Decimal(strike)
        bare = self.all[owner].bare
        tail = f"{expiry:%y%m%d}{right[0]}{int(price * 1000)}"
        return self.add(
            f"US.{bare}{tail}",
            name=f"{bare} {expiry:%y%m%d} {price.normalize():f}{right[0]}",
            kind=OPTION,
            multiplier=100,
            owner=owner,
            expiry=expiry,
            strike=price,
            right=right,
        )

    def change(self, code: str, **fields: Any) -> None:
        """`suspended=True`, `lot=100`, `tick=Decimal("0.05")`."""
        self.all[code] = replace(self.all[code], **fields)

    def find(self, code: str) -> Security:
        """By its code with the market.

        Raises:
            Refusal: There is none (the words are unverified).
        """
        found = self.all.get(code)
        if found is None:
            raise Refusal(f"Unknown stock. {code}")
        return found

    def at(self, security: Any) -> Security:
        """By a `Qot_Common.Security` message.

        Raises:
            Refusal: There is none.
        """
        return self.find(f"US.{security.code}" if security.market == US else security.code)

    def options_of(self, owner: str) -> Sequence[Security]:
        """By expiry and strike, calls before puts."""
        mine = [one for one in self.all.values() if one.owner == owner]
        return sorted(mine, key=lambda one: (one.expiry, one.strike, one.right))


def drawn(security: Security) -> Any:
    """As a `Qot_Common.Security` message."""
    return messages("Qot_Common").Security(market=US, code=security.bare)
