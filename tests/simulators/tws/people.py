"""Accounts: cash by currency, positions by contract."""

from dataclasses import dataclass, field
from decimal import Decimal

from tests.simulators.tws.listing import Contract


@dataclass(slots=True, kw_only=True)
class Position:
    """What is held of one contract.

    Attributes:
        quantity: Below zero where it is short.
        cost: Average, of one contract in its currency, with its multiplier, as TWS tells it.
    """

    contract: Contract
    quantity: Decimal
    cost: Decimal
    realized: Decimal = Decimal(0)


@dataclass(slots=True, kw_only=True)
class Account:
    """One; D… is a paper account, U… a live one.

    Attributes:
        kind: AccountType.
        cash: By currency.
        positions: By con_id; those that were closed today stay with a quantity of 0.
        entries: Positions in futures without what the trades cost: what is settled in cash.
        overrides: Account values that do not follow from the rest, by tag.
    """

    id: str
    kind: str = "INDIVIDUAL"
    base: str = "USD"
    cash: dict[str, Decimal] = field(default_factory=lambda: {"USD": Decimal(100_000)})
    positions: dict[int, Position] = field(default_factory=dict)
    entries: dict[int, Position] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)

    def held(self, contract: Contract) -> Decimal:
        """How much of it."""
        position = self.positions.get(contract.con_id)
        return position.quantity if position else Decimal(0)

    def pay(self, amount: Decimal, currency: str) -> None:
        """Takes money out, or puts it in where the amount is below zero."""
        self.cash[currency] = self.cash.get(currency, Decimal(0)) - amount


def move(
    positions: dict[int, Position], contract: Contract, quantity: Decimal, value: Decimal
) -> Decimal | None:
    """Adds to a position, or takes away from it.

    Args:
        value: Of one contract, with what the trade cost.

    Returns:
        The profit that was realized; None where nothing was closed.
    """
    position = positions.setdefault(
        contract.con_id, Position(contract=contract, quantity=Decimal(0), cost=Decimal(0))
    )
    before, after = position.quantity, position.quantity + quantity
    if before == 0 or (before > 0) == (quantity > 0):
        position.cost = (position.cost * before + value * quantity) / after
        position.quantity = after
        return None
    closed = min(abs(before), abs(quantity)) * (1 if before > 0 else -1)
    profit = (value - position.cost) * closed
    position.realized += profit
    position.quantity = after
    if before * after < 0:
        position.cost = value
    elif after == 0:
        position.cost = Decimal(0)
    return profit
