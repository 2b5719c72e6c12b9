"""What TWS tells, in types of ours; read from its own messages by `client.py`.

A number never is a binary float here: TWS writes decimals, the SDK makes floats of them, and their
shortest text is what TWS wrote. What TWS leaves out, it sends as the largest double; that is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.shared.wire import plain, sentence

UNSET: Final = Decimal("1e300")
"""Beyond it stands the largest double, TWS's word for "not there" (`UNSET_DOUBLE`, util.py)."""


def number(value: object) -> Decimal | None:
    """A number of the SDK's, or text of TWS's; None for one that is not there."""
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    usable = found.is_finite() and abs(found) < UNSET
    return Decimal(plain(found)) if usable else None


def amount(value: object) -> Decimal:
    """As `number`; what is not there counts as none at all, as for quantities."""
    return number(value) or Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTold:
    """An order as TWS lists it, at work or ended.

    Attributes:
        order_id: The client's own number; 0 where TWS leaves it out, as for ended ones.
        perm_id: TWS's number, the same for all clients and sessions; 0 before it has one.
        contract: The SDK's.
        stop: The trigger of a stop order, or the distance of a trailing one.
        filled: Units; None unless it has ended.
        ended: When and why it ended, in TWS's words; empty while it works.
    """

    order_id: int
    client_id: int
    perm_id: int
    parent_id: int
    account: str
    ref: str
    contract: Any
    action: str
    quantity: Decimal
    type: str
    limit: Decimal | None
    stop: Decimal | None
    trail_percent: Decimal | None
    tif: str
    status: str
    filled: Decimal | None = None
    ended: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTold:
    """How far an order is."""

    order_id: int
    client_id: int
    perm_id: int
    status: str
    filled: Decimal

    @property
    def over(self) -> bool:
        """Nothing follows; what still comes was on its way before."""
        return self.status in {"Filled", "Cancelled", "ApiCancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionTold:
    """One execution; see `executions.py` for what its id says."""

    exec_id: str
    order_id: int
    client_id: int
    perm_id: int
    account: str
    ref: str
    quantity: Decimal
    price: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionTold:
    """What an execution cost; a rebate is below zero."""

    exec_id: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorTold:
    """An error, a warning or a notice; `about` is an order, a request, or below zero."""

    about: int
    code: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingTold:
    """A position, with a price where it comes from the portfolio of an account.

    Attributes:
        cost: Of one unit, times the multiplier of a contract.
    """

    account: str
    contract: Any
    quantity: Decimal
    cost: Decimal | None
    price: Decimal | None = None


OrderNews = OrderTold | StatusTold | ExecutionTold | CommissionTold | ErrorTold
"""What may concern an order."""

Values = Mapping[tuple[str, str], str]
"""The values of an account by tag and currency, as text."""


def order(contract: Any, told: Any, state: Any, *, ended: bool = False) -> OrderTold:
    """From the SDK's order and order state."""
    return OrderTold(
        order_id=int(told.orderId),
        client_id=int(told.clientId),
        perm_id=int(told.permId),
        parent_id=int(told.parentId),
        account=told.account,
        ref=told.orderRef,
        contract=contract,
        action=told.action,
        quantity=amount(told.totalQuantity),
        type=told.orderType,
        limit=number(told.lmtPrice) or None,
        stop=number(told.auxPrice) or None,
        trail_percent=number(told.trailingPercent),
        tif=told.tif,
        status=state.status,
        filled=amount(told.filledQuantity) if ended else None,
        ended=(state.completedTime, sentence(state.completedStatus)) if ended else ("", ""),
    )


def execution(told: Any) -> ExecutionTold:
    """From the SDK's execution."""
    return ExecutionTold(
        exec_id=told.execId,
        order_id=int(told.orderId),
        client_id=int(told.clientId),
        perm_id=int(told.permId),
        account=told.acctNumber,
        ref=told.orderRef,
        quantity=amount(told.shares),
        price=amount(told.price),
        at=told.time,
    )


def commission(told: Any) -> CommissionTold:
    """From the SDK's commission report."""
    return CommissionTold(
        exec_id=told.execId, amount=number(told.commission), currency=told.currency
    )


def holding(told: Any) -> HoldingTold:
    """From the SDK's position, or item of a portfolio."""
    portfolio = hasattr(told, "marketPrice")
    return HoldingTold(
        account=told.account,
        contract=told.contract,
        quantity=amount(told.position),
        cost=number(told.averageCost if portfolio else told.avgCost),
        price=number(told.marketPrice) if portfolio else None,
    )
