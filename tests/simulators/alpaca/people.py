"""Whoever has an account, what it holds, and how it proves who it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5


@dataclass(slots=True)
class Holding:
    """A position: what is held, below zero where it is short, and what it cost.

    Attributes:
        average: Price per unit at which it was entered.
    """

    qty: Decimal
    average: Decimal


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """An account at Alpaca and the keys to it.

    Attributes:
        environment: "paper" or "live": where the keys belong.
        cash: US dollars.
        multiplier: 1 for a cash account, 2 or 4 for margin.
        shorting: Whether the account may sell short (Alpaca asks for 2,000 USD of equity too).
        options_level: 0 none, 1 covered and secured sales, 2 purchases too, 3 spreads too.
        sip: Whether its data plan has the real-time consolidated feed.
        holdings: By symbol, as orders write it.
        settings: What /v2/account/configurations shows; PATCH changes it.
        overrides: Joins the answer of /v2/account, for blocked accounts and the like.
        listeners: Told of every order of theirs whose status changes.
    """

    name: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    environment: str
    cash: Decimal
    last_equity: Decimal
    created_at: datetime
    multiplier: int = 4
    shorting: bool = True
    options_level: int = 3
    sip: bool = False
    holdings: dict[str, Holding] = field(default_factory=dict)
    activities: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)
    listeners: list[Callable[[Any], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The settings of a new account; see the OpenAPI file's AccountConfigurations."""
        self.settings = {
            "disable_overnight_trading": False,
            "fractional_trading": True,
            "max_margin_multiplier": str(self.multiplier),
            "max_options_trading_level": None,
            "no_shorting": False,
            "ptp_no_exception_entry": False,
            "suspend_trade": False,
            "trade_confirm_email": "all",
            **self.settings,
        }

    @property
    def account_id(self) -> str:
        """The same for the same name and environment."""
        return str(uuid5(NAMESPACE_URL, f"{self.environment}/{self.name}"))

    @property
    def account_number(self) -> str:
        """Paper numbers begin with PA."""
        digits = str(uuid5(NAMESPACE_URL, self.account_id).int)[:9]
        return f"PA{digits}" if self.environment == "paper" else digits

    def held(self, symbol: str) -> Decimal:
        """How much; zero where nothing is."""
        holding = self.holdings.get(symbol)
        return Decimal(0) if holding is None else holding.qty
