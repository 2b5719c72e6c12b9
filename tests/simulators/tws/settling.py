"""A fill moves what an account has."""

from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract
from tests.simulators.tws.people import Account, move

_CENT: Final = Decimal("0.01")
_PER_SHARE: Final = Decimal("0.005")


def commission_for(contract: Contract, quantity: Decimal, price: Decimal) -> Decimal:
    """IBKR's fixed price list, roughly; in the contract's currency."""
    value = quantity * price * contract.size
    costs = {
        "STK": max(quantity * _PER_SHARE, Decimal(1)),
        "OPT": max(quantity * Decimal("0.65"), Decimal(1)),
        "FUT": quantity * Decimal("2.25"),
        "CASH": max(value * Decimal("0.00002"), Decimal(2)),
        "CRYPTO": max(value * Decimal("0.0018"), Decimal("1.75")),
    }
    return costs[contract.kind].quantize(_CENT)


def settle(
    account: Account, contract: Contract, quantity: Decimal, price: Decimal, cost: Decimal
) -> Decimal | None:
    """Moves cash and position; `quantity` is below zero for a sale.

    An average cost has the commission in it: https://github.com/erdewit/ib_insync/issues/175

    Returns:
        The profit that was realized, after commissions; None where a position was opened.
    """
    value = price * contract.size
    account.pay(cost, contract.currency)
    realized = move(account.positions, contract, quantity, value + cost / quantity)
    if contract.kind == "FUT":
        gained = move(account.entries, contract, quantity, value)
        account.pay(-(gained or Decimal(0)), contract.currency)
    else:
        account.pay(quantity * value, contract.currency)
    if contract.kind == "CASH":
        account.pay(-quantity, contract.symbol)
    return realized
